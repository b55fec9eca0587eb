/* SPDX-License-Identifier: MIT */
/*
 * mimalloc's statistics of a heap, a sub-process, or all. What a heap has is found
 * by a walk over its areas; the rest is what mica counts for all together, and
 * stands in the figures of the main sub-process alone.
 *
 * Bins are mimalloc's: up to 8 words a word each, then four to each doubling. A
 * class of mica's counts where its blocks fit; blocks that are runs in the last.
 */
#include <stdio.h>
#include "heaps.h"
#include "text.h"
#include "mimalloc-stats.h"

#define MI_AREAS_A_STEP 64

static size_t mi_bin_bytes(size_t bin)
{
	size_t words = bin;

	if (bin > 8)
		words = (2 * (5 + (bin - 9) % 4)) << ((bin - 9) / 4);
	return (words ? words : 1) * sizeof(void *);
}

size_t mi_stats_get_bin_size(size_t bin)
{
	return bin < MI_BIN_HUGE ? mi_bin_bytes(bin) : 0;
}

static size_t mi_bin_of(size_t bytes)
{
	size_t bin = 1;

	while (bin < MI_BIN_HUGE && mi_bin_bytes(bin) < bytes)
		bin++;
	return bin;
}

/* ---- what a walk finds --------------------------------------------------------- */

struct mi_count {
	const struct mica_heap *heap;	/* of this one; NULL: of all ... */
	const struct mica_heap *root;	/* ... in this sub-process */
	mi_stats_t *stats;
};

static bool mi_count_area(void *context, const struct mica_area *area)
{
	struct mi_count *count = context;
	mi_stats_t *stats = count->stats;
	size_t bin = area->is_page ? mi_bin_of(area->block_bytes) : MI_BIN_HUGE;
	mi_stat_count_t *bytes = area->is_page ? &stats->malloc_normal :
						 &stats->malloc_huge;

	if (count->heap ? area->heap != count->heap :
			  mi_root(area->heap) != count->root)
		return true;
	bytes->current += (int64_t)(area->used * area->block_bytes);
	stats->malloc_bins[bin].current += (int64_t)area->used;
	stats->page_bins[bin].current++;
	stats->pages.current++;
	stats->pages_abandoned.current += area->is_abandoned;
	stats->page_committed.current += (int64_t)area->bytes;
	if (area->is_page)
		stats->malloc_normal_count.total += (int64_t)area->used;
	else
		stats->malloc_huge_count.total += (int64_t)area->used;
	return true;
}

static bool mi_count_areas(struct mi_count *count)
{
	struct mica_visit cursor = { 0 };
	int step;

	do {
		step = mica_visit_areas(&cursor, MI_AREAS_A_STEP, mi_count_area,
					count);
	} while (step == MICA_VISIT_MORE);
	return step == MICA_VISIT_DONE;
}

/* ---- what is counted for all ----------------------------------------------------- */

static mi_stat_count_t mi_count_of(uint64_t total, uint64_t current)
{
	mi_stat_count_t count = { (int64_t)total, 0, (int64_t)current };

	return count;
}

static mi_stat_counter_t mi_counter_of(uint64_t total)
{
	mi_stat_counter_t counter = { (int64_t)total };

	return counter;
}

static void mi_stats_of_all(mi_stats_t *stats)
{
	struct mica_stats now;
	uint64_t threads, heaps;

	mica_stats(&now);
	threads = now.contexts_begun - now.contexts_ended;
	heaps = now.heaps_created - now.heaps_deleted - now.heaps_destroyed;
	stats->pages.total = (int64_t)(now.pages_opened + now.runs_allocated);
	stats->reserved = mi_count_of(0, now.reserved);
	stats->committed = mi_count_of(0, now.committed);
	stats->purged = mi_counter_of(now.purged_bytes);
	stats->page_committed.peak = (int64_t)now.peak_bytes;
	stats->pages_abandoned.total = (int64_t)now.pages_abandoned;
	stats->threads = mi_count_of(now.contexts_begun, threads);
	stats->mmap_calls = mi_counter_of(now.regions_reserved);
	stats->purge_calls = mi_counter_of(now.purges);
	stats->arena_count = mi_counter_of(now.regions);
	stats->arena_purges = mi_counter_of(now.purges);
	stats->pages_extended = mi_counter_of(now.carves);
	stats->pages_retire = mi_counter_of(now.pages_retired);
	stats->heaps = mi_count_of(now.heaps_created + 1, heaps + 1);
	stats->pages_reclaim_on_alloc = mi_counter_of(now.pages_claimed);
}

static void mi_stats_of_heap(mi_stats_t *stats, const struct mica_heap *heap)
{
	struct mica_heap_usage usage = { .used_bytes = 0 };

	if (heap == mica_heap_main() || mica_heap_usage(heap, &usage))
		return;
	stats->page_committed.peak = (int64_t)usage.peak_bytes;
	stats->reserved.current = (int64_t)usage.total_bytes;
	stats->committed.current = (int64_t)usage.total_bytes;
}

