/* SPDX-License-Identifier: MIT */
/* An arena of 16 KiB: pages of 512 bytes, see MICA_PAGE_SHIFT. */
#define MICA_REGION_SHIFT 15
#define MICA_REGIONS_MAX 1
#define MICA_PAGE_SHIFT 9
