/* SPDX-License-Identifier: MIT */
/* An arena of 256 KiB: pages of 4096 bytes, see MICA_PAGE_SHIFT. */
#define MICA_REGION_SHIFT 19
#define MICA_REGIONS_MAX 1
#define MICA_PAGE_SHIFT 12
