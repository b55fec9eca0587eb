/* SPDX-License-Identifier: MIT */
/* What mica_check() looks at only where several contexts take part. */
#ifndef MICA_CORE_CHECK_SHARED_H
#define MICA_CORE_CHECK_SHARED_H

#include "check_heaps.h"
#include "own.h"
#include "page.h"

/* Its thread is not in this process: fork may have caught it half-way. */
static inline bool part_vanished(const struct mica_part *part)
{
	return load_relaxed(&part->ended) == PART_VANISHED;
}

static inline bool page_vanished(const struct page *page)
{
	return page_owner(page) && part_vanished(page_owner(page));
}

static inline bool page_is_of(const struct page *page,
			      const struct mica_part *part)
{
	return page_owner(page) == part;
}

static inline int check_place(const struct page *page)
{
	if (page_is_current(page) &&
	    (page_is_full(page) || page_is_queued(page)))
		return 4;
	return page_is_abandoned(page) && page_owner(page) ? 5 : 0;
}

/*
 * A context that has ended leaves nothing current or queued.
 * *@nr_current: pages that said they are current and are still looked for.
 */
static inline int check_current(const struct mica_part *part,
				unsigned int class, size_t *nr_current)
{
	struct page *page = part->current[class];

	if (CONTEXT_ENDS && load_relaxed(&part->ended) == PART_ENDED &&
	    (page || part->queue[class]))
		return 5;
	if (!page)
		return part->list[class].head ? 3 : 0;
	if (page->list != &part->list[class] || page->class != class ||
	    page_owner(page) != part)
		return 5;
	--*nr_current;
	return 0;
}

static inline size_t deferred_slices(struct runs *r, uintptr_t i)
{
	size_t n = 0;

	for (; i; i = *run_link_next(r, (slice_t)i))
		n += run_slices(r, (slice_t)i);
	return n;
}

/* Slices of the runs on a region's remote list: in use, not accounted. */
static inline size_t region_deferred_slices(struct region *region)
{
	return deferred_slices(&region->runs, load_relaxed(&region->remote)) +
	       deferred_slices(&region->runs, load_relaxed(&region->draining));
}

/* What the cache says of a page must be what the page says. */
static inline int check_own(const struct mica_part *part)
{
	struct page *page;
	unsigned int slot;
	uintptr_t start;

	for (slot = 0; LAYOUT_IS_TABLE && slot < OWN_SLOTS; slot++) {
		start = part->own_tag[slot] << MICA_SLICE_SHIFT;
		if (!part->own_tag[slot] ||
		    part->own_tag[slot] == ~(uintptr_t)0)
			continue;
		page = page_at(map_find(start), start);
		if (!page || page_owner(page) != part ||
		    page->list != part->own_list[slot])
			return 5;
	}
	return 0;
}

#endif
