// SPDX-License-Identifier: MIT
/*
 * The checker: walks everything, read-only, and names the first invariant
 * that does not hold by its number in docs/design.md.
 *
 * It trusts nothing it has not checked: runs first (1, 2), then the index
 * of free runs (2), then pages (3), then queues and currents (4, 5), then
 * what is committed and in use (6). Other contexts must be quiet; a run on
 * a remote list counts as in use.
 */
#include <mica/mica.h>
#include "bank.h"
#include "grow.h"
#include "context.h"
#include "engine.h"

#if CONTEXT_IS_SOLO
#include "check_solo.h"
#else
#include "check_shared.h"
#endif

/* What the walk over all regions has seen. */
struct tally {
	size_t queued;		/* pages that say they are on a queue */
	size_t current;		/* pages that say they are current */
	size_t used_slices;
	size_t held_slices;	/* of runs in which banks sleep */
};

/* ---- lists of blocks: invariants 3 and 7 ------------------------------------- */

static bool block_is_in(struct page *page, const struct block *block)
{
	size_t bytes = class_bytes(page->class);
	uintptr_t start = page_start(page);
	uintptr_t offset = (uintptr_t)block - start;

	return (uintptr_t)block >= start && offset < page_extent(page) &&
	       offset % bytes == 0;
}

/* Does the list hold exactly @count blocks, all of them the page's? */
static bool list_holds(struct page *page, const struct block *block,
		       size_t count)
{
	for (; block && count; block = block_next(block), count--)
		if (!block_is_in(page, block))
			return false;
	return !block && !count;
}

static int check_page(struct page *page, struct tally *tally)
{
	const struct block *head = page_free_list(page);
	uint32_t used = page_used(page), remote = page_nr_remote(page);
	size_t carved;

	if (page->class >= NR_CLASSES)
		return 3;
	carved = page_carved(page);
	if (carved > page_capacity(page) || used > carved || remote > used)
		return 3;
	if (page_is_full(page) && (head || used != carved))
		return 3;
	if (!list_holds(page, head, carved - used) ||
	    (page_remote_list(page) &&
	     !list_holds(page, page_remote_list(page), remote)))
		return 3;
	tally->queued += page_is_queued(page);
	tally->current += page_is_current(page);
	return check_place(page);
}

/* ---- runs and their index: invariants 1 and 2 ---------------------------------- */

static bool bounds_hold(struct runs *r, slice_t i, slice_t n, bool prev_free)
{
	slice_t found;
	enum run_kind kind = run_kind(r, i);

	if (n < RUN_MIN_SLICES || n > runs_end(r) - i)
		return false;
	if (run_prev_is_free(r, i) != prev_free)
		return false;
	if (LAYOUT_IS_TABLE || run_is_held(r, i))
		return kind != RUN_META && kind != RUN_INSIDE;
	return run_of_block(r, run_address(r, i), &found) != RUN_META;
}

/* Could a run be there, and a free one at that? */
static bool is_free_run(const struct runs *r, slice_t i)
{
	return i >= r->first_slice && i < runs_end(r) &&
	       (i - r->first_slice) % RUN_UNIT == 0 && run_kind(r, i) == RUN_FREE;
}

/* Free run @i must be on the list of its size, by its links. */
static bool index_holds(struct runs *r, slice_t i)
{
	slice_t next = *run_link_next(r, i), prev = *run_link_prev(r, i);

	if (next && (!is_free_run(r, next) || *run_link_prev(r, next) != i))
		return false;
	if (prev && (!is_free_run(r, prev) || *run_link_next(r, prev) != i))
		return false;
	return prev || run_is_list_head(r, i);
}

static int check_free_run(struct runs *r, slice_t i, slice_t n, bool prev_free)
{
	if (prev_free)
		return 2;
	if (!run_prev_is_free(r, i + n) || run_prev(r, i + n) != i)
		return 1;
	return index_holds(r, i) ? 0 : 2;
}

