// SPDX-License-Identifier: MIT
/* malloc and free where several contexts take part; shared.h has the theory. */
#include "geometry.h"

#if !CONTEXT_IS_SOLO

#include <mica/mica.h>
#include "abandon.h"
#include "engine.h"
#include "frees.h"
#include "locate.h"
#include "purge.h"
#include "rare.h"
#include "settle.h"

/* ---- small: blocks of pages --------------------------------------------------- */

/* A run of its own for a small request. */
static struct block *single_take(size_t size, enum space_result *result)
{
	struct large_want want = { size, 1, 0 };
	struct large_block got = { NULL, false };
	struct large_plan plan;

	*result = SPACE_REFUSED;
	if (large_plan(&want, &plan))
		*result = large_take(&plan, &got);
	if (got.block)
		count_all(singles, 1);
	return got.block;
}

/* One attempt inside the guard. */
static struct block *small_take(struct mica_part *part, unsigned int class,
				size_t size, enum space_result *result)
{
	struct block *block;

	block = list_pop(&part->list[class]);
	if (!block)
		block = page_refill(part, class);
	if (!block && runs_are_rare(class, run_slices_for(size)))
		block = single_take(size, result);
	if (block)
		return block;
	*result = page_open(part, class);
	if (*result == SPACE_OK)
		return list_pop(&part->list[class]);
	if (!LAYOUT_IS_TABLE && *result == SPACE_NONE)
		return single_take(size, result);
	return NULL;
}

/*
 * Memory has run out: take from a larger class, or let go of one empty
 * page and try again. Cost: NR_CLASSES, then as small_take().
 */
static struct block *small_last_resort(struct mica_part *part,
				       unsigned int class, size_t size)
{
	enum space_result result;
	struct block *block;
	unsigned int k;

	block = page_fallback(part, class);
	if (block) {
		count_in(part, fallbacks, 1);
		return block;
	}
	for (k = 0; k < NR_CLASSES; k++)
		if (k != class && page_trim(part, k))
			return small_take(part, class, size, &result);
	return NULL;
}

/* Once in PURGE_BEATS trips: purge, and let go of one idle empty page. */
void engine_beat(struct mica_part *part)
{
	unsigned int class;

	heap_beat(part);
	if (!purge_count(part))
		return;
	class = part->beat / PURGE_BEATS % NR_CLASSES;
	if (part->queue[class] && page_used(part->queue[class]) == 0)
		page_trim(part, class);
}

/* The class is worked out again: the fast path need not keep it. */
__noinline void *small_alloc_slow(size_t size)
{
	unsigned int class = class_of(size);
	enum space_result result = SPACE_REFUSED;
	mica_port_guard_t guard;
	struct mica_part *part;
	struct block *block;
	struct mica_heap *heap;
	unsigned int spins = 0;

	if (!context_begin())
		return report_failure(size);
	heap = heap_now();
	if (HEARTBEAT_DIVERTS)
		heartbeat(HEARTBEAT_TRIP);
	do {
		part = context_enter(&guard);
		if (context_refused(part))
			return report_refusal();
		engine_beat(part);
		block = small_take(part, class, size, &result);
		context_leave(part, guard);
		if (likely(block)) {
			heap_say(heap);
			return block;
		}
	} while (space_retry_for(heap, result, PAGE_BYTES, &spins));
	part = context_enter(&guard);
	block = small_last_resort(part, class, size);
	context_leave(part, guard);
	return block ? block : report_failure(size);
}

/* ---- all other sizes ------------------------------------------------------------ */

struct large_block large_alloc_or_trim(const struct large_want *want)
{
	mica_port_guard_t guard;
	struct large_block got;
	struct mica_part *part;
	unsigned int class;
	bool trimmed;

	heartbeat(HEARTBEAT_TRIP);
	got = large_alloc(want);
	/* Empty pages that classes keep may be all that is missing. */
	for (class = 0; !got.block && class < NR_CLASSES; class++) {
		part = context_enter(&guard);
		if (context_refused(part))
			break;
		trimmed = page_trim(part, class);
		context_leave(part, guard);
		if (trimmed)
			got = large_alloc(want);
	}
	return got;
}

static void *large_malloc(size_t size)
{
	struct large_want want = { size, 1, 0 };
	struct large_block got;
	struct mica_part *part = context_begin();

	if (size > SIZE_LIMIT || !part)
		return report_failure(size);
	engine_beat(part);
	got = large_alloc_or_trim(&want);
	return got.block ? got.block : report_failure(size);
}

/*
 * Not linear: nothing, a class that a formula finds, or a run. Takes the size
 * less one, which is what engine_malloc() has in the argument's register.
 */
__noinline void *malloc_other(size_t less_one)
{
	size_t size = less_one + 1;
	mica_port_guard_t guard;
	struct mica_part *part;
	struct block *block;
	unsigned int class;

	if (size > CLASS_BYTES_MAX)
		return large_malloc(size);
	size = size ? size : 1;
	class = class_of(size);
	part = context_enter(&guard);
	if (context_refused(part))
		return report_refusal();
	block = list_pop(&part->list[class]);
	context_leave(part, guard);
	return likely(block) ? block : small_alloc_slow(size);
}

/* The thread's list of a linear class is dry; the list says which class. */
__noinline void *malloc_dry(struct list *list)
{
	size_t class = (size_t)(list - part_self()->list);

	return small_alloc_slow((class + 1) << MICA_GRANULE_SHIFT);
}

/* ---- free ------------------------------------------------------------------------- */

static void free_page_event(struct mica_part *part, struct page *page)
{
	page_event(part, page);
	if (CONTEXT_IS_THREAD && LAYOUT_PURGES)
		page_events_done(part);
}

