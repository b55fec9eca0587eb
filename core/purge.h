/* SPDX-License-Identifier: MIT */
/*
 * Purge: free runs go back to the provider after a delay, within a budget.
 *
 * Time is counted in generations, one for each MICA_OPTION_PURGE_DELAY that
 * somebody's heartbeat sees pass. A freed run remembers the generation and
 * is purged when two have begun since: after one to two delays. The clock
 * is read once in PURGE_BEATS heartbeats, never when a run is freed.
 *
 * A run is held while it is purged, so the provider is called without any
 * lock, and is given back clean. By which call is MICA_OPTION_PURGE_DECOMMITS:
 * what was reset counts as decommitted, but need not read as zero, which its
 * region remembers. A run smaller than MICA_OPTION_PURGE_MINIMAL waits on, behind
 * all others, until it has grown by its neighbours.
 */
#ifndef MICA_CORE_PURGE_H
#define MICA_CORE_PURGE_H

#include "large.h"
#include "option.h"
#include "part.h"
#include "space.h"

#define PURGE_BEATS 32u
#define PURGE_SHARE 8u			/* over the peak: an eighth of it */
#define PURGE_FREE_BYTES ((size_t)option_value(PURGE_SLACK) << 10) /* and so much */

/*
 * Most is free, and so much that it could hardly be used within the
 * delay: then nobody may come who sees the delay pass, and it goes at once.
 * That is most of what was there when memory last grew, not of what is left:
 * what some purge must not hide from whoever frees last that all goes.
 */
#define PURGE_IDLE 3u			/* the top: so many times what is used */
#define PURGE_RATE ((size_t)1 << 20)	/* bytes that are used in a millisecond */
#define PURGE_KEEP 32u			/* but no more than this part of the peak */
#define PURGE_KEEP_USED 2u		/* or this, while a third of the rest is used */
#define PURGE_TRIMS 8u			/* classes whose empty pages go then */
#define PURGE_LOOKS 16u			/* runs passed over, as they are too small */

/* One heartbeat's share. Cost: MICA_OPTION_PURGE_BUDGET provider calls. */
void purge_beat(void) __internal;

/*
 * More is committed than the program ever used at once, and a share: the
 * oldest goes at once. So what is resident stays bounded by what the load
 * itself needed, and a working set that swings is left alone.
 */
void purge_excess(bool idle) __internal;

/*
 * Decommit the committed stretches of a run that nobody else has, by at most
 * *@budget provider calls. Return: all of them?
 */
bool run_decommit(struct region *region, slice_t i, slice_t n,
		  unsigned int *budget) __internal;

/* Of pages that are in use, but stripped: see strip.h. */
extern uintptr_t mica_stripped_bytes __internal;

/*
 * What is there because it was used once. What was committed with its region is
 * left out: it says nothing of the load. Where some of that was purged since, it
 * is a little less.
 */
static inline size_t purge_committed(void)
{
	size_t committed = load_relaxed(&mica_committed_bytes);
	size_t eager = load_relaxed(&mica_eager_bytes);

	return committed > eager ? committed - eager : 0;
}

/* Is a run of @bytes worth a call of its provider? */
static inline bool purge_is_worth(size_t bytes)
{
	return bytes >= (size_t)option_value(PURGE_MINIMAL) << 10;
}

static inline size_t purge_used(void)
{
	return load_relaxed(&mica_used_bytes) -
	       load_relaxed(&mica_huge_bytes) -
	       load_relaxed(&mica_stripped_bytes);
}

/* More is free than a delay's worth, or than that part of the peak. */
static inline bool purge_is_over(size_t used, unsigned int part)
{
	size_t committed = purge_committed();
	size_t keep = load_relaxed(&mica_peak_bytes) / part;
	long delay = option_value(PURGE_DELAY);

	if (delay < 0)
		return false;
	if (keep / PURGE_RATE > (size_t)delay)
		keep = (size_t)delay * PURGE_RATE;
	return committed > used && committed - used > keep + PURGE_FREE_BYTES;
}

static inline bool purge_is_idle(void)
{
	size_t used = purge_used();

	if (likely(load_relaxed(&mica_committed_top) / PURGE_IDLE < used))
		return false;
	return purge_is_over(used, purge_committed() / PURGE_IDLE < used ?
				   PURGE_KEEP_USED : PURGE_KEEP);
}

/* A context that gave most back: has it more than what may be kept? */
static inline bool purge_is_beyond(bool idle)
{
	return idle && purge_is_over(purge_used(), PURGE_KEEP);
}

static inline bool purge_is_due(void)
{
	size_t peak = load_relaxed(&mica_peak_bytes);

	if (option_value(PURGE_DELAY) < 0)
		return false;
	return purge_committed() + load_relaxed(&mica_huge_bytes) >
	       peak + peak / PURGE_SHARE + PURGE_FREE_BYTES ||
	       purge_is_idle();
}

#if !CONTEXT_IS_SOLO

/* Count a trip through a slow path. Return: was it a heartbeat's turn? */
static inline bool purge_count(struct mica_part *part)
{
	if (!LAYOUT_PURGES)
		return false;
	if (unlikely(purge_is_due() || purge_is_beyond(part->idle)))
		purge_excess(part->idle);
	if (++part->beat % PURGE_BEATS)
		return false;
	purge_beat();
	return true;
}

#endif

/*
 * Table layout: purge what waits, at once. Cost: @budget provider calls.
 * Return: bytes.
 */
size_t purge_now(unsigned int budget) __internal;

/*
 * Purge what has waited long enough, or put banks to sleep. Return: how many of
 * @budget provider calls that took.
 */
unsigned int purge_tick(unsigned int budget) __internal;

/* Purge all that is free and dirty. Cost: regions plus runs. */
void purge_all(void) __internal;

#endif
