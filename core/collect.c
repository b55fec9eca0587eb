// SPDX-License-Identifier: MIT
/* Give back what is free: this context's pages, then every region's runs. */
#include <mica/mica.h>
#include "armed.h"
#include "engine.h"
#include "heartbeat.h"
#include "purge.h"

/* Free runs that a busy region could not take when they came. */
static void collect_regions(void)
{
	size_t n = load_acquire(&mica_nr_regions), k;
	mica_port_guard_t guard;
	struct mica_part *part;
	struct region *region;

	for (k = 0; k < n; k++) {
		region = load_acquire(&mica_regions[k]);
		part = context_enter(&guard);
		if (context_refused(part))
			return;
		while (region && region_has_deferred(region) &&
		       space_enter(region))
			space_leave(region);
		context_leave(part, guard);
	}
}

void mica_collect(bool force)
{
	if (HARDEN_CONTENT)
		armed_collect();
	if (force)
		heartbeat(HEARTBEAT_FORCE);
	engine_collect();
	collect_regions();
	if (force)
		purge_all();
	else
		purge_beat();
}
