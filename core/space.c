// SPDX-License-Identifier: MIT
/* Space: runs from whichever region has them; space.h has the theory. */
#include "space.h"
#include "roster.h"
#include "tally.h"

#if MICA_STATS
struct tally_set mica_tally;
#endif
uintptr_t mica_used_bytes, mica_peak_bytes;
uintptr_t mica_purge_generation = 2;
uintptr_t mica_committed_bytes, mica_committed_top, mica_stripped_bytes;
uintptr_t mica_eager_bytes;

/* Where the last run was found: a hint. */
static uintptr_t region_cursor;

void space_account_shared(ptrdiff_t bytes)
{
	uintptr_t used, peak;

	used = atomic_add(&mica_used_bytes, (uintptr_t)bytes) +
	       (uintptr_t)bytes;
	peak = load_relaxed(&mica_peak_bytes);
	while (bytes > 0 && used > peak)	/* each failure raised the peak */
		if (atomic_cas(&mica_peak_bytes, &peak, used))
			break;
}

/*
 * @bytes more are committed. Of two that come here at once one may be missed;
 * the next makes up for it.
 */
static void top_follow(uintptr_t bytes)
{
	uintptr_t now = atomic_add(&mica_committed_bytes, bytes) + bytes;
	uintptr_t top = load_relaxed(&mica_committed_top);
	uintptr_t eager = load_relaxed(&mica_eager_bytes);

	if (!LAYOUT_PURGES)
		return;
	top -= MIN_OF(top, bytes * SPACE_TOP_FALLS);
	now = now > eager ? now - eager : 0;
	store_relaxed(&mica_committed_top, MAX_OF(top, now));
}

slice_t space_mark(struct runs *r, slice_t i, slice_t n, bool on)
{
	slice_t changed = run_set_committed(r, i, n, on);
	uintptr_t bytes = (uintptr_t)changed << MICA_SLICE_SHIFT;

	if (changed && on)
		top_follow(bytes);
	else if (changed)
		atomic_add(&mica_committed_bytes, 0 - bytes);
	return changed;
}

static inline uint32_t since_now(void)
{
	return LAYOUT_PURGES ? (uint32_t)load_relaxed(&mica_purge_generation) :
			       0;
}

/* ---- lock and remote runs ---------------------------------------------------- */

/* Lock held. */
static void give(struct region *region, slice_t i, uint32_t since)
{
	run_give(&region->runs, i, since);
	count_in(&region->runs, runs_freed, 1);
}

/* Give back @budget remote runs at most. Return: how many. Lock held. */
static unsigned int drain_some(struct region *region, unsigned int budget)
{
	unsigned int n;
	slice_t i;

	for (n = 0; n < budget; n++) {
		i = region_next_deferred(region);
		if (!i)
			break;
		give(region, i, since_now());
	}
	return n;
}

/* The lock's next holder goes on. */
static void drain(struct region *region)
{
	drain_some(region, DRAIN_BUDGET);
}

static void leave(struct region *region)
{
	roster_update(region);
	region_unlock(region);
}

bool space_enter_shared(struct region *region)
{
	if (!region_try_lock(region))
		return false;
	if (unlikely(region_has_deferred(region)))
		drain(region);
	return true;
}

void space_leave_shared(struct region *region)
{
	leave(region);
	if (likely(!region_has_deferred(region)) || !region_try_lock(region))
		return;
	drain(region);
	leave(region);
}

unsigned int space_drain(struct region *region, unsigned int budget)
{
	unsigned int done;

	if (!region_has_deferred(region) || !region_try_lock(region))
		return 0;
	done = drain_some(region, budget);
	leave(region);
	return done;
}

/* ---- taking -------------------------------------------------------------------- */

/*
 * What a region has is a hint without its lock: a run that somebody is just
 * cutting is on no list. The tag layout asks each of its few regions, lest
 * malloc fail for that.
 */
