// SPDX-License-Identifier: MIT
/* The slow paths of a microcontroller; solo.h has the theory. */
#include <mica/mica.h>
#include "engine.h"
#include "grow.h"
#include "kept.h"
#include "locate.h"

#if CONTEXT_IS_SOLO

#include "ring.h"

static uintptr_t deferred;	/* struct block *: frees from above the guard */

/* ---- free -------------------------------------------------------------------- */

/* Give back a run of @n slices. */
static __fast_inline void solo_give(struct runs *r, slice_t i, slice_t n)
{
	space_account(-(ptrdiff_t)n);
	run_give_known(r, i, n, 0);
	count_all(runs_freed, 1);
}

/* The main part has the first region at hand. */
static __always_inline struct runs *solo_runs(const struct mica_part *part,
					      unsigned int k)
{
	return k ? mica_map[k] : part->first;
}

static __always_inline struct runs *solo_find(const struct mica_part *part,
					      uintptr_t address)
{
	struct runs *r = part->first;

	if (!MICA_HARDEN && MAP_ENTRIES == 1)	/* nothing is asked */
		return r;
	if (likely(r && runs_hold(r, address)))
		return r;
	return map_find_more(address);
}

/* An empty page, which is queued, is one no longer. */
static __fast_inline void page_retire(struct mica_part *part, struct runs *r,
				      struct page *page)
{
	slice_t i = run_at(r, (uintptr_t)page);

	page_dequeue(part, page, page->class);
	page_unpublish(r, i);
	rare_note_page(part_number(part), page->class, -1);
	part_refund(part, run_slices(r, i));
	count_all(pages_retired, 1);
	solo_give(r, i, run_slices(r, i));
}

#if KEEPS_PAGES

struct page *mica_kept[NR_CLASSES];

/* Release a page that was kept. Cost: NR_CLASSES. Return: was there one? */
static __fast_or_small bool solo_unkeep(struct mica_part *part)
{
	struct page *page = page_unkeep();

	if (page)
		page_retire(part, solo_find(part, (uintptr_t)page), page);
	return page;
}

#else
#define solo_unkeep(part) ((void)(part), false)
#endif

static __fast_inline void page_event(struct mica_part *part, struct runs *r,
				     struct page *page)
{
	unsigned int parked = page->parked;

	part = page_part(part, page);
	if (parked) {
		page_not_filled(part, page);
		page->used = (uint16_t)(parked - 1);
		page->parked = 0;
		page_enqueue(part, page);
		count_all(pages_queued, 1);
		return;
	}
	if (!page_keep(page))
		page_retire(part, r, page);
}

static __fast_inline enum fault solo_free_block(struct mica_part *part,
						struct runs *r, void *p)
{
	struct page *page = page_around((uintptr_t)p);
	struct block *block = p;
	unsigned int used;

	if (MICA_HARDEN && (uintptr_t)p - page_start(page) >= page_extent(page))
		return FAULT_WILD;
	if (MICA_HARDEN && page->free == block)
		return FAULT_TWICE;
	block_link(block, page->free);
	page->free = block;
	used = page->used - 1u;
	page->used = (uint16_t)used;
	if (!used)
		page_event(part, r, page);
	return FAULT_NONE;
}

static __fast_inline enum fault solo_free_run(struct runs *r, uintptr_t address)
{
	slice_t i = run_at(r, address), n;
	uint32_t tag = *run_tag(r, i), bad = tag_fault(tag, i);

	n = tag_slices(tag);
	if (MICA_HARDEN && bad)
		return bad == TAG_FREE ? FAULT_TWICE : FAULT_WILD;
	if (MICA_HARDEN && (n < RUN_MIN_SLICES || n > r->end - i ||
			    !tag_ends_well(r, tag, i + n)))
		return FAULT_WILD;
	rare_note(rare_heap(r, i), n, -1);
	run_leaves_heap(region_of_runs(r), i, n);
	solo_give(r, i, n);
	return FAULT_NONE;
}

static __noinline enum fault solo_free_one(struct mica_part *part, void *p)
{
	uintptr_t address = (uintptr_t)p;
	struct runs *r = part->first;

	if (!PREFER_SMALL && MICA_HARDEN &&
	    likely(rotate_right(address - part->base, MICA_GRANULE_SHIFT) <
		   part->granules))	/* as free has seen, most often */
		return cell_is_page(r, address) ?
			solo_free_block(part, r, p) : solo_free_run(r, address);
	r = solo_find(part, address);
	if (MICA_HARDEN && !r)
		return FAULT_WILD;
	if (MICA_HARDEN && address & (MICA_GRANULE - 1))
		return FAULT_MISALIGNED;
	if (cell_is_page(r, address))
		return solo_free_block(part, r, p);
	return solo_free_run(r, address);
}

