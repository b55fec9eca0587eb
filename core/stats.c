// SPDX-License-Identifier: MIT
/*
 * The statistics: a read-only look at regions, pages and parts.
 *
 * It is taken in turns of TURN_PLACES places, the guard and the region's lock
 * left after each. A run is no place to go on from: it may have merged
 * meanwhile, and nothing tells a tag from a block's content. So the look goes by
 * what has a fixed place whatever happens, cells of pages on the tag layout
 * and entries of slices on the table layout; the blocks that are runs come,
 * where no place tells of them, from the tallies.
 */
#include <mica/mica.h>
#include "bank.h"
#include "context.h"
#include "engine.h"
#include "tally.h"
#include "turn.h"
#include "walk.h"

#define TURN_PLACES (LAYOUT_IS_TABLE ? 64u : 4u)

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

static void add_block(struct mica_stats *stats, struct region *region,
		      slice_t i)
{
	stats->live_blocks++;
	stats->live_bytes += run_bytes(run_slices(&region->runs, i)) -
			     run_lead(&region->runs, i);
}

/* What begins in place *@k. Cost: constant. *@k: where to look next. */
static void add_place(struct mica_stats *stats, struct region *region,
		      size_t *k)
{
	struct runs *r = &region->runs;
	struct page *page;
	slice_t i;

	switch (run_in_place(r, *k, &i)) {
	case RUN_PAGE:
		page = page_at(r, run_address(r, i));
		if (page)
			add_page(stats, page);
		break;
	case RUN_BLOCK:
		add_block(stats, region, i);
		break;
	default:
		++*k;
		return;
	}
	*k += LAYOUT_IS_TABLE ? run_slices(r, i) : 1;
}

/* Builds without tallies: what no place tells of, in one walk. */
static void add_run(struct region *region, slice_t i, void *context)
{
	struct mica_stats *stats = context;
	enum run_kind kind = run_kind(&region->runs, i);

	if (run_is_held(&region->runs, i))
		return;
	if (kind != RUN_FREE)
		stats->used_bytes += (size_t)run_slices(&region->runs, i)
				     << MICA_SLICE_SHIFT;
	if (kind == RUN_BLOCK)
		add_block(stats, region, i);
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
	if (!TALLIES && !LAYOUT_IS_TABLE)
		walk_runs(region, add_run, stats);
}

/*
 * The region of number @number, from place *@k on. A place stays one whatever
 * others do between two turns; what begins there is looked up anew. Return: is
 * there more?
 */
static bool add_turn(struct mica_stats *stats, size_t number, size_t *k)
{
	mica_port_guard_t guard = 0;
	struct region *region;
	struct mica_part *part = turn_begin(number, &region, &guard);
	unsigned int n;
	bool more;

	if (!part)
		return false;
	if (region && !*k)
		add_region(stats, region);
	more = region && *k < runs_nr_places(&region->runs);
	for (n = 0; more && n < TURN_PLACES; n++) {
		add_place(stats, region, k);
		more = *k < runs_nr_places(&region->runs);
	}
	turn_end(region, part, guard);
	return more;
}

/* Tag layout: blocks that are runs, which no place tells of. */
static void add_tally(struct mica_stats *stats)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part;
	size_t blocks, bytes;

	if (!TALLIES || LAYOUT_IS_TABLE)
		return;
	part = context_enter(&guard);
	if (context_refused(part))
		return;
	blocks = tally_of(blocks);
	bytes = tally_of(bytes);
	context_leave(part, guard);
	stats->live_blocks += blocks;
	stats->live_bytes += tally_usable(blocks, bytes);
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

static void add_all_counters(struct mica_stats *stats)
{
	struct mica_part *part;
	size_t k, n = load_acquire(&mica_nr_regions);
	struct region *region;

	add_counters(stats, &mica_counters);
	add_counters(stats, &mica_part_none.count);
	for (part = part_first(); part; part = part_next(part))
		add_counters(stats, &part->count);
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
	size_t number, k, n = load_acquire(&mica_nr_regions);

	if (!stats)
		return;
	__builtin_memset(stats, 0, sizeof(*stats));
	for (number = 0; number < n; number++) {
		k = 0;
		while (add_turn(stats, number, &k))
			;
	}
	add_tally(stats);
	if (banks)
		stats->committed -= banks->asleep();
	add_huge(stats);
	add_all_counters(stats);
	if (SPACE_ACCOUNTS) {
		stats->used_bytes = mica_used();
		stats->peak_bytes = mica_peak();
	}
}

bool mica_owns(const void *p)
{
	struct region *region = region_of((uintptr_t)p);

	return region && (uintptr_t)p - (uintptr_t)region->span.base <
			 region->span.bytes;
}
