// SPDX-License-Identifier: MIT
/*
 * Upkeep in portions: what mica_collect() does, a bounded number of units a
 * call, each outside every guard but its own. Nothing calls it but the program.
 */
#include <mica/mica.h>
#include "engine.h"
#include "heartbeat.h"
#include "purge.h"

/* Runs that were freed while their region was busy. Return: units. */
static unsigned int tick_regions(unsigned int budget)
{
	size_t n = load_acquire(&mica_nr_regions), k;
	mica_port_guard_t guard;
	struct mica_part *part;
	struct region *region;
	unsigned int done = 0;

	for (k = 0; !CONTEXT_IS_SOLO && k < n && done < budget; k++) {
		region = load_acquire(&mica_regions[k]);
		part = context_enter(&guard);
		if (context_refused(part))
			break;
		if (region)
			done += space_drain(region, budget - done);
		context_leave(part, guard);
	}
	return done;
}

bool mica_tick(unsigned int budget)
{
	unsigned int left = budget;

	if (left && heartbeat_is_on()) {
		heartbeat(HEARTBEAT_NOW);
		left--;
	}
	left -= engine_tick(left);
	left -= tick_regions(left);
	left -= purge_tick(left);
	return budget && !left;
}