static inline bool region_worth_a_look(const struct region *region,
				       const struct run_want *want)
{
	return region && (!LAYOUT_IS_TABLE ||
			  runs_may_fit(&region->runs, want->slices) ||
			  region_has_deferred(region));
}

/* Return: SPACE_OK, SPACE_BUSY or SPACE_NONE. */
static __fast_or_small enum space_result take_from(struct region *region,
				   const struct run_want *want,
				   struct space_run *run)
{
	slice_t fresh;

	if (!region_worth_a_look(region, want))
		return SPACE_NONE;
	if (!space_enter(region))
		return SPACE_BUSY;
	run->region = region;
	fresh = runs_fresh(&region->runs);
	run->i = run_take(&region->runs, want);
	if (run->i && run_want_heap(want))
		run_set_heap(&region->runs, run->i, run_want_heap(want));
	if (MICA_PORT_GROWS)
		run->zero = run->i &&
			    run_took_fresh(&region->runs, run->i, fresh);
	if (run->i)
		count_in(&region->runs, runs_allocated, 1);
	space_leave(region);
	if (run->i)
		return SPACE_OK;
	return region_has_deferred(region) ? SPACE_BUSY : SPACE_NONE;
}

/*
 * Have what is not committed of [@i, @i + @n) committed, stretch by stretch.
 * Return: how many slices that was, or -1: refused, and @i + @n is as it was
 * but for the stretches that were committed.
 */
static int32_t commit_fresh(struct region *region, slice_t i, slice_t n)
{
	struct runs *r = &region->runs;
	slice_t at = i, len, fresh = 0;

	while ((len = run_next_stretch(r, &at, i + n - at, false))) {
		if (region_commit(region, at, len))
			return -1;
		fresh += space_mark(r, at, len, true);
		at += len;
	}
	if (fresh)
		count_in(r, committed_bytes, (uintptr_t)fresh << MICA_SLICE_SHIFT);
	return (int32_t)fresh;
}

/* A run was found: account for it and have it committed. */
static __fast_or_small enum space_result take_done(struct space_run *run)
{
	struct region *region = run->region;
	slice_t n = run_slices(&region->runs, run->i);
	int32_t fresh;

	space_account((ptrdiff_t)((size_t)n << MICA_SLICE_SHIFT));
	fresh = commit_fresh(region, run->i, n);
	if (!MICA_PORT_GROWS)
		run->zero = fresh == (int32_t)n &&
			    region->provider &&
			    region->provider->flags & MICA_PROVIDER_ZEROED &&
			    !(region_flags(region) & REGION_RESET);
	if (likely(fresh >= 0))
		return SPACE_OK;
	run_set_heap(&region->runs, run->i, 0);
	space_give(region, run->i);
	return SPACE_REFUSED;
}

void space_prefer(size_t number)
{
	store_relaxed(&region_cursor, number);
}

/* NULL, if it is a heap's alone. */
static inline struct region *region_if_common(struct region *region)
{
	return region && region_heap(region) ? NULL : region;
}

/*
 * The region of number @k, if it is no heap's alone: those are on no list of the
 * roster, but the tag layout has none, and the cursor may say any number.
 */
static inline struct region *region_common(size_t k)
{
	return region_if_common(load_acquire(&mica_regions[k]));
}

/*
 * Try regions whose largest run is on @list, from number @at on; at most
 * ROSTER_TRIES.
 */
static enum space_result take_of_list(unsigned int list, size_t at,
				      const struct run_want *want,
				       struct space_run *run)
{
	enum space_result result = SPACE_NONE, one;
	unsigned int tries;

	for (tries = 0; tries < ROSTER_TRIES; tries++, at++) {
		at = roster_next(list, at);
		if (at == NR_REGIONS)
			break;
		one = take_from(region_common(at), want, run);
		if (one == SPACE_OK) {
			space_prefer(region_index(run->region));
			return SPACE_OK;
		}
		if (one == SPACE_BUSY)
			result = SPACE_BUSY;
	}
	return result;
}

