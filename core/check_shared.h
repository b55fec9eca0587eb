/* SPDX-License-Identifier: MIT */
/* What mica_check() looks at only where several contexts take part. */
#ifndef MICA_CORE_CHECK_SHARED_H
#define MICA_CORE_CHECK_SHARED_H

#include "heap.h"
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

#if HEAPS_SHARED

/* Slices that the walk saw of each heap. */
static uintptr_t heap_seen[MICA_HEAPS + 1];

static inline void check_heaps_begin(void)
{
	__builtin_memset(heap_seen, 0, sizeof(heap_seen));
}

/* @page: in run @i of @n slices; or NULL. Whose it is must be a heap. */
static inline int check_heap_of(const struct runs *r, slice_t i, slice_t n,
				const struct page *page)
{
	const struct mica_part *owner = page ? page_owner(page) : NULL;
	const struct mica_heap *heap = owner ? part_heap(owner) : NULL;

	if (!page)
		heap = heap_at(run_heap(r, i));
	if (!heap)
		return 0;
	heap_seen[heap_number(heap)] += n;
	return heap_lives(heap) ? 0 : 4;
}

/* What is counted is there, and within the quotas. Huge blocks are not walked. */
static inline int check_heaps_end(void)
{
	struct mica_heap *heap;
	size_t k;

	for (k = 1; k <= MICA_HEAPS; k++) {
		heap = &mica_heaps[k];
		if (!heap_lives(heap))
			continue;
		if (!heap->huge && heap->bytes != heap_seen[k] << MICA_SLICE_SHIFT)
			return 6;
		if (heap->total < heap->bytes || (heap->hard &&
		    heap->total > MAX_OF(heap->hard, heap->hard_since)))
			return 6;
	}
	return 0;
}

#else
#include "check_no_heaps.h"
#endif

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
