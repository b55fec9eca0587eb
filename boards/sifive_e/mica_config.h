/* SPDX-License-Identifier: MIT */
/* What sifive_e sets differently from include/mica/config.h. */
#define MICA_REGION_SHIFT 14	/* the largest span is its 16 KiB of SRAM */
#define MICA_REGIONS_MAX 1	/* one memory */
