/* SPDX-License-Identifier: MIT */
/* What mica_check() looks at of heaps where there are none. */
#ifndef MICA_CORE_CHECK_NO_HEAPS_H
#define MICA_CORE_CHECK_NO_HEAPS_H

#include "layout.h"

static inline void check_heaps_begin(void)
{
}

static inline int check_heap_of(const struct runs *r, slice_t i, slice_t n,
				const struct page *page)
{
	(void)r, (void)i, (void)n, (void)page;
	return 0;
}

static inline int check_heaps_end(void)
{
	return 0;
}

#endif
