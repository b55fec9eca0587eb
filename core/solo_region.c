// SPDX-License-Identifier: MIT
/*
 * Solo: how a span becomes a region.
 *
 * The head lies at the span's first slice: struct region, the lists, the
 * bits of the page cells; the first run's tag follows. Provider calls are
 * outside the guard, and only an interrupt that reserves too can come
 * between, so publishing alone needs it.
 */
#include "region.h"

#if CONTEXT_IS_SOLO

static bool solo_provider_failed(int error)
{
	if (error)
		count_all(provider_failures, 1);
	return error;
}

static bool solo_publish(struct region *region)
{
	mica_port_guard_t guard = mica_port_guard();
	uintptr_t n = mica_nr_regions;
	bool room = n < NR_REGIONS;

	if (room) {
		mica_map[n] = &region->runs;
		mica_regions[n] = region;
		mica_nr_regions = n + 1;
	}
	mica_port_unguard(guard);
	return room;
}

/* Write the head. Return: NULL if the span is too small or not committed. */
static struct region *solo_build(const struct mica_provider *p,
				 const struct mica_span *span)
{
	uintptr_t base = align_up((uintptr_t)span->base, SLICE_BYTES), end;
	size_t nr = (uintptr_t)span->base + span->bytes - base, first;
	struct region *region = (struct region *)base;
	uintptr_t *word;

	if (span->bytes < 2 * SLICE_BYTES)
		return NULL;
	nr = MIN_OF(nr >> MICA_SLICE_SHIFT, REGION_SLICES_MAX - 1);
	end = (uintptr_t)&region->runs + runs_cells_at(nr) +
	      runs_cell_words(base, nr << MICA_SLICE_SHIFT) * sizeof(uint32_t);
	first = (end - base + TAG_BYTES + SLICE_BYTES - 1) >> MICA_SLICE_SHIFT;
	if (nr < first + RUN_MIN_SLICES)
		return NULL;
	if (!(p->flags & MICA_PROVIDER_COMMITTED) && p->commit &&
	    solo_provider_failed(p->commit(p->context, *span)))
		return NULL;
	for (word = (uintptr_t *)base; (uintptr_t)word < end; word++)
		*word = 0;
	region->provider = p;
	region->span = *span;
	runs_set_bounds(&region->runs, base, (slice_t)first, (slice_t)nr);
	runs_init(&region->runs);
	return region;
}

/* A span that is too small and cannot be given back is passed over. */
struct region *region_reserve_solo(size_t bytes)
{
	const struct mica_provider *p = mica_port_provider();
	struct region *region;
	struct mica_span span;

	while (p && mica_nr_regions < NR_REGIONS) {
		if (solo_provider_failed(p->reserve(p->context, bytes, 1, 0,
						    &span)))
			break;
		region = solo_build(p, &span);
		if (region && solo_publish(region)) {
			count_all(regions_reserved, 1);
			return region;
		}
		if (!p->release)
			continue;
		solo_provider_failed(p->release(p->context, span));
		break;
	}
	return NULL;
}

#endif
