/* SPDX-License-Identifier: MIT */
/* What there is to know of the region of a number. */
#ifndef MICA_CORE_SPAN_H
#define MICA_CORE_SPAN_H

#include "region.h"

struct mica_region;

/* Return: false, and nothing is filled in: there is none of that number. */
bool region_describe(size_t number, struct mica_region *info) __internal;

#endif
