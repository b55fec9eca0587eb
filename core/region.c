// SPDX-License-Identifier: MIT
/* Regions: spans got from providers; region.h has the theory. */
#include "heartbeat.h"
#include "region.h"
#include "roster.h"

struct runs *mica_map[MAP_ENTRIES];
struct region *mica_regions[NR_REGIONS];
uintptr_t mica_nr_regions;
bool (*mica_more_memory)(size_t bytes);
#if MICA_DEFERRED
void (*mica_heartbeat)(enum heartbeat why);
#endif
const struct bank_ops *mica_banks;
uintptr_t mica_provider_refused;

#if MICA_STATS == 2
struct counters mica_counters;
#endif

/* ---- provider calls -------------------------------------------------------- */

/* By its enum, so that this file, which is in every image, describes it. */
static struct mica_span region_span(struct region *region, slice_t i,
				    slice_t n)
{
	enum mica_geometry shift = GEOMETRY_SLICE_SHIFT;
	struct mica_span span = {
		(void *)run_address(&region->runs, i), (size_t)n << shift,
	};

	return span;
}

int region_commit(struct region *region, slice_t i, slice_t n)
{
	const struct mica_provider *p = region->provider;

	if (!p || !p->commit)
		return 0;
	return region_provider_gave(p, p->commit(p->context,
					region_span(region, i, n)));
}

int region_decommit(struct region *region, slice_t i, slice_t n)
{
	const struct mica_provider *p = region->provider;

	return region_provider_failed(p->decommit(p->context,
					   region_span(region, i, n)));
}
