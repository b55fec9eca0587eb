/* SPDX-License-Identifier: MIT */
/* As the board, but the arena is in four spans. */
#include_next <mica_config.h>
#undef MICA_REGIONS_MAX
#define MICA_REGIONS_MAX 4
