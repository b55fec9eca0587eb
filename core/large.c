// SPDX-License-Identifier: MIT
/* Blocks that are runs; large.h has the theory. */
#include "large.h"
#include "part.h"
#include "rare.h"

uintptr_t mica_huge_bytes, mica_huge_blocks;
#if !CONTEXT_IS_SOLO
struct rare mica_rare;
#endif

/* Bytes from the run's start to the block, before whole slices are cut off. */
static inline size_t want_shift(const struct large_want *want)
{
	return (0 - want->offset) & (want->align - 1);
}

/* Could it be in a region among others? */
static bool want_is_run(const struct large_want *want)
{
	return want->size < RUN_LIMIT && want->align < RUN_LIMIT &&
	       want->size + want->align < RUN_LIMIT;
}

#if MICA_HEAPS

/* For whom it is planned. Return: bytes of the run that this takes. */
static size_t plan_heap(struct large_plan *plan)
{
	plan->heap = heap_now();
	plan->run.heap = heap_number(plan->heap);
	return plan->heap ? RUN_HEAP_BYTES : 0;
}

static struct mica_heap *plan_for(const struct large_plan *plan)
{
	return plan->heap;
}

#else

static size_t plan_heap(struct large_plan *plan)
{
	(void)plan;
	return 0;
}

static struct mica_heap *plan_for(const struct large_plan *plan)
{
	(void)plan;
	return NULL;
}

#endif

bool large_plan(const struct large_want *want, struct large_plan *plan)
{
	size_t shift = want_shift(want);

	if (!want_is_run(want))
		return false;
	plan->lead = shift & (RUN_UNIT_BYTES - 1);
	plan->run.slices = run_slices_for(want->size + plan->lead +
					  plan_heap(plan));
	plan->run.align = (slice_t)MAX_OF(want->align >> MICA_SLICE_SHIFT,
					  (size_t)1);
	plan->run.phase = (slice_t)(shift >> MICA_SLICE_SHIFT);
	return LAYOUT_IS_TABLE || !plan->lead;
}

/* A run was found: the block is in it. */
static __fast_inline void large_got(const struct large_plan *plan,
				    const struct space_run *run,
				    struct large_block *got)
{
	struct runs *r = &run->region->runs;

	run_set_lead(r, run->i, plan->lead);
	rare_note(rare_heap(r, run->i), run_slices(r, run->i), 1);
	tally_heap(r, run->i, 1);
	got->block = (void *)(run_address(r, run->i) + plan->lead);
	got->zero = run->zero;
}

/* What a run for @plan may come to; a heap has it counted before it is taken. */
static inline size_t plan_bytes(const struct large_plan *plan)
{
	return (size_t)(plan->run.slices + RUN_SLACK) << MICA_SLICE_SHIFT;
}

static bool plan_charge(const struct large_plan *plan)
{
	return likely(!plan_for(plan)) ||
	       heap_charge(plan_for(plan), plan_bytes(plan));
}

/* It came, or did not: what was counted too much. */
static void plan_settle(const struct large_plan *plan, enum space_result result,
			const struct space_run *run)
{
	size_t bytes = plan_bytes(plan);

	if (likely(!plan_for(plan)))
		return;
	if (result == SPACE_OK)
		bytes -= (size_t)run_slices(&run->region->runs, run->i)
			 << MICA_SLICE_SHIFT;
	heap_refund(plan_for(plan), bytes);
}

enum space_result large_take(const struct large_plan *plan,
			     struct large_block *got)
{
	enum space_result result = SPACE_QUOTA;
	struct space_run run;

	if (!plan_charge(plan))
		return result;
	result = heap_take(plan_for(plan), &plan->run, &run);
	plan_settle(plan, result, &run);
	if (result == SPACE_OK)
		large_got(plan, &run, got);
	return result;
}

enum space_result large_take_in(struct region *only,
				const struct large_plan *plan,
				struct large_block *got)
{
	enum space_result result = SPACE_QUOTA;
	struct space_run run;

	if (!plan_charge(plan))
		return result;
	result = space_take_in(only, &plan->run, &run);
	plan_settle(plan, result, &run);
	if (result == SPACE_OK)
		large_got(plan, &run, got);
	return result;
}

/*
 * The provider refused, perhaps only because another context has the last of
 * its memory but has not made a region of it yet: look again while one is at
 * it, and once more. Bounded, as this may be an interrupt in the middle of
 * the one that it waits for. Cost: RESERVE_WAIT looks.
 */
static bool reserve_came_late(unsigned int *spins)
{
	if (*spins >= RESERVE_WAIT)
		return false;
	if (region_is_coming()) {
		mica_port_relax((*spins)++);
		return true;
	}
	*spins = RESERVE_WAIT;
	return true;
}

bool space_retry_for(struct mica_heap *heap, enum space_result result,
		     size_t bytes, unsigned int *spins)
{
	if (likely(!heap))
		return space_retry(result, bytes, spins);
	if (result == SPACE_QUOTA)
		return heap_retry(heap, spins);
	if (result == SPACE_NONE && heap_is_bound(heap))
		return heap_reserve(heap, bytes);
	return space_retry(result, bytes, spins);
}

