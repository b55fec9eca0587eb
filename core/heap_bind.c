// SPDX-License-Identifier: MIT
/*
 * Memory for a heap that is bound to a kind of it, to a provider, to one region,
 * or to regions of its own. Cost: regions and providers, times the attributes
 * that are preferred.
 */
#include <mica/mica.h>
#include "heap.h"

#if MICA_HEAPS

#include "provider.h"

static bool kind_fits(const struct mica_heap *heap, uint32_t has,
		      unsigned int match)
{
	return attributes_fit(has, heap->require, heap->prefer, match);
}

static bool region_fits(const struct mica_heap *heap,
			const struct region *region, unsigned int match)
{
	uintptr_t owner = heap->flags & MICA_HEAP_SEPARATE ? (uintptr_t)heap : 0;
	uintptr_t whose = region ? region_heap(region) : 0;

	return region && (whose == owner ||
			  (heap->region && whose == REGION_EXCLUSIVE)) &&
	       (!heap->region || region_known(region)->base == heap->region) &&
	       (!heap->provider || region->provider == heap->provider) &&
	       kind_fits(heap, region_attributes(region), match);
}

/* Of all that fits equally well, the region that came first. */
static enum space_result take_matching(const struct mica_heap *heap,
				       unsigned int match,
				       const struct run_want *want,
				       struct space_run *run)
{
	enum space_result result = SPACE_NONE, one;
	size_t k, n = load_acquire(&mica_nr_regions);
	struct region *region;

	for (k = 0; k < n; k++) {
		region = load_acquire(&mica_regions[k]);
		if (!region_fits(heap, region, match))
			continue;
		one = space_take_in(region, want, run);
		if (one == SPACE_OK)
			return one;
		if (one != SPACE_NONE)
			result = one;
	}
	return result;
}

enum space_result heap_take_bound(struct mica_heap *heap,
				  const struct run_want *want,
				  struct space_run *run)
{
	unsigned int match = bits_count(heap->prefer) + 1;
	enum space_result result = SPACE_NONE, one;

	while (match--) {
		one = take_matching(heap, match, want, run);
		if (one == SPACE_OK)
			return one;
		if (one != SPACE_NONE)
			result = one;
	}
	return result;
}

/* ---- new regions --------------------------------------------------------------------- */

static const struct mica_provider *provider_number(const struct mica_heap *heap,
						   size_t k)
{
	if (heap->provider)
		return k ? NULL : heap->provider;
	return k ? provider_at(k - 1) : mica_port_provider();
}

/* The first of whom @match of what is preferred is to be had. */
static bool reserve_matching(struct mica_heap *heap, unsigned int match,
			     size_t bytes)
{
	uintptr_t owner = heap->flags & MICA_HEAP_SEPARATE ? (uintptr_t)heap : 0;
	const struct mica_provider *p;
	size_t k = 0;

	while ((p = provider_number(heap, k)) || !k) {
		k++;
		if (p && kind_fits(heap, p->attributes, match) &&
		    region_ask_for(owner, p, bytes))
			return true;
	}
	return false;
}

bool heap_reserve(struct mica_heap *heap, size_t bytes)
{
	unsigned int match = bits_count(heap->prefer) + 1;

	while (!heap->region && match--)
		if (reserve_matching(heap, match, bytes))
			return true;
	return false;
}

const struct mica_provider *heap_provider(const struct mica_heap *heap)
{
	const struct mica_provider *p;
	unsigned int match;
	size_t k;

	if (likely(!heap || !heap_is_bound(heap)))
		return mica_port_provider();
	for (match = bits_count(heap->prefer) + 1; !heap->region && match--;)
		for (k = 0; (p = provider_number(heap, k)) || !k; k++)
			if (p && kind_fits(heap, p->attributes, match))
				return p;
	return NULL;
}

#endif
