/* SPDX-License-Identifier: MIT */
/* An arena of 64 KiB: pages of 2048 bytes, opened a little sooner. */
#define MICA_REGION_SHIFT 17
#define MICA_REGIONS_MAX 1
#define MICA_PAGE_SHIFT 11
#define MICA_RARE_BYTES (1 << MICA_PAGE_SHIFT)
