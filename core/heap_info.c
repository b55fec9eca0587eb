// SPDX-License-Identifier: MIT
/* What there is to know of a heap, whose a block is, and which one is current. */
#include <mica/mica.h>
#include "heap_part.h"

#if MICA_HEAPS

#include "engine.h"
#include "purge.h"

/* ---- the current heap, and parts ----------------------------------------------------- */

struct mica_heap *mica_heap_main(void)
{
	return HEAP_MAIN;
}

struct mica_heap *mica_heap_current(void)
{
	return heap_or_main(heap_now());
}

struct mica_heap *mica_heap_set_current(struct mica_heap *heap)
{
	struct mica_heap *old = mica_heap_current();
	struct mica_part *part = heap_lives(heap) ? part_of(heap) : NULL;

	if (!part)
		return NULL;
	part_look_at(part);
	return old;
}

struct mica_part *mica_heap_part(struct mica_heap *heap)
{
	return heap_lives(heap) ? part_of(heap) : NULL;
}

struct mica_heap *mica_part_heap(const struct mica_part *part)
{
	return part ? heap_or_main(part_heap(part)) : NULL;
}

/* ---- whose a block is, and what a heap uses ------------------------------------------- */

struct mica_heap *mica_heap_of(const void *p)
{
	struct location at;

	if (locate(p, &at))
		return NULL;
	return heap_or_main(heap_at_location(&at));
}

bool mica_heap_contains(const struct mica_heap *heap, const void *p)
{
	return heap_lives(heap) && mica_heap_of(p) == heap;
}

struct mica_heap *mica_heap_next(const struct mica_heap *heap)
{
	size_t k = heap ? heap_number(heap) + 1 : 0;
	size_t n = load_acquire(&mica_nr_heaps);

	if (heap && (uintptr_t)heap - (uintptr_t)mica_heaps >= sizeof(mica_heaps))
		return NULL;
	for (; k < n; k++)
		if (heap_lives(&mica_heaps[k]))
			return &mica_heaps[k];
	return NULL;
}

/* What no other heap has. */
static void usage_of_main(struct mica_heap_usage *usage)
{
	size_t k, n = load_acquire(&mica_nr_heaps), others = 0;

	for (k = 1; k < n; k++)
		if (heap_lives(&mica_heaps[k]))
			others += load_relaxed(&mica_heaps[k].bytes);
	usage->name = "main";
	usage->total_bytes = mica_used();
	usage->used_bytes = usage->total_bytes > others ?
			    usage->total_bytes - others : 0;
	usage->peak_bytes = mica_peak();
}

int mica_heap_usage(const struct mica_heap *heap, struct mica_heap_usage *usage)
{
	if (!heap_lives(heap) || !usage)
		return MICA_ERROR_INVALID;
	__builtin_memset(usage, 0, sizeof(*usage));
	if (heap == HEAP_MAIN) {
		usage_of_main(usage);
		return 0;
	}
	usage->name = heap->name;
	usage->parent = word_to_ptr(load_relaxed(&heap->parent));
	usage->used_bytes = load_relaxed(&heap->bytes);
	usage->total_bytes = load_relaxed(&heap->total);
	usage->peak_bytes = load_relaxed(&heap->peak);
	usage->soft_quota = load_relaxed(&heap->soft);
	usage->hard_quota = load_relaxed(&heap->hard);
	return 0;
}

int mica_heap_collect(struct mica_heap *heap, bool force)
{
	if (!heap_lives(heap))
		return MICA_ERROR_INVALID;
	if (heap == HEAP_MAIN && part_of(heap))
		part_collect(part_of(heap));
	else if (heap != HEAP_MAIN)
		heap_collect(heap);
	if (force)
		purge_all();
	return 0;
}

struct count {
	const struct mica_heap *heap;
	struct mica_heap_stats *stats;
};

static bool count_area(void *context, const struct mica_area *area)
{
	struct count *count = context;

	if (area->heap != count->heap)
		return true;
	count->stats->pages += area->is_page;
	count->stats->runs += !area->is_page;
	count->stats->abandoned_pages += area->is_page && area->is_abandoned;
	count->stats->live_blocks += area->used;
	count->stats->live_bytes += area->used * area->block_bytes;
	return true;
}

int mica_heap_stats(const struct mica_heap *heap, struct mica_heap_stats *stats)
{
	struct mica_visit cursor = { 0 };
	struct count count = { heap, stats };
	int step;

	if (!heap_lives(heap) || !stats)
		return MICA_ERROR_INVALID;
	__builtin_memset(stats, 0, sizeof(*stats));
	do {
		step = mica_visit_areas(&cursor, 64, count_area, &count);
	} while (step == MICA_VISIT_MORE);
	return step == MICA_VISIT_DONE ? 0 : step;
}

#endif
