// SPDX-License-Identifier: MIT
/*
 * Heaps end: destroyed, with all that is in them, or deleted.
 *
 * Both claim the heap's parts, then go over all runs, a bounded number in each
 * guarded section: a cursor by address, as visits have one. What is the heap's is
 * told by the page's owner, or the run's number. Under the region's lock a
 * destroyer gives pages and runs back on the spot, and looks at no block.
 *
 * What was freed while its region was busy still looks like a block on the tag
 * layout, so a region is drained first. Huge blocks' regions are found in the
 * map, and only looked for if the heap has some.
 */
#include <mica/mica.h>
#include "heap_part.h"

#if HEAPS_SHARED

#include "bank.h"
#include "engine.h"
#include "guarded.h"
#include "note.h"
#include "plain.h"
#include "rare.h"
#include "strip.h"
#include "turn.h"
#include "walk.h"

#define END_PLACES (LAYOUT_IS_TABLE ? 64u : 4u)

/* What is done with what is found; @keep: it becomes the main heap's. */
struct end {
	const struct mica_heap *heap;
	struct mica_part *main;		/* cores: the caller's */
	bool keep;
};

/* ---- one page, one run; under the lock ------------------------------------------- */

static void end_page(const struct end *end, struct region *region, slice_t i,
		     struct page *page)
{
	if (end->keep) {
		/* A core's part has a next life; a thread's stays with its pages. */
		if (!CONTEXT_IS_THREAD)
			store_seq(&page->part, (uintptr_t)end->main);
		return;
	}
	strip_forget(page);
	page_unpublish(&region->runs, i);
	rare_note_page(0, page->class, -1);
	count_all(pages_retired, 1);
	space_give_locked(region, i);
}

static void end_run(const struct end *end, struct region *region, slice_t i)
{
	run_set_heap(&region->runs, i, 0);
	if (end->keep)
		return;
	rare_note(0, run_slices(&region->runs, i), -1);
	tally_heap(&region->runs, i, -1);
	space_give_locked(region, i);
}

static bool page_is_of_heap(const struct page *page,
			    const struct mica_heap *heap)
{
	const struct mica_part *owner = page ? page_owner(page) : NULL;

	return owner && part_heap(owner) == heap;
}

static void end_at(const struct end *end, struct region *region, slice_t i)
{
	struct runs *r = &region->runs;
	enum run_kind kind = run_kind(r, i);
	struct page *page;

	if (kind == RUN_PAGE) {
		page = page_published(r, i);
		if (page_is_of_heap(page, end->heap))
			end_page(end, region, i, page);
	} else if (kind == RUN_BLOCK && !run_is_held(r, i) &&
		   run_heap(r, i) == heap_number(end->heap)) {
		end_run(end, region, i);
	}
}

/* From address *@from on. Return: is there more? */
static bool end_in(const struct end *end, struct region *region,
		   uintptr_t *from)
{
	struct runs *r = &region->runs;
	slice_t i = walk_begin(r, *from), next;
	unsigned int n;

	for (n = 0; n < END_PLACES && i < runs_end(r); i = next) {
		next = walk_next(r, i);
		if (run_address(r, i) < *from)
			continue;	/* it only leads there */
		end_at(end, region, i);
		*from = run_address(r, next);
		n++;
	}
	return i < runs_end(r);
}

/* ---- region by region ---------------------------------------------------------------- */

/*
 * A turn, in which nothing is left that was freed before. A region that was the
 * heap's alone is everybody's when it is done. Return: is there more?
 */
static bool end_turn(const struct end *end, struct region *region,
		     uintptr_t *from)
{
	if (!*from && region_has_deferred(region))
		return true;	/* leaving gives some of that back */
	if (end_in(end, region, from))
		return true;
	if (region_heap(region) == (uintptr_t)end->heap)
		region_set_heap(region, 0);
	return false;
}

/* The region of number @k. */
static void end_region(const struct end *end, size_t k)
{
	mica_port_guard_t guard = 0;
	struct region *region;
	struct mica_part *part;
	uintptr_t from = 0;
	bool more = true;

	while (more) {
		part = turn_begin(k, &region, &guard);
		if (context_refused(part))
			return;
		more = region && end_turn(end, region, &from);
		turn_end(region, part, guard);
	}
}

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

static void end_huge(const struct end *end, struct region *region)
{
	bool is_its = run_heap(&region->runs, 1) == heap_number(end->heap);

	if (is_its)
		run_set_heap(&region->runs, 1, 0);
	region_let_go_huge(region);
	if (is_its && !end->keep)
		large_free(region, 1);
}

/* Cost: the map of units. */
static void end_all_huge(const struct end *end)
{
	struct region *region;
	uintptr_t unit;

	for (unit = 0; unit < NR_UNITS; unit++) {
		region = load_relaxed(&mica_map[unit]) ? region_hold_huge(unit) :
							 NULL;
		if (region)
			end_huge(end, region);
	}
}

#else

static void end_all_huge(const struct end *end)
{
	(void)end;
}

#endif

static void end_walk(const struct end *end)
{
	size_t k;

	for (k = 0; k < load_acquire(&mica_nr_regions); k++)
		end_region(end, k);
	if (load_relaxed(&end->heap->huge))
		end_all_huge(end);
}

/* ---- the heap as a whole ------------------------------------------------------------- */

int mica_heap_destroy(struct mica_heap *heap)
{
	struct end end = { heap, NULL, false };
	struct mica_part *part, *next;
	int error = heap_take_leave(heap);

	if (error)
		return error;
	plain_destroyed(heap);
	note_destroyed(heap);
	parts_claim(heap);
	if (GUARD_PAGES)
		guarded_end_heap(heap);
	end_walk(&end);
	for (part = heap_part_first(heap); part; part = next) {
		next = heap_part_next(heap, part);
		part_clear(part);
	}
	count_all(heaps_destroyed, 1);
	heap_quiesce(heap);
	heap_leaves_place(heap);
	return 0;
}

int mica_heap_delete(struct mica_heap *heap)
{
	struct end end = { heap, NULL, true };
	int error;

	if (!CONTEXT_IS_THREAD)	/* it gets the full pages */
		end.main = part_main(context_begin());
	error = heap_take_leave(heap);
	if (error)
		return error;
	parts_move(heap);
	end_walk(&end);
	parts_moved(heap);
	plain_deleted(heap);
	count_all(heaps_deleted, 1);
	heap_quiesce(heap);
	heap_leaves_place(heap);
	return 0;
}

#endif
