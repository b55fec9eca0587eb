/* SPDX-License-Identifier: MIT */
/* Walk the runs of a region, in the order of their addresses. Lock held. */
#ifndef MICA_CORE_WALK_H
#define MICA_CORE_WALK_H

#include "region.h"

/* Cost: runs. Stops where the bounds are broken: see check.c. */
static inline void walk_runs(struct region *region,
			     void (*visit)(struct region *region, slice_t i,
					   void *context),
			     void *context)
{
	struct runs *r = &region->runs;
	slice_t i, n;

	for (i = r->first_slice; i < runs_end(r); i += n) {
		n = run_slices(r, i);
		if (!n)
			return;
		visit(region, i, context);
	}
}

#endif
