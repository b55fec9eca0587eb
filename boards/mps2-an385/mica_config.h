/* SPDX-License-Identifier: MIT */
/* What mps2-an385 sets differently from include/mica/config.h. */
#define MICA_REGION_SHIFT 22	/* the largest span is its 4 MiB of SRAM */
#define MICA_REGIONS_MAX 1	/* one memory */
/* For arenas of 64 KiB: more is served by pages, see docs/cost.md. */
#define MICA_PAGE_SHIFT 11
#define MICA_RARE_BYTES (1 << MICA_PAGE_SHIFT)
