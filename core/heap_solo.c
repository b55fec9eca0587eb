// SPDX-License-Identifier: MIT
/*
 * Heaps on one core, tag layout: a microcontroller with MICA_HEAPS.
 *
 * A heap has one part, with its own queues, counts of what is rare, and a ring of
 * full pages; part 0 is the main heap's and has what is there once. The current
 * part is one word, which malloc loads; free asks no heap: it finds the page, and
 * at the page's events the part by the number in its header. A run has the
 * number and two links in its last words (layout_tag_heap.h). So who ends a heap
 * takes page after page from its rings and run after run from its list, each in
 * a guarded section of its own, and looks at nothing else (heap_solo_end.c).
 *
 * All that changes a heap is inside the guard, but for setting it up and for
 * leaving its parents. What a heap takes goes the way of large.c and
 * heap_bind.c, which count it; a page or run of the main heap is taken as if
 * there were no others. A page serves one class of one heap, so each heap opens
 * pages as late as the main one does.
 */
#include <mica/mica.h>
#include "large.h"

#if HEAPS_SOLO

/* What a heap costs a small chip; docs and config.h say so. */
_Static_assert(sizeof(void *) > 4 || NR_CLASSES > 8 || MICA_HARDEN == 3 ||
	       sizeof(struct mica_part) + sizeof(struct mica_heap) +
	       sizeof(uintptr_t) <= 256, "a heap takes 256 bytes at most");

struct mica_part *mica_part_solo = mica_parts;

void *heap_take_run(struct mica_part *part, slice_t n)
{
	struct mica_heap *heap = part_heap(part);
	const struct large_plan plan = {
		.run = { .slices = n, .align = 1, .heap = heap_number(heap) },
		.heap = heap,
	};
	struct large_block got = { NULL, false };

	large_take(&plan, &got);
	return got.block;
}

struct page *heap_take_page(struct mica_part *part)
{
	const struct run_want want = {
		.slices = PAGE_SLICES_MAX, .align = PAGE_SLICES_MAX,
	};
	struct mica_heap *heap = part_heap(part);
	size_t most = PAGE_SLICES_MAX + RUN_SLACK;
	struct space_run run;

	if (!heap_charge(heap, most))
		return NULL;
	if (heap_take(heap, &want, &run) != SPACE_OK) {
		heap_refund(heap, most);
		return NULL;
	}
	heap_refund(heap, most - run_slices(&run.region->runs, run.i));
	page_publish(&run.region->runs, run.i);
	return page_header(&run.region->runs, run.i);
}

/* Its quota, or a parent's, may be what is in the way. */
bool heap_get_more(struct mica_heap *heap, size_t size)
{
	size_t bytes = MAX_OF(size, PAGE_BYTES);

	if (!heap_has_room(heap, run_slices_for(size + RUN_HEAP_BYTES) +
				 RUN_SLACK))
		return false;
	return heap_is_bound(heap) ? heap_reserve(heap, bytes) :
				     region_reserve(bytes);
}

#endif
