/* SPDX-License-Identifier: MIT */
/* What virt-rv32imac sets differently from include/mica/config.h. */
#define MICA_REGION_SHIFT 22	/* the largest span is 4 MiB */
#define MICA_REGIONS_MAX 1	/* one memory */
