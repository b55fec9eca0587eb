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

#include "part.h"
#include "space.h"

#define PURGE_BEATS 32u

/* One heartbeat's share. Cost: MICA_PURGE_BUDGET provider calls. */
void purge_beat(void) __internal;

/* Count a trip through a slow path. Return: was it a heartbeat's turn? */
static inline bool purge_count(struct mica_part *part)
{
	if (!LAYOUT_PURGES || ++part->beat % PURGE_BEATS)
		return false;
	purge_beat();
	return true;
}

/* Purge all that is free and dirty. Cost: regions plus runs. */
void purge_all(void) __internal;

#endif
