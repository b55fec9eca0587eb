/* SPDX-License-Identifier: MIT */
/* An arena of 1 KiB: lists for a region of 2 KiB at most, few cells of pages. */
#define MICA_REGION_SHIFT 11
#define MICA_REGIONS_MAX 1
#define MICA_PAGE_SHIFT 9
