/* SPDX-License-Identifier: MIT */
/* What mica_check() looks at of heaps: whose all is, and that it is counted. */
#ifndef MICA_CORE_CHECK_HEAPS_H
#define MICA_CORE_CHECK_HEAPS_H

#include "heap.h"

#if MICA_HEAPS

/* Slices that the walk saw of each heap. */
static uintptr_t heap_seen[MICA_HEAPS + 1];

static inline void check_heaps_begin(void)
{
	__builtin_memset(heap_seen, 0, sizeof(heap_seen));
}

#if HEAPS_SHARED

static inline const struct mica_heap *check_page_heap(const struct page *page)
{
	const struct mica_part *owner = page_owner(page);

	return owner ? part_heap(owner) : NULL;
}

/* The parts' queues are all there is. */
static inline bool check_listed(size_t k)
{
	(void)k;
	return true;
}

#else

static inline const struct mica_heap *check_page_heap(const struct page *page)
{
	return page->heap <= MICA_HEAPS ? heap_at(page->heap) : HEAP_MAIN;
}

/* Slices of the pages of a ring; more than there are: it is broken. */
static inline size_t check_ring(const struct page *first, unsigned int heap)
{
	const struct page *page = first;
	size_t n = 0;

	if (!first)
		return 0;
	do {
		if (page->heap != heap || page->next->prev != page)
			return SIZE_MAX / 2;
		n += run_slices(page_runs((struct page *)page),
				page_run((struct page *)page));
		page = page->next;
	} while (page != first && n <= heap_seen[heap]);
	return n;
}

/* Is what its rings and its list have all that the walk saw of it? */
static inline bool check_listed(size_t k)
{
	const struct mica_part *part = &mica_parts[k];
	uintptr_t at = mica_heap_runs[k];
	size_t n = check_ring(part->full, (unsigned int)k);
	unsigned int class;
	struct runs *r;

	for (class = 0; class < NR_CLASSES; class++)
		n += check_ring(part->queue[class], (unsigned int)k);
	for (; at && n <= heap_seen[k]; at = run_heap_links(r, run_at(r, at))->next) {
		r = map_find(at);
		if (!r || run_heap(r, run_at(r, at)) != k)
			return false;
		n += run_slices(r, run_at(r, at));
	}
	return n == heap_seen[k];
}

#endif

/* @page: in run @i of @n slices; or NULL. Whose it is must be a heap. */
static inline int check_heap_of(const struct runs *r, slice_t i, slice_t n,
				const struct page *page)
{
	const struct mica_heap *heap = page ? check_page_heap(page) :
					      heap_at(run_heap(r, i));

	if (!heap)
		return 0;
	if (heap_number(heap) > MICA_HEAPS)
		return 4;
	heap_seen[heap_number(heap)] += n;
	return heap_lives(heap) && heap != HEAP_MAIN ? 0 : 4;
}

/* What is counted is there, and within the quotas. Huge blocks are not walked. */
static inline int check_heap(size_t k)
{
	const struct mica_heap *heap = &mica_heaps[k];

	if (!heap_has_huge(heap) &&
	    heap->bytes != heap_seen[k] << MICA_SLICE_SHIFT)
		return 6;
	if (heap->total < heap->bytes || (heap->hard &&
	    heap->total > MAX_OF(heap->hard, heap->hard_since)))
		return 6;
	return check_listed(k) ? 0 : 4;
}

static inline int check_heaps_end(void)
{
	size_t k;
	int bad = 0;

	for (k = 1; k <= MICA_HEAPS && !bad; k++)
		if (heap_lives(&mica_heaps[k]))
			bad = check_heap(k);
	return bad;
}

#else

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

#endif
