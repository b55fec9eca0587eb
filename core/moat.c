// SPDX-License-Identifier: MIT
/* Memory that nobody may touch; moat.h has the theory. */
#include "moat.h"

#if GUARD_PAGES

bool moat_set(const struct mica_provider *p, uintptr_t from, uintptr_t to,
	      bool on)
{
	size_t granule = p ? MAX_OF(p->granule, (size_t)1) : 1;
	struct mica_span span;

	if (!p || !p->protect)
		return false;
	from = align_up(from, granule);
	to = align_down(to, granule);
	span.base = (void *)from;
	span.bytes = to - from;
	return from < to &&
	       !region_provider_failed(p->protect(p->context, span, on));
}

void moat_region(struct region *region, bool on)
{
	struct runs *r = &region->runs;
	size_t bytes = (size_t)(runs_end(r) + 1) << MICA_SLICE_SHIFT;
	uintptr_t head = (uintptr_t)r + runs_head_bytes(0, bytes);
	uintptr_t end = (uintptr_t)region->span.base + region->span.bytes;
	bool huge = runs_size(r) == 2;

	moat_set(region->provider, head,
		 run_address(r, huge ? 1 : r->first_slice), on);
	if (huge)
		moat_set(region->provider, end - region->moat, end, on);
	else
		moat_set(region->provider, run_address(r, runs_end(r)), end, on);
}

#endif
