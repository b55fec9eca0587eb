// SPDX-License-Identifier: MIT
/* Purge: free runs go back to the provider; purge.h has the theory. */
#include "bank.h"
#include "purge.h"

#if LAYOUT_PURGES

static uintptr_t purge_due_ms;		/* when the next generation begins */
static uintptr_t purge_cursor;		/* region to begin with */

static uintptr_t purge_vain;		/* generation in which none was worth it */

/* When is it enough? */
enum purge_until {
	PURGE_ALL,	/* never: all goes, however small */
	PURGE_OLD,	/* never: all that is old enough goes */
	PURGE_DUE,	/* once there is no more than the load itself needed */
	PURGE_KEPT,	/* once there is little but what is used */
};

static bool region_may_purge(const struct region *region)
{
	const struct mica_provider *p = region->provider;

	return p && (p->decommit ||
		     (p->advise && !option_value(PURGE_DECOMMITS)));
}

/* Committed slices of a run that nobody else has. Return: 0 or an error. */
static int region_purge(struct region *region, slice_t i, slice_t n)
{
	const struct mica_provider *p = region->provider;
	struct mica_span span = {
		(void *)run_address(&region->runs, i), (size_t)n << MICA_SLICE_SHIFT,
	};

	if (!option_value(PURGE_DECOMMITS) && p->advise) {
		store_relaxed(&region->flags, (uint8_t)(REGION_RESET |
						region_flags(region)));
		if (!p->advise(p->context, span, MICA_ADVICE_RESET))
			return 0;
	}
	return p->decommit ? region_decommit(region, i, n) : -1;
}

/* Decommit the committed stretches of a held run. Return: all of them? */
bool run_decommit(struct region *region, slice_t i, slice_t n,
		  unsigned int *budget)
{
	slice_t at = i, len;

	while ((len = run_next_stretch(&region->runs, &at, i + n - at, true))) {
		if (!*budget)
			return false;
		--*budget;
		if (region_purge(region, at, len))
			return false;
		space_mark(&region->runs, at, len, false);
		count_all(purges, 1);
		count_all(purged_bytes, (uintptr_t)len << MICA_SLICE_SHIFT);
		at += len;
	}
	return true;
}

static bool purge_goes_on(enum purge_until until)
{
	return until <= PURGE_OLD || purge_is_due() ||
	       purge_is_beyond(until == PURGE_KEPT);
}

/*
 * The run that waits longest, if that is since @before or longer. Those too small
 * to be purged go behind all others, at most PURGE_LOOKS of them. Lock held.
 * Return: 0, there is none.
 */
static slice_t purge_next(struct runs *r, uint32_t before,
			  enum purge_until until)
{
	unsigned int looks;
	slice_t i;

	for (looks = 0; looks < PURGE_LOOKS; looks++) {
		i = r->dirty_head;
		if (!i || (int32_t)(run_dirty_since(r, i) - before) > 0)
			return 0;
		if (until == PURGE_ALL ||
		    purge_is_worth((size_t)run_slices(r, i) << MICA_SLICE_SHIFT))
			return i;
		run_dirty_remove(r, i);
		run_dirty_add(r, i, (uint32_t)load_relaxed(
				&mica_purge_generation));
	}
	return 0;
}

/*
 * Purge the runs of @region that wait since @before or longer, and no more of
 * them than it takes.
 */
static void purge_region(struct region *region, uint32_t before,
			 enum purge_until until, unsigned int *budget)
{
	struct runs *r = &region->runs;
	slice_t i, n;
	bool clean;

	while (*budget && purge_goes_on(until)) {
		if (!space_enter(region))
			return;
		i = purge_next(r, before, until);
		if (!i) {
			space_leave(region);
			return;
		}
		n = run_slices(r, i);
		run_hold(r, i);
		space_leave(region);
		clean = run_decommit(region, i, n, budget);
		space_return(region, i, !clean);
		if (!clean)
			return;
	}
}

/* @scan: regions to look at, most */
static void purge_regions(uint32_t before, enum purge_until until, size_t scan,
			  unsigned int *budget)
{
	size_t n = load_acquire(&mica_nr_regions), k;
	size_t at = load_relaxed(&purge_cursor);
	struct region *region;

	for (k = 0; k < n && k < scan && *budget && purge_goes_on(until);
	     k++, at++) {
		at = at >= n ? 0 : at;
		region = load_acquire(&mica_regions[at]);
		if (region && region_may_purge(region))
			purge_region(region, before, until, budget);
	}
	store_relaxed(&purge_cursor, at);
}

/*
 * Has a delay passed, as this context is the first to see? A wait longer than
 * that was begun with another one, and is over.
 */
static bool purge_next_generation(long delay)
{
	uintptr_t due = load_relaxed(&purge_due_ms);
	uintptr_t now = (uintptr_t)mica_port_clock_ms();

	if (due - now - 1 < (uintptr_t)delay ||
	    !atomic_cas(&purge_due_ms, &due, now + (uintptr_t)delay))
		return false;
	atomic_add(&mica_purge_generation, 1);
	return true;
}

static void purge_waiting(size_t scan, unsigned int *budget)
{
	purge_regions((uint32_t)load_relaxed(&mica_purge_generation) - 2,
		      PURGE_OLD, scan, budget);
}

void purge_beat(void)
{
	unsigned int budget = (unsigned int)option_value(PURGE_BUDGET);
	long delay = option_value(PURGE_DELAY);

	if (delay >= 0 && purge_next_generation(delay))
		purge_waiting(REGION_SCAN, &budget);
}

unsigned int purge_tick(unsigned int budget)
{
	long delay = option_value(PURGE_DELAY);
	unsigned int left = budget;

	if (delay < 0 || !budget)
		return 0;
	purge_next_generation(delay);
	purge_waiting(SIZE_MAX, &left);
	return budget - left;
}

void purge_excess(bool idle)
{
	unsigned int budget = (unsigned int)option_value(PURGE_BUDGET);
	uintptr_t now = load_relaxed(&mica_purge_generation);
	unsigned int left = budget;

	if (load_relaxed(&purge_vain) == now)
		return;
	purge_regions((uint32_t)now, idle ? PURGE_KEPT : PURGE_DUE, REGION_SCAN,
		      &left);
	if (left == budget && option_value(PURGE_MINIMAL))
		store_relaxed(&purge_vain, now);	/* wait for larger ones */
}

size_t purge_now(unsigned int budget)
{
	size_t before = load_relaxed(&mica_committed_bytes), after;

	purge_regions((uint32_t)load_relaxed(&mica_purge_generation), PURGE_ALL,
		      REGION_SCAN, &budget);
	after = load_relaxed(&mica_committed_bytes);
	return before > after ? before - after : 0;
}

void purge_all(void)
{
	unsigned int budget = ~0u;

	purge_regions((uint32_t)load_relaxed(&mica_purge_generation), PURGE_ALL,
		      SIZE_MAX, &budget);
}

#else

void purge_beat(void)
{
}

void purge_excess(bool idle)
{
	(void)idle;
}

unsigned int purge_tick(unsigned int budget)
{
	const struct bank_ops *banks = banks_attached();
	unsigned int done = 0;

	while (banks && done < budget && banks->sleep(1))
		done++;
	return done;
}

void purge_all(void)
{
	const struct bank_ops *banks = banks_attached();

	if (banks)
		banks->sleep(~0u);
}

#endif
