/* SPDX-License-Identifier: MIT */
/* An arena of 64 KiB whose other settings bench/chip/curve.py chooses. */
#define MICA_REGION_SHIFT 17
#define MICA_REGIONS_MAX 1
