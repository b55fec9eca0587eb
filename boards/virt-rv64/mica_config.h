/* SPDX-License-Identifier: MIT */
/* What virt-rv64 sets differently from include/mica/config.h. */
#define MICA_REGION_SHIFT 22	/* the largest span is 4 MiB */
#define MICA_REGIONS_MAX 4	/* as for a firmware that adds memory as it runs */
#define MICA_GRANULE_SHIFT 4	/* the 64-bit ABI aligns to 16 bytes */
