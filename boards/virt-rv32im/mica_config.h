/* SPDX-License-Identifier: MIT */
/* What virt-rv32im sets differently from include/mica/config.h. */
#define MICA_REGION_SHIFT 22	/* the largest span is 4 MiB */
#define MICA_REGIONS_MAX 1	/* one memory */
