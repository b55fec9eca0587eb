/* SPDX-License-Identifier: MIT */
/*
 * Turns: looking at one region after another, a bounded part in each guarded
 * section, while others go on allocating.
 *
 * Between two turns anything may happen, also that a region goes; so a turn
 * finds it again by its number, and never keeps a pointer.
 */
#ifndef MICA_CORE_TURN_H
#define MICA_CORE_TURN_H

#include "part.h"
#include "space.h"

/*
 * Enter the guard and the region of number @k; a busy one is waited for
 * outside the guard. *@region: NULL, there is none of that number. Return:
 * NULL, and nothing was entered: this came in the middle of an operation.
 */
static inline struct mica_part *turn_begin(size_t k, struct region **region,
					   mica_port_guard_t *guard)
{
	unsigned int spins = 0;
	struct mica_part *part;

	for (;;) {
		part = context_enter(guard);
		if (context_refused(part))
			return NULL;
		*region = load_acquire(&mica_regions[k]);
		if (!*region || region_try_lock(*region))
			return part;
		context_leave(part, *guard);
		mica_port_relax(spins++);
	}
}

static inline void turn_end(struct region *region, struct mica_part *part,
			    mica_port_guard_t guard)
{
	if (region)
		space_leave(region);
	context_leave(part, guard);
}

#endif
