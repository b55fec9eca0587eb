/* SPDX-License-Identifier: MIT */
/* mimalloc's statistics as a struct and as JSON, filled from mica's. */
#ifndef MIMALLOC_STATS_H
#define MIMALLOC_STATS_H

#include <stdint.h>
#include "mimalloc.h"

#define MI_STAT_VERSION 5

typedef struct mi_stat_count_s {
	int64_t total;
	int64_t peak;
	int64_t current;
} mi_stat_count_t;

typedef struct mi_stat_counter_s {
	int64_t total;
} mi_stat_counter_t;

/* What mica counts is filled in, the rest is 0: see docs/mimalloc.md. */
typedef struct mi_stats_s {
	size_t size;
	int version;
	mi_stat_count_t pages;
	mi_stat_count_t reserved;
	mi_stat_count_t committed;
	mi_stat_counter_t reset;
	mi_stat_counter_t purged;
	mi_stat_count_t page_committed;
	mi_stat_count_t pages_abandoned;
	mi_stat_count_t threads;
	mi_stat_count_t malloc_normal;
	mi_stat_count_t malloc_huge;
	mi_stat_count_t malloc_requested;
	mi_stat_counter_t mmap_calls;
	mi_stat_counter_t commit_calls;
	mi_stat_counter_t reset_calls;
	mi_stat_counter_t purge_calls;
	mi_stat_counter_t arena_count;
	mi_stat_counter_t malloc_normal_count;
	mi_stat_counter_t malloc_huge_count;
	mi_stat_counter_t malloc_guarded_count;
} mi_stats_t;

#define mi_stats_t_decl(name)						\
	mi_stats_t name = { sizeof(mi_stats_t), MI_STAT_VERSION }

#ifdef __cplusplus
extern "C" {
#endif

MI_CALL bool mi_stats_get(mi_stats_t *stats) MI_END;
MI_CALL char *mi_stats_get_json(size_t buf_size, char *buf) MI_END;
MI_CALL char *mi_stats_as_json(mi_stats_t *stats, size_t buf_size, char *buf) MI_END;
MI_CALL size_t mi_stats_get_bin_size(size_t bin) MI_END;
MI_CALL bool mi_heap_stats_get(mi_heap_t *heap, mi_stats_t *stats) MI_END;
MI_CALL char *mi_heap_stats_get_json(mi_heap_t *heap, size_t buf_size, char *buf) MI_END;
MI_CALL void mi_heap_stats_print_out(mi_heap_t *heap, mi_output_fun *out, void *arg) MI_END;
MI_CALL void mi_heap_stats_merge_to_subproc(mi_heap_t *heap) MI_END;
MI_CALL bool mi_subproc_stats_get(mi_subproc_id_t subproc, mi_stats_t *stats) MI_END;
MI_CALL bool mi_subproc_stats_get_exclusive(mi_subproc_id_t subproc, mi_stats_t *stats) MI_END;
MI_CALL char *mi_subproc_stats_get_json(mi_subproc_id_t subproc, size_t buf_size, char *buf) MI_END;
MI_CALL void mi_subproc_stats_print_out(mi_subproc_id_t subproc, mi_output_fun *out, void *arg) MI_END;
MI_CALL void mi_subproc_heap_stats_print_out(mi_subproc_id_t subproc, mi_output_fun *out, void *arg) MI_END;

#ifdef __cplusplus
}
#endif
#endif