void solo_free_slow(void *p, mica_port_guard_t guard)
{
	struct mica_part *part = part_main(part_self());
	enum fault fault = p ? solo_free_one(part, p) : FAULT_NONE;

	context_leave(part, guard);
	if (MICA_HARDEN && unlikely(fault))
		report_fault(fault, "free", p);
}

/* ---- what interrupts above the guard have freed --------------------------------- */

/* What cannot change meanwhile is checked now, the rest when it is freed. */
void solo_defer(void *p)
{
	uintptr_t head = load_relaxed(&deferred);
	struct block *block = p;

	if (!p)
		return;
	if (MICA_HARDEN && (uintptr_t)p & (MICA_GRANULE - 1)) {
		report_fault(FAULT_MISALIGNED, "free", p);
		return;
	}
	if (MICA_HARDEN && !map_find((uintptr_t)p)) {
		report_fault(FAULT_WILD, "free", p);
		return;
	}
	do {
		block_link(block, word_to_ptr(head));
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
 * Free for good the last that was deferred. Inside the guard, hence nobody
 * else takes: the head cannot go and come back. Return: was there one?
 */
static __noinline bool solo_drain_last(struct mica_part *part, mica_port_guard_t guard)
{
	uintptr_t head = load_relaxed(&deferred);
	struct block *block;
	enum fault fault;

	do {
		block = word_to_ptr(head);
	} while (!atomic_cas(&deferred, &head, (uintptr_t)block_next(block)));
	if (MICA_STATS == 2)
		solo_count_deferred(block);
	fault = solo_free_one(part_main(part), block);
	if (MICA_HARDEN && unlikely(fault)) {
		context_leave(part, guard);
		report_fault(fault, "free", block);
		if (MICA_OUTPUT_HOOKS)
			context_enter_again(part, &guard);
	}
	return true;
}

static __fast_inline bool solo_drain_one(struct mica_part *part,
					 mica_port_guard_t guard)
{
	return CONTEXT_NESTS && unlikely(load_relaxed(&deferred)) &&
	       solo_drain_last(part, guard);
}

/* All that, and pages that are kept. Outside the guard. Return: was there anything? */
static bool solo_drain(void)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part;
	bool one, any = false;

	do {
		part = context_enter(&guard);
		if (context_refused(part))
			break;
		one = solo_drain_one(part, guard) || solo_unkeep(part);
		context_leave(part, guard);
		any |= one;
	} while (one);
	return any;
}

/* ---- malloc -------------------------------------------------------------------- */

/* What fits slice_t with all that is added to it. */
#define SIZE_MOST MIN_OF(RUN_BYTES_MAX, (size_t)INT32_MAX)

/* A region of the map that the main heap takes from; NULL: none, or a heap's. */
static __always_inline struct runs *solo_common(const struct mica_part *part,
						unsigned int k)
{
	struct runs *r = solo_runs(part, k);

	return HEAPS_SOLO && r && region_heap(region_of_runs(r)) ? NULL : r;
}

/* A run of @n for a block, from the first region that has one. */
static void *solo_take_run(struct mica_part *part, slice_t n)
{
	struct runs *r;
	unsigned int k;
	slice_t i;

	if (part_is_of_heap(part))
		return heap_take_run(part, n);
	for (k = 0; k < MAP_ENTRIES; k++) {
		r = solo_common(part, k);
		i = likely(r) ? run_take_any(r, n) : 0;
		if (!i)
			continue;
		n = run_slices(r, i);
		rare_note(0, n, 1);
		space_account((ptrdiff_t)n);
		count_all(runs_allocated, 1);
		return (void *)run_address(r, i);
	}
	return NULL;
}

/* What makes a class frequent lies in a region, if all classes are counted. */
#define FIRST_IS_THERE \
	(MICA_RARE_BYTES && NR_CLASSES == LINEAR_CLASSES && !HEAPS_SOLO)

/* The same for a page. */
static __fast_inline struct page *solo_take_page(struct mica_part *part)
{
	struct runs *r;
	unsigned int k;
	slice_t i;

	if (part_is_of_heap(part))
		return heap_take_page(part);
	for (k = 0; k < MAP_ENTRIES; k++) {
		r = solo_common(part, k);
		i = r || (FIRST_IS_THERE && !k) ? run_take_page(r) : 0;
		if (!i)
			continue;
		space_account((ptrdiff_t)run_slices(r, i));
		count_all(runs_allocated, 1);
		page_publish(r, i);
		return page_header(r, i);
	}
	return NULL;
}

/* What no queue has: a page of a class, or a run. */
static __fast_inline void *solo_take(struct mica_part *part, size_t size)
{
	slice_t n = run_slices_for(size + part_run_bytes(part));
	unsigned int class;
	struct page *page;

	if (size <= CLASS_BYTES_MAX) {
		class = class_of(size);
		page = runs_are_rare(class, n) ? NULL : solo_take_page(part);
		if (page)
			return page_open(part, page, class);
		count_all(singles, 1);
	} else if (size > SIZE_MOST) {	/* what was added overflowed */
		return NULL;
	}
	return solo_take_run(part, n);
}

/* A block of any larger class that has one. Cost: NR_CLASSES. */
static __fast_inline void *solo_fallback(struct mica_part *part, size_t size)
{
	unsigned int class;
	void *block;

	if (size > CLASS_BYTES_MAX)
		return NULL;
	for (class = class_of(size) + 1; class < NR_CLASSES; class++) {
		if (!PREFER_SMALL && !class_has_block(part, class))
			continue;	/* seen sooner than by taking */
		block = class_take(part, class);
		if (block) {
			count_all(fallbacks, 1);
			return block;
		}
	}
	return NULL;
}

/*
 * A block of the class, if a queued page has one. A trip on which no page was
 * left, so that it carved, has time for one of the deferred blocks, or else
 * for carving ahead.
 */
static __fast_inline void *solo_take_queued(struct mica_part *part,
					    mica_port_guard_t guard,
					    size_t size)
{
	unsigned int class = class_of(size);
	struct page *first = part->queue[class];
	void *block = class_take(part, class);

	if (!block || (!PREFER_SMALL && part->queue[class] != first))
		return block;
	/* Only blocks of linear classes come here when the page has none left. */
	if (NR_CLASSES > LINEAR_CLASSES && first->free)
		return block;
	if (!solo_drain_one(part, guard) && !PREFER_SMALL)
		page_carve_ahead(first);
	return block;
}

/* A block from what there is, or NULL. */
static __fast_or_small void *solo_look(struct mica_part *part,
				       mica_port_guard_t guard, size_t size)
{
	void *block = NULL;

	if (size <= CLASS_BYTES_MAX)
		block = solo_take_queued(part, guard, size);
	return block ? block : solo_take(part, size);
}

/*
 * May a new region come? One memory is all there is, most often, which
 * region_reserve() finds out as well, outside the guard.
 */
static __always_inline bool solo_may_grow(size_t size)
{
	return size <= SIZE_MOST && (PREFER_SMALL || mica_growing ||
				     mica_more_memory ||
				     mica_nr_regions < NR_REGIONS);
}

/*
 * Nothing was found: free what was deferred, one in each turn, or get a new
 * region. Entered and left inside the guard. Return: look again?
 */
static __fast_inline bool solo_get_more(struct mica_part *part,
					mica_port_guard_t *guard, size_t size)
{
	bool more = solo_drain_one(part, *guard) || solo_unkeep(part);

	if (!more && !solo_may_grow(size))
		return false;
	context_leave(part, *guard);
	if (!more && part_is_of_heap(part))
		more = heap_get_more(part_heap(part), size);
	else if (!more)
		more = region_reserve(MAX_OF(size, PAGE_BYTES));
	context_enter_again(part, guard);
	return more;
}

/* There is no block of @size. Entered inside the guard, which it leaves. */
static __noinline void *solo_malloc_last(size_t size, mica_port_guard_t guard)
{
	struct mica_part *part = part_self();
	void *block = NULL;

	while (!block && solo_get_more(part, &guard, size))
		block = solo_look(part, guard, size);
	if (!block)
		block = solo_fallback(part, size);
	context_leave(part, guard);
	heap_say(part_heap(part));
	return block ? block : report_failure(size);
}

void *solo_malloc_slow(size_t size, mica_port_guard_t guard)
{
	struct mica_part *part = part_self();
	void *block;

	if (!size)
		size = 1;
	block = solo_look(part, guard, size);
	if (unlikely(!block))
		return solo_malloc_last(size, guard);
	context_leave(part, guard);
	heap_say(part_heap(part));
	return block;
}

/* ---- for the rest of the core --------------------------------------------------- */

struct large_block large_alloc_or_trim(const struct large_want *want)
{
	struct large_block got;

	heartbeat(HEARTBEAT_TRIP);
	got = large_alloc(want);
	return got.block || !solo_drain() ? got : large_alloc(want);
}

void engine_beat(struct mica_part *part)
{
	(void)part;
}

void engine_collect(void)
{
	solo_drain();
}

unsigned int engine_tick(unsigned int budget)
{
	unsigned int done = 0;
	mica_port_guard_t guard = 0;
	struct mica_part *part;
	bool one = true;

	while (one && done < budget) {
		part = context_enter(&guard);
		if (context_refused(part))
			break;
		one = solo_drain_one(part, guard);
		context_leave(part, guard);
		done += one;
	}
	return done;
}

#endif
