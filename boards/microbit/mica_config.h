/* SPDX-License-Identifier: MIT */
/* What microbit sets differently from include/mica/config.h. */
#define MICA_REGION_SHIFT 14	/* its 16 KiB of RAM */
#define MICA_REGIONS_MAX 1	/* one memory */
