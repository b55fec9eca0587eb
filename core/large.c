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

bool large_plan(const struct large_want *want, struct large_plan *plan)
{
	size_t shift = want_shift(want);

	if (!want_is_run(want))
		return false;
	plan->lead = shift & (RUN_UNIT_BYTES - 1);
	plan->run.slices = run_slices_for(want->size + plan->lead);
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
	rare_note(run_slices(r, run->i), 1);
	got->block = (void *)(run_address(r, run->i) + plan->lead);
	got->zero = run->zero;
}

enum space_result large_take(const struct large_plan *plan,
			     struct large_block *got)
{
	struct space_run run;
	enum space_result result = space_take(&plan->run, &run);

	if (result == SPACE_OK)
		large_got(plan, &run, got);
	return result;
}

enum space_result large_take_in(struct region *only,
				const struct large_plan *plan,
				struct large_block *got)
{
	struct space_run run;
	enum space_result result = space_take_in(only, &plan->run, &run);

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

static struct large_block huge_alloc(const struct large_want *want)
{
	struct large_block got = { NULL, false };
	size_t shift = want_shift(want);
	struct region *region;

	if (want->size > SIZE_LIMIT - shift)
		return got;
	region = region_reserve_huge(want->size + shift, want->align);
	if (!region)
		return got;
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
		 space_retry(result, want->size + want->align, &spins));
	return got;
}

void large_free(struct region *region, slice_t i)
{
	if (region_is_huge(region)) {
		huge_account(region, -1);
		region_release_huge(region);
		return;
	}
	rare_note(run_slices(&region->runs, i), -1);
	space_give(region, i);
}

void large_defer(struct region *region, slice_t i)
{
	slice_t n = run_slices(&region->runs, i);

	rare_note(n, -1);
	space_account(-((ptrdiff_t)n * (ptrdiff_t)SLICE_BYTES));
	region_defer(region, i);
}

size_t large_usable(struct region *region, slice_t i)
{
	struct runs *r = &region->runs;

	if (region_is_huge(region))
		return (uintptr_t)region->span.base + region->span.bytes -
		       run_address(r, i) - run_lead(r, i);
	return run_bytes(run_slices(r, i)) - run_lead(r, i);
}

bool large_resize(struct region *region, slice_t i, size_t size)
{
	struct runs *r = &region->runs;
	slice_t old = run_slices(r, i);
	bool done;

	if (region_is_huge(region))
		return size <= large_usable(region, i);
	if (size > REGION_SLICES_MAX * SLICE_BYTES)
		return false;
	done = space_resize(region, i, run_slices_for(size + run_lead(r, i)));
	rare_note(old, -1);
	rare_note(run_slices(r, i), 1);
	return done;
}