static int check_run(struct region *region, slice_t i, slice_t n,
		     bool prev_free, struct tally *tally)
{
	struct runs *r = &region->runs;
	struct page *page;
	int bad;

	if (!bounds_hold(r, i, n, prev_free))
		return 1;
	if (run_kind(r, i) == RUN_FREE)
		return check_free_run(r, i, n, prev_free);
	if (run_is_held(r, i)) {
		/* to sleep; or, where memory grows, for good and in use */
		*(region == mica_growing ? &tally->used_slices :
					   &tally->held_slices) += n;
		return 0;
	}
	tally->used_slices += n;
	if (run_kind(r, i) != RUN_PAGE)
		return check_heap_of(r, i, n, NULL);
	page = page_at(r, run_address(r, i));
	if (page && page_vanished(page))
		return 0;
	if (!page)
		return 1;
	bad = check_heap_of(r, i, n, page);
	return bad ? bad : check_page(page, tally);
}

static int check_region(struct region *region, struct tally *tally)
{
	struct runs *r = &region->runs;
	bool prev_free = false, held = false;
	slice_t i, n;
	int bad;

	for (i = r->first_slice; i < runs_end(r); i += n) {
		n = run_slices(r, i);
		bad = check_run(region, i, n, prev_free, tally);
		if (bad)
			return bad;
		prev_free = run_kind(r, i) == RUN_FREE;
		held = run_is_held(r, i);
	}
	/* The tag behind a held run may lie in a bank that is off. */
	if (i != runs_end(r) ||
	    (!held && run_prev_is_free(r, i) != prev_free))
		return 1;
	tally->used_slices -= region_deferred_slices(region);
	return run_count_committed(r) == run_nr_committed(r) ? 0 : 6;
}

/* ---- parts: invariants 4 and 5 ----------------------------------------------------- */

static int check_class(struct mica_part *part, unsigned int class,
		       struct tally *tally)
{
	struct page *first = part->queue[class], *page = first;
	int bad = check_current(part, class, &tally->current);

	if (bad)
		return bad;
	if (!first)
		return 0;
	do {
		if (page->next->prev != page || page->class != class ||
		    !page_is_queued(page) || !tally->queued)
			return 4;
		if (!page_is_of(page, part))
			return 5;
		tally->queued--;
		page = page->next;
	} while (page != first);
	return 0;
}

static int check_part(struct mica_part *part, struct tally *tally)
{
	unsigned int class;
	int bad;

	for (class = 0; class < NR_CLASSES; class++) {
		bad = check_class(part, class, tally);
		if (bad)
			return bad;
	}
	return check_own(part);
}

/* Is what is accounted for what the walk found? Huge blocks are not walked. */
static bool used_adds_up(size_t slices)
{
	size_t used = load_relaxed(&mica_used_bytes);

	return !SPACE_ACCOUNTS || context_is_fork() ||
	       slices << MICA_SLICE_SHIFT ==
	       used - load_relaxed(&mica_huge_bytes);
}

/* Is what is held on the ring of held runs? */
static int held_adds_up(size_t slices)
{
	const struct bank_ops *banks = banks_attached();

	if (banks)
		return banks->check(slices);
	return slices ? 2 : 0;
}

static int check_all(void)
{
	size_t k, n = load_acquire(&mica_nr_regions);
	struct tally tally = { 0, 0, 0, 0 };
	struct mica_part *part;
	struct region *region;
	int bad;

	check_heaps_begin();
	for (k = 0; k < n; k++) {
		region = load_acquire(&mica_regions[k]);
		bad = region ? check_region(region, &tally) : 0;
		if (bad)
			return bad;
	}
	bad = context_is_fork() ? 0 : check_heaps_end();
	if (bad || !used_adds_up(tally.used_slices))
		return bad ? bad : 6;
	bad = held_adds_up(tally.held_slices);
	if (bad)
		return bad;
	for (part = part_first(); part; part = part_next(part)) {
		bad = part_vanished(part) ? 0 : check_part(part, &tally);
		if (bad)
			return bad;
	}
	return tally.queued || tally.current ? 4 : 0;
}

int mica_check(void)
{
	mica_port_guard_t guard;
	struct mica_part *part = context_enter(&guard);
	int bad;

	if (context_refused(part))
		return 0;
	bad = check_all();
	context_leave(part, guard);
	return bad;
}
