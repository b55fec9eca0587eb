// SPDX-License-Identifier: MIT
/* The slow paths of a microcontroller; solo.h has the theory. */
#include <mica/mica.h>
#include "large.h"
#include "locate.h"
#include "rare.h"
#include "solo.h"

#if CONTEXT_IS_SOLO

static uintptr_t deferred;	/* struct block *: frees from above the guard */

/* @change runs of @n slices more are in use. */
static __fast_inline void solo_note(slice_t n, int change)
{
	ptrdiff_t bytes = (ptrdiff_t)(n << MICA_SLICE_SHIFT);

	rare_note(n, change);
	space_account(change < 0 ? -bytes : bytes);
}

/* ---- pages that become empty ---------------------------------------------------- */

static struct runs *solo_runs(uintptr_t address)
{
	return MAP_ENTRIES == 1 ? mica_map[0] : map_find(address);
}

/* A page that is nowhere becomes a free run. */
static void solo_page_release(struct page *page)
{
	struct runs *r = solo_runs((uintptr_t)page);
	slice_t i = run_at(r, (uintptr_t)page);

	page_toggle_cell(r, i);
	space_account(-(ptrdiff_t)PAGE_BYTES);
	run_give_known(r, i, 1u << PAGE_SLICES_SHIFT, 0);
	count_all(runs_freed, 1);
	count_all(pages_retired, 1);
}

/* A full page's list counts the one free until its event, so it is not. */
static inline bool solo_page_is_empty(const struct page *page)
{
	return page->list->used == 0;
}

/* The empty page that is kept, now nowhere; NULL if there is none. */
static struct page *solo_spare_take(struct mica_part *part)
{
	struct page *page = part->spare;

	if (!page)
		return NULL;
	part->spare = NULL;
	if (!solo_page_is_empty(page))
		return NULL;
	page_withdraw(part, page);
	return page;
}

/*
 * The page that became empty last is kept where it is, as the spare; the
 * one before it goes, if it is still empty.
 */
static void solo_page_event(struct mica_part *part, struct page *page)
{
	struct page *old = part->spare;

	if (page->flags & PAGE_FULL) {
		page_unfull(part, page);
		return;
	}
	part->spare = page;
	if (!old || old == page || !solo_page_is_empty(old))
		return;
	page_withdraw(part, old);
	solo_page_release(old);
}

/* ---- free -------------------------------------------------------------------- */

static __fast_inline enum fault solo_push(struct mica_part *part,
					  struct page *page, void *p)
{
	enum list_push pushed = list_push(page->list, p);

	if (pushed == PUSH_EVENT)
		solo_page_event(part, page);
	return pushed == PUSH_TWICE ? FAULT_TWICE : FAULT_NONE;
}

static __fast_inline void solo_give(struct runs *r, slice_t i)
{
	slice_t n = run_slices(r, i);

	solo_note(n, -1);
	run_give_known(r, i, n, 0);
	count_all(runs_freed, 1);
}

static __noinline enum fault solo_free_one(struct mica_part *part, void *p)
{
	struct location at;
	enum fault fault = locate(p, &at);

	if (fault)
		return fault;
	if (at.page)
		return solo_push(part, at.page, p);
	solo_give(&at.region->runs, at.i);
	return FAULT_NONE;
}

/* The short cut: the first region's cell is no page's, so it is a run. */
void solo_free_slow(struct mica_part *part, mica_port_guard_t guard, void *p)
{
	struct runs *r = mica_map[0];
	enum fault fault = FAULT_NONE;
	slice_t i;

	if (!PREFER_SMALL && r && runs_hold_granule(r, (uintptr_t)p) &&
	    run_of_block(r, (uintptr_t)p, &i) == RUN_BLOCK)
		solo_give(r, i);
	else if (p)
		fault = solo_free_one(part, p);
	context_leave(part, guard);
	if (unlikely(fault))
		report_fault(fault, "free", p);
}

void solo_free_event(struct mica_part *part, mica_port_guard_t guard, void *p)
{
	enum fault fault = solo_push(part, page_around((uintptr_t)p), p);

	context_leave(part, guard);
	if (unlikely(fault))
		report_fault(fault, "free", p);
}

/* ---- what interrupts above the guard have freed --------------------------------- */

/*
 * Only what cannot change meanwhile is checked; the rest when it is freed
 * for good.
 */
void solo_defer(void *p)
{
	struct block *block = p;
	uintptr_t head = load_relaxed(&deferred);
	enum fault fault = FAULT_NONE;

	if (!p)
		return;
	if (!map_find((uintptr_t)p))
		fault = FAULT_WILD;
	else if ((uintptr_t)p & (MICA_GRANULE - 1))
		fault = FAULT_MISALIGNED;
	else if (head == (uintptr_t)p)
		fault = FAULT_TWICE;
	if (fault)
		report_fault(fault, "free", p);
	do {
		block->next = word_to_ptr(head);
	} while (!atomic_cas(&deferred, &head, (uintptr_t)block));
}

