// SPDX-License-Identifier: MIT
/* The statistics: a read-only walk over regions, pages and parts. */
#include <mica/mica.h>
#include "bank.h"
#include "context.h"
#include "engine.h"
#include "walk.h"

#if MICA_STATS == 2
static void add_counters(struct mica_stats *stats, struct counters *count)
{
#define X(name, what) stats->name += load_relaxed(&count->name);
	MICA_COUNTERS(X)
#undef X
}
#endif

static void add_page(struct mica_stats *stats, struct page *page)
{
	size_t used = page_used(page);
	size_t remote = page_nr_remote(page);

	/* While others run, the two may be a moment apart. */
	used = used > remote ? used - remote : 0;
	stats->pages++;
	stats->live_blocks += used;
	stats->live_bytes += used * class_bytes(page->class);
}

static void add_run(struct region *region, slice_t i, void *context)
{
	struct mica_stats *stats = context;
	struct page *page;

	if (run_is_held(&region->runs, i))
		return;
	if (run_kind(&region->runs, i) != RUN_FREE)
		stats->used_bytes += (size_t)run_slices(&region->runs, i)
				     << MICA_SLICE_SHIFT;
	switch (run_kind(&region->runs, i)) {
	case RUN_PAGE:
		page = page_at(&region->runs, run_address(&region->runs, i));
		if (page)
			add_page(stats, page);
		break;
	case RUN_BLOCK:
		stats->live_blocks++;
		stats->live_bytes += run_bytes(run_slices(&region->runs, i)) -
				     run_lead(&region->runs, i);
		break;
	default:
		break;
	}
}

static void add_region(struct mica_stats *stats, struct region *region)
{
	struct runs *r = &region->runs;
	slice_t largest;

	stats->regions++;
	stats->reserved += region->span.bytes;
	stats->committed += run_nr_committed(r) << MICA_SLICE_SHIFT;
	largest = runs_largest(r);
	if (largest && run_bytes(largest) > stats->largest_free)
		stats->largest_free = run_bytes(largest);
	walk_runs(region, add_run, stats);
}

/* One region at a time: inside the guard, under its lock, which it waits for. */
static void add_region_locked(struct mica_stats *stats, struct region *region)
{
	mica_port_guard_t guard;
	struct mica_part *part = context_enter(&guard);
	unsigned int spins = 0;

	if (context_refused(part))
		return;
	while (!region_try_lock(region))
		mica_port_relax(spins++);
	add_region(stats, region);
	space_leave(region);
	context_leave(part, guard);
}

/* Huge blocks have regions of their own, which no list names. */
static void add_huge(struct mica_stats *stats)
{
	size_t bytes = load_relaxed(&mica_huge_bytes);
	size_t blocks = load_relaxed(&mica_huge_blocks);

	stats->live_blocks += blocks;
	stats->live_bytes += bytes;
	stats->committed += bytes;
	stats->reserved += bytes;
	stats->regions += blocks;
}

#if MICA_STATS < 2

static void add_all_counters(struct mica_stats *stats)
{
	(void)stats;
}

#elif MICA_CONTEXT != MICA_CONTEXT_THREAD

static void add_all_counters(struct mica_stats *stats)
{
	add_counters(stats, &mica_counters);
}

#else

/* A part is a run that a tag cannot tell from a block. */
static void forget_part(struct mica_stats *stats, struct mica_part *part)
{
	struct region *region = region_of((uintptr_t)part);

	if (LAYOUT_IS_TABLE)
		return;
	stats->live_blocks--;
	stats->live_bytes -= run_bytes(run_slices(&region->runs,
		run_at(&region->runs, (uintptr_t)part)));
}

static void add_all_counters(struct mica_stats *stats)
{
	struct mica_part *part;
	size_t k, n = load_acquire(&mica_nr_regions);
	struct region *region;

	add_counters(stats, &mica_counters);
	add_counters(stats, &mica_part_none.count);
	for (part = part_first(); part; part = part_next(part)) {
		add_counters(stats, &part->count);
		forget_part(stats, part);
	}
	for (k = 0; k < n; k++) {
		region = load_acquire(&mica_regions[k]);
		if (region)
			add_counters(stats, &region->runs.count);
	}
}

#endif

void mica_stats(struct mica_stats *stats)
{
	const struct bank_ops *banks = banks_attached();
	size_t k, n = load_acquire(&mica_nr_regions);
	struct region *region;

	__builtin_memset(stats, 0, sizeof(*stats));
	stats->peak_bytes = load_relaxed(&mica_peak_bytes);
	for (k = 0; k < n; k++) {
		region = load_acquire(&mica_regions[k]);
		if (region)
			add_region_locked(stats, region);
	}
	if (banks)
		stats->committed -= banks->asleep();
	add_huge(stats);
	add_all_counters(stats);
	if (SPACE_ACCOUNTS)
		stats->used_bytes = load_relaxed(&mica_used_bytes);
}

bool mica_owns(const void *p)
{
	struct region *region = region_of((uintptr_t)p);

	return region && (uintptr_t)p - (uintptr_t)region->span.base <
			 region->span.bytes;
}