/* What is there now was there at some time: total >= peak >= current. */
static void mi_stats_settle(mi_stats_t *stats)
{
	mi_stat_count_t *counts[] = {
#define MI_STAT_COUNT(stat) &stats->stat,
#define MI_STAT_COUNTER(stat)
		MI_STAT_FIELDS()
#undef MI_STAT_COUNT
#undef MI_STAT_COUNTER
	};
	size_t n = sizeof(counts) / sizeof(*counts), k;
	mi_stat_count_t *c;

	for (k = 0; k < n + 2 * (MI_BIN_HUGE + 1); k++) {
		c = k < n ? counts[k] : k - n <= MI_BIN_HUGE ?
			&stats->malloc_bins[k - n] :
			&stats->page_bins[k - n - MI_BIN_HUGE - 1];
		c->peak = c->peak < c->current ? c->current : c->peak;
		c->total = c->total < c->peak ? c->peak : c->total;
	}
}

/* Of @heap, or all of @root. Return: false, and nothing is filled in. */
static bool mi_stats_fill(mi_stats_t *stats, const struct mica_heap *heap,
			  const struct mica_heap *root)
{
	struct mi_count count = { heap, root, stats };
	struct mica_heap_usage usage;

	if (!stats || stats->size != sizeof(*stats) ||
	    stats->version != MI_STAT_VERSION ||
	    mica_heap_usage(heap ? heap : root, &usage))
		return false;
	*stats = (mi_stats_t){ .size = sizeof(*stats),
			       .version = MI_STAT_VERSION };
	if (root == mica_heap_main())
		mi_stats_of_all(stats);
	else
		mi_stats_of_heap(stats, heap ? heap : root);
	if (!mi_count_areas(&count))
		return false;
	mi_stats_settle(stats);
	return true;
}

bool mi_stats_get(mi_stats_t *stats)
{
	return mi_stats_fill(stats, NULL, mi_root_current());
}

bool mi_heap_stats_get(mi_heap_t *heap, mi_stats_t *stats)
{
	return heap && mi_stats_fill(stats, mi_to_heap(heap), NULL);
}

bool mi_subproc_stats_get(mi_subproc_id_t subproc, mi_stats_t *stats)
{
	struct mica_heap *root = mi_subproc_heap(subproc);

	return root && mi_stats_fill(stats, NULL, root);
}

bool mi_subproc_stats_get_exclusive(mi_subproc_id_t subproc, mi_stats_t *stats)
{
	struct mica_heap *root = mi_subproc_heap(subproc);

	return root && mi_stats_fill(stats, root, root);
}

void mi_stats_reset(void)
{
	mica_peak_reset();
}

/* Figures of threads and heaps are never apart from those of all. */

void mi_stats_merge(void)
{
}

void mi_heap_stats_merge_to_subproc(mi_heap_t *heap)
{
	(void)heap;
}

/* ---- as text ------------------------------------------------------------------------- */

void mi_stats_print_out(mi_output_fun *out, void *arg)
{
	mi_print(mica_stats_print, out, arg);
}

void mi_stats_print(void *ignored)
{
	(void)ignored;
	mi_stats_print_out(NULL, NULL);
}

void mi_thread_stats_print_out(mi_output_fun *out, void *arg)
{
	mi_stats_print_out(out, arg);
}

static void mi_heap_print(struct mica_heap *heap, mi_output_fun *out, void *arg)
{
	struct mica_heap_usage usage;
	struct mica_heap_stats now;
	char line[256];

	if (mica_heap_usage(heap, &usage) || mica_heap_stats(heap, &now))
		return;
	snprintf(line, sizeof(line), "heap %s at %p: %zu bytes in %zu blocks, "
		 "%zu in %zu pages and %zu runs, at most %zu, with its children "
		 "%zu\n", usage.name ? usage.name : "without a name",
		 (void *)heap, now.live_bytes, now.live_blocks, usage.used_bytes,
		 now.pages, now.runs, usage.peak_bytes, usage.total_bytes);
	mi_line(out, arg, line);
}

void mi_heap_stats_print_out(mi_heap_t *heap, mi_output_fun *out, void *arg)
{
	if (heap)
		mi_heap_print(mi_to_heap(heap), out, arg);
}

void mi_subproc_heap_stats_print_out(mi_subproc_id_t subproc,
				     mi_output_fun *out, void *arg)
{
	struct mica_heap *root = mi_subproc_heap(subproc), *heap = NULL;

	if (!root)
		return;
	while ((heap = mica_heap_next(heap)) != NULL)
		if (mi_root(heap) == root)
			mi_heap_print(heap, out, arg);
}

void mi_subproc_stats_print_out(mi_subproc_id_t subproc, mi_output_fun *out,
				void *arg)
{
	struct mica_heap *root = mi_subproc_heap(subproc);

	if (root == mica_heap_main())
		mi_stats_print_out(out, arg);
	else if (root)
		mi_heap_print(root, out, arg);
}
