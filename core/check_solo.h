/* SPDX-License-Identifier: MIT */
/* What mica_check() need not look at where one core owns every page. */
#ifndef MICA_CORE_CHECK_SOLO_H
#define MICA_CORE_CHECK_SOLO_H

#include "check_heaps.h"
#include "solo.h"

static inline bool part_vanished(const struct mica_part *part)
{
	(void)part;
	return false;
}

static inline bool page_vanished(const struct page *page)
{
	(void)page;
	return false;
}

static inline bool page_is_of(const struct page *page,
			      const struct mica_part *part)
{
	return !HEAPS_SOLO || page->heap == part_number(part);
}

static inline int check_place(const struct page *page)
{
	(void)page;
	return 0;
}

static inline int check_current(const struct mica_part *part,
				unsigned int class, size_t *nr_current)
{
	(void)part, (void)class, (void)nr_current;
	return 0;
}

static inline size_t region_deferred_slices(const struct region *region)
{
	(void)region;
	return 0;
}

static inline int check_own(const struct mica_part *part)
{
	(void)part;
	return 0;
}

#endif