/*
 * There is a deferred hook, and an own block went on @page's list. When it is
 * time, malloc finds the class's list dry, and so passes its slow path.
 */
static void free_diverted(struct mica_part *part, struct page *page)
{
	if (part_count_beat(part_main(part)) >= HEARTBEAT_FREES &&
	    page_is_current(page))
		page_put_current(part, page->class);
}

/* A block of a page: the owner's push, or a remote one. @part may be NULL. */
static __always_inline enum fault free_by_owner(struct mica_part *part,
						struct page *page,
						struct block *block)
{
	struct mica_part *owner = page_owner_now(page);
	enum list_push pushed;

	if (part != owner || !part) {
		/* Others' parts are not looked at where there is no need. */
		if (!heaps_began() || !part || !owner ||
		    !part_is_beside(part, owner))
			return page_free_remote(part ? part_main(part) : NULL,
						page, block) ? FAULT_NONE :
							       FAULT_TWICE;
		part = owner;	/* this context's, in another heap */
	}
	pushed = list_push(page->list, block);
	if (pushed == PUSH_TWICE)
		return FAULT_TWICE;
	if (pushed == PUSH_EVENT)
		free_page_event(part, page);
	else if (HEARTBEAT_DIVERTS && unlikely(heartbeat_is_on()))
		free_diverted(part, page);
	else
		own_set(part, page);
	return FAULT_NONE;
}

/* The same, which who deletes a heap may have to wait for. */
static __always_inline enum fault free_in_page(struct mica_part *part,
					       struct page *page,
					       struct block *block)
{
	enum fault fault;

	if (!FREES_TOLD || !heaps_began())
		return free_by_owner(part, page, block);
	frees_begin();
	fault = free_by_owner(part, page, block);
	frees_end();
	return fault;
}

/* A run: while this context is busy below (@refused), others give it back. */
static void free_run(struct mica_part *part, bool refused, struct location *at)
{
	if (refused) {
		large_defer(at->region, at->i);
		return;
	}
	large_free(at->region, at->i);
	if (part)
		purge_count(part);
}

static enum fault free_at(struct mica_part *entered, void *p,
			  struct location *at)
{
	struct mica_part *part = part_or_null(entered);

	if (at->page)
		return free_in_page(part, at->page, p);
	free_run(part, context_refused(entered), at);
	return FAULT_NONE;
}

static __noinline void free_other(void *p)
{
	struct mica_part *entered;
	mica_port_guard_t guard = 0;
	struct location at;
	enum fault fault;

	if (!p)
		return;
	entered = context_enter(&guard);
	fault = locate(p, &at);
	if (!fault)
		fault = free_at(entered, p, &at);
	if (entered)
		context_leave(entered, guard);
	if (fault)
		report_fault(fault, "free", p);
}

void engine_free_at(void *p, struct location *at)
{
	mica_port_guard_t guard = 0;
	struct mica_part *entered = context_enter(&guard);
	enum fault fault = free_at(entered, p, at);

	if (entered)
		context_leave(entered, guard);
	if (fault)
		report_fault(fault, "free", p);
}

/* Not in the cache: most often another context's page. */
__noinline void free_slow(void *p)
{
	struct page *page = page_quick((uintptr_t)p);
	enum fault fault;

	if (!page) {
		free_other(p);
		return;
	}
	fault = free_in_page(part_or_null(part_self()), page, p);
	if (unlikely(fault))
		report_fault(fault, "free", p);
}

__noinline void free_event(struct mica_part *part, void *p)
{
	free_page_event(part, page_at(map_find((uintptr_t)p), (uintptr_t)p));
}

__cold void free_twice(struct mica_part *part, mica_port_guard_t guard,
			      void *p)
{
	context_leave(part, guard);
	report_fault(FAULT_TWICE, "free", p);
}

/* ---- upkeep ---------------------------------------------------------------------- */

/* Inside the guard. Return: was there one, listed, or empty of @class? */
static bool tick_one(struct mica_part *part, unsigned int class)
{
	return page_settle_one(part) || page_trim(part, class);
}

unsigned int engine_tick(unsigned int budget)
{
	unsigned int done = 0, class = 0;
	mica_port_guard_t guard;
	struct mica_part *part;
	bool one;

	while (done < budget && class < NR_CLASSES) {
		part = context_enter(&guard);
		if (context_refused(part))
			break;
		one = part_or_null(part) && tick_one(part, class);
		context_leave(part, guard);
		done += one;
		class += !one;
	}
	return done;
}

/* ---- collect ---------------------------------------------------------------------- */

/* Settle what others listed, let go of every empty page of @class. */
static void class_collect(struct mica_part *part, unsigned int class)
{
	struct page *page, *next, *last;

	page_put_current(part, class);
	next = part->queue[class];
	last = next ? next->prev : NULL;
	while (next) {
		page = next;
		next = page == last ? NULL : page->next;
		page_collect(part, page);
	}
}

static void part_collect_class(struct mica_part *part, unsigned int class)
{
	page_settle_listed(part);
	while (!part_heap(part) && page_claim(part, class))
		;
	class_collect(part, class);
}

void part_collect(struct mica_part *part)
{
	mica_port_guard_t guard;
	struct mica_part *entered;
	unsigned int class;

	for (class = 0; class < NR_CLASSES; class++) {
		entered = context_enter(&guard);
		if (context_refused(entered))
			return;
		frees_begin();
		if (part_is_held(part))
			part_collect_class(part, class);
		frees_end();
		context_leave(entered, guard);
	}
}

/* What this context has in the main heap, and in its current one. */
void engine_collect(void)
{
	struct mica_part *part = context_begin();

	if (!part)
		return;
	heap_beat(part);
	part_collect(part);
	if (part != part_main(part))
		part_collect(part_main(part));
}

#endif
