/* SPDX-License-Identifier: MIT */
/* What mps2-an505 sets differently from include/mica/config.h. */
#define MICA_REGION_SHIFT 22	/* 4 MiB of SRAM */
#define MICA_REGIONS_MAX 1	/* one memory */
