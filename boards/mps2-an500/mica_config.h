/* SPDX-License-Identifier: MIT */
/* What mps2-an500 sets differently from include/mica/config.h. */
#define MICA_REGION_SHIFT 22	/* the largest span is its 4 MiB of SRAM */
#define MICA_REGIONS_MAX 4	/* as for a firmware that adds memory as it runs */
