/* SPDX-License-Identifier: MIT */
/* What stm32vldiscovery sets differently from include/mica/config.h. */
#define MICA_REGION_SHIFT 13	/* its 8 KiB of RAM */
#define MICA_REGIONS_MAX 1	/* one memory */