static void solo_count_deferred(const struct block *block)
{
	if (page_at(map_find((uintptr_t)block), (uintptr_t)block)) {
		count_all(remote_frees, 1);
		count_all(remote_takes, 1);
	} else {
		count_all(runs_deferred, 1);
	}
}

/*
 * Free one for good. Inside the guard, hence the only one that takes: the
 * head cannot go and come back. Return: was there one?
 */
static bool solo_drain_one(struct mica_part *part, mica_port_guard_t guard)
{
	uintptr_t head = load_relaxed(&deferred);
	struct block *block;
	enum fault fault;

	if (likely(!head))
		return false;
	do {
		block = word_to_ptr(head);
	} while (!atomic_cas(&deferred, &head, (uintptr_t)block->next));
	if (MICA_STATS)
		solo_count_deferred(block);
	fault = solo_free_one(part, block);
	if (unlikely(fault)) {
		context_leave(part, guard);
		report_fault(fault, "free", block);
	}
	return true;
}

bool solo_drain(void)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part;
	bool one, any = false;

	do {
		part = context_enter(&guard);
		if (context_refused(part))
			return any;
		one = solo_drain_one(part, guard);
		context_leave(part, guard);
		any |= one;
	} while (one);
	return any;
}

/* ---- malloc -------------------------------------------------------------------- */

static void *solo_take_run(size_t size)
{
	slice_t n = run_slices_for(size), i;
	struct runs *r;
	unsigned int k;

	for (k = 0; k < MAP_ENTRIES; k++) {
		r = mica_map[k];
		i = r ? run_take_any(r, n) : 0;
		if (!i)
			continue;
		solo_note(run_slices(r, i), 1);
		count_all(runs_allocated, 1);
		return (void *)run_address(r, i);
	}
	return NULL;
}

/* A page: the empty one that is kept, or a new one. */
static struct page *solo_take_page(struct mica_part *part)
{
	struct page *page = solo_spare_take(part);
	struct runs *r;
	unsigned int k;
	slice_t i;

	for (k = 0; k < MAP_ENTRIES && !page; k++) {
		r = mica_map[k];
		i = r ? run_take_page(r) : 0;
		if (!i)
			continue;
		page_mark(r, i);
		space_account(PAGE_BYTES);
		count_all(runs_allocated, 1);
		page = page_publish(r, i);
	}
	return page;
}

/* @dry: the list of the class is known to be. */
static void *solo_take(struct mica_part *part, size_t size, bool dry)
{
	unsigned int class;
	struct page *page;
	void *block = NULL;

	if (size > CLASS_BYTES_MAX)
		return size < REGION_SLICES_MAX * SLICE_BYTES ?
			solo_take_run(size) : NULL;
	class = class_of(size ? size : 1);
	if (!dry)
		block = list_pop(&part->list[class]);
	if (!block)
		block = page_refill(part, class);
	if (block)
		return block;
	page = class_is_rare(class) ? NULL : solo_take_page(part);
	if (page) {
		page_begin(part, page, class);
		return list_pop(&part->list[class]);
	}
	block = solo_take_run(size);
	if (block)
		count_all(singles, 1);
	return block;
}

/*
 * Nothing was found at first: an empty page may be all that is missing.
 * @more: there is more than there was; @last: nothing else can be had.
 */
static void *solo_take_again(struct mica_part *part, size_t size, bool more,
			     bool last)
{
	struct page *page = solo_spare_take(part);
	void *block = NULL;

	if (page)
		solo_page_release(page);
	if (page || more)
		block = solo_take(part, size, false);
	if (!block && last && size <= CLASS_BYTES_MAX) {
		block = page_fallback(part, class_of(size ? size : 1));
		if (block)
			count_all(fallbacks, 1);
	}
	return block;
}

/* Outside the guard. Cost: MICA_REGIONS_MAX regions, each then tried. */
static __noinline void *solo_malloc_hard(size_t size)
{
	bool more = solo_drain(), grown;
	mica_port_guard_t guard = 0;
	struct mica_part *part;
	void *block;

	do {
		grown = size <= SIZE_LIMIT &&
			region_reserve(MAX_OF(size, PAGE_BYTES));
		part = context_enter(&guard);
		block = solo_take_again(part, size, more | grown, !grown);
		context_leave(part, guard);
	} while (!block && grown);
	return block ? block : report_failure();
}

void *solo_malloc_slow(struct mica_part *part, mica_port_guard_t guard,
		       size_t size)
{
	void *block;
	bool dry;

	dry = !solo_drain_one(part, guard) && size - 1 < LINEAR_BYTES;
	block = solo_take(part, size, dry);
	context_leave(part, guard);
	return likely(block) ? block : solo_malloc_hard(size);
}

bool solo_let_go(void)
{
	bool more = solo_drain();
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);
	struct page *page;

	if (context_refused(part))
		return false;
	page = solo_spare_take(part);
	if (page)
		solo_page_release(page);
	context_leave(part, guard);
	return more | (page != NULL);
}

#endif
