/* SPDX-License-Identifier: MIT */
/* mica's settings from Kconfig's; include/mica/config.h describes them. */
#ifndef MICA_ZEPHYR_CONFIG_H
#define MICA_ZEPHYR_CONFIG_H

#define MICA_HOSTED 0
#define MICA_GRANULE_SHIFT CONFIG_MICA_GRANULE_SHIFT
#define MICA_REGION_SHIFT CONFIG_MICA_REGION_SHIFT
#define MICA_REGIONS_MAX CONFIG_MICA_REGIONS_MAX

#ifdef CONFIG_MICA_STATS
#define MICA_STATS 1
#else
#define MICA_STATS 0
#endif

#ifdef CONFIG_SMP
#define MICA_CORES CONFIG_MP_MAX_NUM_CPUS
#endif

#endif
