/* SPDX-License-Identifier: MIT */
/* An arena of 64 KiB: pages of 2048 bytes, see MICA_PAGE_SHIFT. */
#define MICA_REGION_SHIFT 17
#define MICA_REGIONS_MAX 1
#define MICA_PAGE_SHIFT 11
