// SPDX-License-Identifier: MIT
/*
 * Heaps end, on one core; heap_solo.c has the theory.
 *
 * One page or run in each guarded section. Destroyed, it goes back to its region;
 * deleted, it is the main heap's from then on, and blocks are freed meanwhile
 * as before and after. What was freed above the guard waits on a list, which is
 * emptied before anything is destroyed.
 */
#include <mica/mica.h>
#include "heap_part.h"

#if HEAPS_SOLO

#include "engine.h"
#include "page_ring.h"
#include "rare.h"

struct mica_part *part_of(const struct mica_heap *heap)
{
	return &mica_parts[heap_number(heap)];
}

void part_collect(struct mica_part *part)
{
	(void)part;
	engine_collect();
}

/* Empty pages are given back at once: only what was deferred is kept. */
void heap_collect(struct mica_heap *heap)
{
	(void)heap;
	engine_collect();
}

/* ---- one page, one run; inside the guard ------------------------------------------ */

/* Any of its pages. Cost: NR_CLASSES. */
static struct page *page_any(const struct mica_part *part)
{
	struct page *page = part->full;
	unsigned int class;

	for (class = 0; !page && class < NR_CLASSES; class++)
		page = part->queue[class];
	return page;
}

static void page_cut(struct mica_part *part, struct page *page)
{
	if (page_is_full(page))
		page_not_filled(part, page);
	else
		page_dequeue(part, page, page->class);
	rare_note_page(part_number(part), page->class, -1);
}

/* The first of a ring may be full and not know it yet: see ring.h. */
static void page_moves(struct mica_part *part, struct page *page)
{
	struct mica_part *main = part_main(part);

	page_cut(part, page);
	page_set_heap(page, main);
	rare_note_page(0, page->class, 1);
	if (page_is_full(page))
		return;
	if (page->free || page_has_room(page)) {
		page_enqueue(main, page);
		return;
	}
	page->parked = page->used;
	page->used = 1;
}

static void page_goes(struct mica_part *part, struct page *page)
{
	struct runs *r = page_runs(page);
	slice_t i = page_run(page);

	page_cut(part, page);
	page_unpublish(r, i);
	count_all(pages_retired, 1);
	space_give_locked(region_of_runs(r), i);
}

static void run_ends(struct mica_part *part, uintptr_t address, bool keep)
{
	struct runs *r = map_find(address);
	slice_t i = run_at(r, address), n = run_slices(r, i);

	rare_note(part_number(part), n, -1);
	run_set_heap(r, i, 0);
	if (keep) {
		rare_note(0, n, 1);
		return;
	}
	tally_heap(r, i, -1);
	space_give_locked(region_of_runs(r), i);
}

/* Return: was there anything? */
static bool end_one(struct mica_part *part, bool keep)
{
	struct page *page = page_any(part);
	uintptr_t run = mica_heap_runs[part_number(part)];

	if (page)
		(keep ? page_moves : page_goes)(part, page);
	else if (run)
		run_ends(part, run, keep);
	return page || run;
}

/* ---- the heap as a whole ------------------------------------------------------------- */

/* What was its alone is everybody's. Cost: MICA_REGIONS_MAX. */
static void end_regions(const struct mica_heap *heap)
{
	size_t k;

	for (k = 0; k < mica_nr_regions; k++)
		if (mica_regions[k] &&
		    region_heap(mica_regions[k]) == (uintptr_t)heap)
			region_set_heap(mica_regions[k], 0);
}

/* @heap's part after part, until it is empty. */
static void end_all(struct mica_heap *heap, bool keep)
{
	mica_port_guard_t guard = 0;
	struct mica_part *entered;
	bool more = true;

	while (more) {
		entered = context_enter(&guard);
		if (context_refused(entered))
			return;
		more = end_one(part_of(heap), keep);
		if (!more)
			end_regions(heap);
		context_leave(entered, guard);
	}
	heap_leaves_place(heap);
}

int mica_heap_destroy(struct mica_heap *heap)
{
	int error = heap_take_leave(heap);

	if (error)
		return error;
	engine_collect();
	end_all(heap, false);
	count_all(heaps_destroyed, 1);
	return 0;
}

int mica_heap_delete(struct mica_heap *heap)
{
	int error = heap_take_leave(heap);

	if (error)
		return error;
	end_all(heap, true);
	count_all(heaps_deleted, 1);
	return 0;
}

#endif
