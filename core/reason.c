// SPDX-License-Identifier: MIT
/*
 * Why a request fails: worked out when somebody asks.
 *
 * Nothing but a provider's refusal is recorded when it happens (region.h); all
 * else can be seen afterwards. So a firmware that never asks pays nothing.
 */
#include <mica/mica.h>
#include "context.h"
#include "heap.h"
#include "largest.h"
#include "walk.h"

/* Would malloc find @size bytes now? Inside the guard; @size: 1 and more. */
static bool reason_fits(const struct mica_part *part, size_t size)
{
	slice_t slices = largest_run();
	unsigned int class;

	if (size > CLASS_BYTES_MAX)
		return size < RUN_LIMIT - 1 && run_slices_for(size) <= slices;
	for (class = class_of(size); class < NR_CLASSES; class++)
		if (class_has_block(part, class))
			return true;
	return slices && (LAYOUT_IS_TABLE ?
			  class_page_slices(class_of(size)) <= slices :
			  run_slices_for(size) <= slices);
}

/* ---- bytes in free runs ------------------------------------------------------------ */

static void reason_add_run(struct region *region, slice_t i, void *context)
{
	size_t *bytes = context;

	if (run_kind(&region->runs, i) == RUN_FREE)
		*bytes += (size_t)run_slices(&region->runs, i)
			  << MICA_SLICE_SHIFT;
}

static void reason_walk(struct region *region, size_t *bytes)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);

	if (context_refused(part))
		return;
	if (space_enter(region)) {
		walk_runs(region, reason_add_run, bytes);
		space_leave(region);
	}
	context_leave(part, guard);
}

/* *@regions: how many there are. */
static size_t reason_free_bytes(size_t *regions)
{
	size_t k, n = load_acquire(&mica_nr_regions), bytes = 0, used;
	struct region *region;

	for (k = *regions = 0; k < n; k++) {
		region = load_acquire(&mica_regions[k]);
		if (!region)
			continue;
		++*regions;
		if (!SPACE_ACCOUNTS)
			reason_walk(region, &bytes);
		else
			bytes += (size_t)(runs_end(&region->runs) -
					  region->runs.first_slice)
				 << MICA_SLICE_SHIFT;
	}
	used = SPACE_ACCOUNTS ? load_relaxed(&mica_used_bytes) -
				load_relaxed(&mica_huge_bytes) : 0;
	return bytes > used ? bytes - used : 0;
}

/* It does not fit: what is missing? Several regions at most are asked for. */
static enum mica_reason reason_of(size_t size)
{
	size_t regions, bytes = reason_free_bytes(&regions);

	if (load_relaxed(&mica_provider_refused) && regions < NR_REGIONS)
		return MICA_REASON_PROVIDER;
	return bytes < size ? MICA_REASON_EXHAUSTED : MICA_REASON_FRAGMENTED;
}

/* No page has a block for it: would the heap's quotas let it have more? */
static bool reason_is_quota(const struct mica_part *part, size_t size)
{
	if (size <= CLASS_BYTES_MAX && class_has_block(part, class_of(size)))
		return false;
	return !heap_has_room(part_heap(part), MAX_OF(size, (size_t)RUN_UNIT_BYTES));
}

enum mica_reason mica_failure_reason(size_t size)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part;
	bool fits, quota;

	if (size > REQUEST_LIMIT)
		return MICA_REASON_TOO_LARGE;
	part = context_enter(&guard);
	if (context_refused(part))
		return MICA_REASON_GUARD;
	quota = reason_is_quota(part, size + !size);
	fits = reason_fits(part, size + !size);
	context_leave(part, guard);
	if (quota)
		return MICA_REASON_QUOTA;
	return fits ? MICA_REASON_NONE : reason_of(size);
}

const char *mica_reason_text(enum mica_reason reason)
{
	static const char *const texts[] = {
		[MICA_REASON_NONE] = "it would succeed",
		[MICA_REASON_TOO_LARGE] = "too large",
		[MICA_REASON_GUARD] = "called above the guard",
		[MICA_REASON_QUOTA] = "over a quota",
		[MICA_REASON_PROVIDER] = "a provider refused",
		[MICA_REASON_EXHAUSTED] = "exhausted",
		[MICA_REASON_FRAGMENTED] = "fragmented",
	};

	return (size_t)reason < ARRAY_SIZE(texts) ? texts[reason] : "unknown";
}
