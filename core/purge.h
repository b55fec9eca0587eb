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
 * lock, and is given back clean.
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

/* One heartbeat's share. Cost: MICA_OPTION_PURGE_BUDGET provider calls. */
void purge_beat(void) __internal;

/*
 * More is committed than the program ever used at once, and a share: the
 * oldest goes at once. So what is resident stays bounded by what the load
 * itself needed, and a working set that swings is left alone.
 */
void purge_excess(void) __internal;

static inline bool purge_is_due(void)
{
	size_t peak = load_relaxed(&mica_peak_bytes);

	if (option_value(PURGE_DELAY) < 0)
		return false;
	return load_relaxed(&mica_committed_bytes) +
	       load_relaxed(&mica_huge_bytes) >
	       peak + peak / PURGE_SHARE + PURGE_FREE_BYTES;
}

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
