/* SPDX-License-Identifier: MIT */
/* What a firmware with a few memories sets; the adapters are tested with it. */
#define MICA_REGION_SHIFT 22
#define MICA_REGIONS_MAX 4
