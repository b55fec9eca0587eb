// SPDX-License-Identifier: MIT
/* What there is to know of a heap, and whose a block is. */
#include <mica/mica.h>
#include "heap_part.h"

#if HEAPS_SHARED

#include "engine.h"
#include "locate.h"
#include "purge.h"

static struct mica_heap *heap_at_place(struct location *at)
{
	struct mica_part *owner;

	if (!at->page)
		return heap_at(run_heap(&at->region->runs, at->i));
	owner = page_owner(at->page);
	return owner ? part_heap(owner) : NULL;
}

struct mica_heap *mica_heap_of(const void *p)
{
	struct location at;

	if (locate(p, &at))
		return NULL;
	return heap_or_main(heap_at_place(&at));
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