bool space_retry(enum space_result result, size_t bytes, unsigned int *spins)
{
	if (result == SPACE_BUSY) {
		mica_port_relax((*spins)++);
		return true;
	}
	if (result != SPACE_NONE)
		return false;
	if (!region_reserve(bytes))
		return REGION_LOCKS && !LAYOUT_IS_TABLE &&
		       reserve_came_late(spins);
	/* What was reserved last is worth looking at first. */
	space_prefer(load_relaxed(&mica_nr_regions) - 1);
	return true;
}

static void huge_account(const struct region *region, ptrdiff_t blocks)
{
	ptrdiff_t bytes = (ptrdiff_t)region->span.bytes * blocks;

	space_account(bytes);
	atomic_add(&mica_huge_bytes, (uintptr_t)bytes);
	atomic_add(&mica_huge_blocks, (uintptr_t)blocks);
}

/* A region for a huge block, if the heap may have as much. */
static struct region *huge_reserve(struct mica_heap *heap, size_t bytes,
				   size_t align)
{
	struct region *region;
	unsigned int spins = 0;

	region = region_reserve_huge(heap_provider(heap), bytes, align);
	while (region && !heap_charge(heap, region->span.bytes)) {
		if (heap_retry(heap, &spins))
			continue;
		region_release_huge(region);
		return NULL;
	}
	return region;
}

static struct large_block huge_alloc(const struct large_want *want)
{
	struct large_block got = { NULL, false };
	struct mica_heap *heap = heap_now();
	size_t shift = want_shift(want);
	struct region *region;

	if (want->size > SIZE_LIMIT - shift)
		return got;
	region = huge_reserve(heap, want->size + shift, want->align);
	if (!region)
		return got;
	heap_count_huge(heap, 1);
	run_set_heap(&region->runs, 1, heap_number(heap));
	run_set_lead(&region->runs, 1, shift);
	got.block = (void *)(run_address(&region->runs, 1) + shift);
	got.zero = region->provider->flags & MICA_PROVIDER_ZEROED;
	huge_account(region, 1);
	return got;
}

struct large_block large_alloc(const struct large_want *want)
{
	struct large_block got = { NULL, false };
	mica_port_guard_t guard;
	enum space_result result;
	struct mica_part *part;
	struct large_plan plan;
	unsigned int spins = 0;

	if (!large_plan(want, &plan))
		return LAYOUT_IS_TABLE ? huge_alloc(want) : got;
	do {
		part = context_enter(&guard);
		if (context_refused(part))
			break;
		result = large_take(&plan, &got);
		context_leave(part, guard);
	} while (result != SPACE_OK &&
		 space_retry_for(plan_for(&plan), result,
				 want->size + want->align, &spins));
	heap_say(plan_for(&plan));
	return got;
}

void large_free(struct region *region, slice_t i)
{
	unsigned int heap;

	if (region_is_huge(region)) {
		run_leaves_heap(region, 1, region->span.bytes);
		huge_account(region, -1);
		region_release_huge(region);
		return;
	}
	heap = rare_heap(&region->runs, i);
	run_leaves_heap(region, i, (size_t)run_slices(&region->runs, i)
				   << MICA_SLICE_SHIFT);
	rare_note(heap, run_slices(&region->runs, i), -1);
	space_give(region, i);
}

void large_defer(struct region *region, slice_t i)
{
	unsigned int heap = rare_heap(&region->runs, i);
	slice_t n = run_slices(&region->runs, i);

	run_leaves_heap(region, i, (size_t)n << MICA_SLICE_SHIFT);
	rare_note(heap, n, -1);
	space_account(-((ptrdiff_t)n * (ptrdiff_t)SLICE_BYTES));
	region_defer(region, i);
}

size_t large_usable(struct region *region, slice_t i)
{
	struct runs *r = &region->runs;

	if (region_is_huge(region))
		return (uintptr_t)region->span.base + region->span.bytes -
		       run_address(r, i) - run_lead(r, i) - region_moat(region);
	return run_bytes(run_slices(r, i)) - run_lead(r, i) - run_guard(r, i) -
	       (run_has_heap(r, i) ? RUN_HEAP_BYTES : 0);
}

/* As space_resize(); @heap counts it. */
static bool heap_resize(struct mica_heap *heap, struct region *region,
			slice_t i, slice_t slices)
{
	slice_t old = run_slices(&region->runs, i), most;
	bool done;

	most = MAX_OF(slices + RUN_SLACK, old);
	if (!heap_charge(heap, (size_t)(most - old) << MICA_SLICE_SHIFT))
		return false;
	done = space_resize(region, i, slices);
	heap_refund(heap, (size_t)(most - run_slices(&region->runs, i))
			  << MICA_SLICE_SHIFT);
	return done;
}

bool large_resize(struct region *region, slice_t i, size_t size)
{
	struct runs *r = &region->runs;
	slice_t old = run_slices(r, i), slices;
	struct mica_heap *heap;
	bool done;

	if (region_is_huge(region))
		return size <= large_usable(region, i);
	if (size > MIN_OF(REGION_SLICES_MAX * SLICE_BYTES, RUN_BYTES_MAX))
		return false;
	heap = run_pin(r, i);
	slices = run_slices_for(size + run_lead(r, i) +
				(run_has_heap(r, i) ? RUN_HEAP_BYTES : 0));
	done = heap ? heap_resize(heap, region, i, slices) :
		      space_resize(region, i, slices);
	heap_unpin(heap);
	rare_note(rare_heap(r, i), old, -1);
	rare_note(rare_heap(r, i), run_slices(r, i), 1);
	return done;
}
