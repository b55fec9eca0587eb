/* SPDX-License-Identifier: MIT */
/* What the parts of the API share beyond the public functions. */
#ifndef MICA_CORE_ALLOC_H
#define MICA_CORE_ALLOC_H

#include "large.h"

/* A zeroed block that is a run; not cleared if known to be zero. */
void *block_zeroed(const struct large_want *want) __internal;

/* Bytes of the block at @p; 0: there is none, as was reported of @call. */
size_t block_usable(const void *p, const char *call) __internal;

#endif
