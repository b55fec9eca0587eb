/* SPDX-License-Identifier: MIT */
/*
 * What malloc would find now, without new memory.
 *
 * malloc takes the first run of the request's own list if it is large enough,
 * and any run of a higher list. So the first run of the highest list is what
 * can be had of a region, exactly: a larger one behind it is not looked at.
 */
#ifndef MICA_CORE_LARGEST_H
#define MICA_CORE_LARGEST_H

#include "engine.h"
#include "roster.h"

/*
 * Slices of the largest run to be had; a region that another context is in is
 * passed over. Inside the guard. Cost: ROSTER_TRIES regions of each list.
 */
slice_t largest_run(void) __internal;

/* Slices of the largest run to be had of @region; 0: none, or it is busy. */
static inline slice_t largest_run_of(struct region *region)
{
	slice_t slices;

	if (!region || !space_enter(region))
		return 0;
	slices = runs_largest(&region->runs);
	space_leave(region);
	return slices;
}

#endif
