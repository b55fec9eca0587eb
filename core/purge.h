/* SPDX-License-Identifier: MIT */
/*
 * Purge: free runs go back to the provider after a delay, within a budget.
 *
 * Time is counted in generations, one for each MICA_PURGE_DELAY_MS that
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
#include "part.h"
#include "space.h"

#define PURGE_BEATS 32u
#define PURGE_SHARE 4u		/* waiting: at most a quarter of the used */
#define PURGE_FREE_BYTES (16u << 20)	/* or so many, in any case */

/* One heartbeat's share. Cost: MICA_PURGE_BUDGET provider calls. */
void purge_beat(void) __internal;

/*
 * More waits than a share of what is in use: the oldest goes at once, so
 * that what is free and resident stays bounded whatever the load.
 */
void purge_excess(void) __internal;

static inline bool purge_is_due(void)
{
	size_t used = load_relaxed(&mica_used_bytes) -
		      load_relaxed(&mica_huge_bytes);
	size_t waiting = load_relaxed(&mica_committed_bytes) - used;

	/* While others change the two, the difference may be below zero. */
	return (ptrdiff_t)waiting >
	       (ptrdiff_t)MAX_OF(used / PURGE_SHARE, (size_t)PURGE_FREE_BYTES);
}

/* Count a trip through a slow path. Return: was it a heartbeat's turn? */
static inline bool purge_count(struct mica_part *part)
{
	if (!LAYOUT_PURGES)
		return false;
	if (unlikely(purge_is_due()))
		purge_excess();
	if (++part->beat % PURGE_BEATS)
		return false;
	purge_beat();
	return true;
}

/* Purge all that is free and dirty. Cost: regions plus runs. */
void purge_all(void) __internal;

#endif
