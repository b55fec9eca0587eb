/* SPDX-License-Identifier: MIT */
/* What lm3s6965evb sets differently from include/mica/config.h. */
#define MICA_REGION_SHIFT 16	/* its 64 KiB of SRAM */
#define MICA_REGIONS_MAX 1	/* one memory */