/* One core asks its few regions in turn; no other is in one of them. */
static __fast_inline enum space_result take_in_turn(const struct run_want *want,
						    struct space_run *run)
{
	size_t k;

	for (k = 0; k < mica_nr_regions; k++)
		if (take_from(region_if_common(mica_regions[k]), want, run) ==
		    SPACE_OK)
			return take_done(run);
	return SPACE_NONE;
}

static enum space_result take_by_roster(const struct run_want *want,
					struct space_run *run)
{
	size_t last = load_relaxed(&region_cursor);
	enum space_result result = SPACE_NONE, one;
	unsigned int list = runs_list(want->slices);

	/* Pages stay together; what is larger goes where it fits best. */
	if (LAYOUT_IS_TABLE && want->slices <= PAGE_SLICES_MAX)
		result = take_from(region_common(last), want, run);
	if (result != SPACE_OK)
		result = take_of_list(list, roster_newest(list), want, run);
	/* Tag layout: each region has just been asked. */
	for (; LAYOUT_IS_TABLE && result != SPACE_OK && list < INDEX_LISTS;
	     list++) {
		one = take_of_list(list, 0, want, run);
		if (one != SPACE_NONE)
			result = one;
	}
	return result == SPACE_OK ? take_done(run) : result;
}

enum space_result space_take(const struct run_want *want,
			     struct space_run *run)
{
	return CONTEXT_IS_SOLO ? take_in_turn(want, run) :
				 take_by_roster(want, run);
}

enum space_result space_take_in(struct region *region,
				const struct run_want *want,
				struct space_run *run)
{
	enum space_result result = take_from(region, want, run);

	return result == SPACE_OK ? take_done(run) : result;
}

/* ---- giving back, resizing ------------------------------------------------------ */

void space_return(struct region *region, slice_t i, bool dirty)
{
	if (unlikely(!space_enter(region))) {
		region_defer(region, i);
		if (!region_try_lock(region))
			return;
		drain(region);
		space_leave(region);
		return;
	}
	give(region, i, dirty ? since_now() : 0);
	space_leave(region);
}

void space_give(struct region *region, slice_t i)
{
	space_account(-((ptrdiff_t)run_slices(&region->runs, i) *
			(ptrdiff_t)SLICE_BYTES));
	space_return(region, i, true);
}

void space_give_locked(struct region *region, slice_t i)
{
	space_account(-((ptrdiff_t)run_slices(&region->runs, i) *
			(ptrdiff_t)SLICE_BYTES));
	give(region, i, since_now());
}

bool space_resize(struct region *region, slice_t i, slice_t slices)
{
	struct runs *r = &region->runs;
	slice_t old = run_slices(r, i), new;
	unsigned int spins = 0;
	uint32_t heap;
	bool done = true;

	if (old == slices)
		return true;
	if (!space_enter(region))
		return old >= slices;	/* busy: a shrunk block keeps its run */
	heap = run_heap_kept(r, i);
	if (slices > old)
		done = run_grow(r, i, slices);
	else
		run_shrink(r, i, slices, since_now());
	new = run_slices(r, i);
	run_keep_heap(r, i, heap);
	space_leave(region);
	space_account(((ptrdiff_t)new - (ptrdiff_t)old) *
		      (ptrdiff_t)SLICE_BYTES);
	if (new <= old || commit_fresh(region, i + old, new - old) >= 0)
		return done;
	while (!space_enter(region))	/* what is not committed must not stay */
		mica_port_relax(spins++);
	run_shrink(r, i, old, since_now());
	run_keep_heap(r, i, heap);
	space_leave(region);
	space_account(-((ptrdiff_t)(new - old) * (ptrdiff_t)SLICE_BYTES));
	return false;
}
