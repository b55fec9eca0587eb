/* SPDX-License-Identifier: MIT */
/* What mps2-an521 sets differently from include/mica/config.h. */
#define MICA_REGION_SHIFT 22	/* 4 MiB of SRAM */
#define MICA_REGIONS_MAX 1	/* one memory */
#define MICA_CORES 2
#define MICA_CORE_ID 0x5001f000	/* reads as the number of the core */
