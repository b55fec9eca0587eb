/* SPDX-License-Identifier: MIT */
/*
 * The names of mimalloc version 3, and what version 2 had besides, on mica.
 *
 * For programs that were written for mimalloc: compile with this folder on the
 * include path and link libmica. docs/mimalloc.md has a row for each function,
 * with what it does here and where it differs.
 */
#ifndef MIMALLOC_H
#define MIMALLOC_H

/* None of libc's: a program may choose its own features first. */
#include <stdbool.h>
#include <stddef.h>

#define MI_MALLOC_VERSION 30403	/* major, two digits of minor, two of patch */

#if defined(__cplusplus) && __cplusplus >= 201103L
#define mi_attr_noexcept noexcept
#elif defined(__cplusplus)
#define mi_attr_noexcept throw()
#else
#define mi_attr_noexcept
#endif
#define mi_decl_export __attribute__((visibility("default")))
#define mi_decl_nodiscard __attribute__((warn_unused_result))
#define mi_decl_restrict
#define mi_cdecl
#define mi_attr_malloc __attribute__((malloc))
#define mi_attr_alloc_size(s) __attribute__((alloc_size(s)))
#define mi_attr_alloc_size2(n, s) __attribute__((alloc_size(n, s)))
#define mi_attr_alloc_align(a) __attribute__((alloc_align(a)))

/* In front of what returns a new block, a block that moved, and the rest. */
#define MI_NEW mi_decl_export mi_decl_nodiscard mi_attr_malloc
#define MI_MOVED mi_decl_export mi_decl_nodiscard
#define MI_CALL mi_decl_export
#define MI_END mi_attr_noexcept

#define MI_SMALL_WSIZE_MAX 128
#define MI_SMALL_SIZE_MAX (MI_SMALL_WSIZE_MAX * sizeof(void *))

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mi_heap_s mi_heap_t;
typedef struct mi_theap_s mi_theap_t;
typedef void *mi_arena_id_t;
typedef struct mi_subproc_id_s {
	void *_mi_subproc_id;
} mi_subproc_id_t;

typedef void(mi_deferred_free_fun)(bool force, unsigned long long heartbeat, void *arg);
typedef void(mi_output_fun)(const char *msg, void *arg);
typedef void(mi_error_fun)(int err, void *arg);
typedef bool(mi_heap_visit_fun)(mi_heap_t *heap, void *arg);
typedef bool(mi_commit_fun_t)(bool commit, void *start, size_t size, bool *is_zero, void *user_arg);

/* ---- malloc and its kin ----------------------------------------------- */

MI_NEW void *mi_malloc(size_t size) MI_END;
MI_NEW void *mi_calloc(size_t count, size_t size) MI_END;
MI_MOVED void *mi_realloc(void *p, size_t size) MI_END;
MI_CALL void *mi_expand(void *p, size_t size) MI_END;
MI_CALL void mi_free(void *p) MI_END;
MI_CALL void mi_free_small(void *p) MI_END;
MI_NEW char *mi_strdup(const char *s) MI_END;
MI_NEW char *mi_strndup(const char *s, size_t n) MI_END;
MI_MOVED char *mi_realpath(const char *path, char *resolved) MI_END;
MI_NEW void *mi_malloc_small(size_t size) MI_END;
MI_NEW void *mi_zalloc_small(size_t size) MI_END;
MI_NEW void *mi_zalloc(size_t size) MI_END;
MI_NEW void *mi_mallocn(size_t count, size_t size) MI_END;
MI_MOVED void *mi_reallocn(void *p, size_t count, size_t size) MI_END;
MI_MOVED void *mi_reallocf(void *p, size_t size) MI_END;
MI_CALL size_t mi_usable_size(const void *p) MI_END;
MI_CALL size_t mi_good_size(size_t size) MI_END;
MI_MOVED void *mi_rezalloc(void *p, size_t size) MI_END;
MI_MOVED void *mi_recalloc(void *p, size_t count, size_t size) MI_END;

/* The same, with the usable size of what was returned or freed. */
MI_NEW void *mi_umalloc(size_t size, size_t *block_size) MI_END;
MI_NEW void *mi_uzalloc(size_t size, size_t *block_size) MI_END;
MI_NEW void *mi_ucalloc(size_t count, size_t size, size_t *block_size) MI_END;
MI_MOVED void *mi_urealloc(void *p, size_t size, size_t *before, size_t *after) MI_END;
MI_CALL void mi_ufree(void *p, size_t *block_size) MI_END;
MI_NEW void *mi_umalloc_aligned(size_t size, size_t align, size_t *block_size) MI_END;
MI_NEW void *mi_uzalloc_aligned(size_t size, size_t align, size_t *block_size) MI_END;
MI_NEW void *mi_umalloc_small(size_t size, size_t *block_size) MI_END;
MI_NEW void *mi_uzalloc_small(size_t size, size_t *block_size) MI_END;

/* ---- alignment -------------------------------------------------------- */

MI_NEW void *mi_malloc_aligned(size_t size, size_t align) MI_END;
MI_NEW void *mi_malloc_aligned_at(size_t size, size_t align, size_t offset) MI_END;
MI_NEW void *mi_zalloc_aligned(size_t size, size_t align) MI_END;
MI_NEW void *mi_zalloc_aligned_at(size_t size, size_t align, size_t offset) MI_END;
MI_NEW void *mi_calloc_aligned(size_t count, size_t size, size_t align) MI_END;
MI_NEW void *mi_calloc_aligned_at(size_t count, size_t size, size_t align, size_t offset) MI_END;
MI_MOVED void *mi_realloc_aligned(void *p, size_t size, size_t align) MI_END;
MI_MOVED void *mi_realloc_aligned_at(void *p, size_t size, size_t align, size_t offset) MI_END;
MI_MOVED void *mi_rezalloc_aligned(void *p, size_t size, size_t align) MI_END;
MI_MOVED void *mi_rezalloc_aligned_at(void *p, size_t size, size_t align, size_t offset) MI_END;
MI_MOVED void *mi_recalloc_aligned(void *p, size_t count, size_t size, size_t align) MI_END;
MI_MOVED void *mi_recalloc_aligned_at(void *p, size_t count, size_t size, size_t align, size_t offset) MI_END;

/* ---- libc's, BSD's and Windows' names --------------------------------- */

MI_CALL void mi_cfree(void *p) MI_END;
MI_CALL void *mi__expand(void *p, size_t size) MI_END;
MI_CALL size_t mi_malloc_size(const void *p) MI_END;
MI_CALL size_t mi_malloc_good_size(size_t size) MI_END;
MI_CALL size_t mi_malloc_usable_size(const void *p) MI_END;
MI_CALL int mi_posix_memalign(void **p, size_t align, size_t size) MI_END;
MI_CALL int mi__posix_memalign(void **p, size_t align, size_t size) MI_END;
MI_NEW void *mi_memalign(size_t align, size_t size) MI_END;
MI_NEW void *mi_valloc(size_t size) MI_END;
MI_NEW void *mi_pvalloc(size_t size) MI_END;
MI_NEW void *mi_aligned_alloc(size_t align, size_t size) MI_END;
MI_MOVED void *mi_reallocarray(void *p, size_t count, size_t size) MI_END;
MI_CALL int mi_reallocarr(void *p, size_t count, size_t size) MI_END;
MI_MOVED void *mi_aligned_recalloc(void *p, size_t count, size_t size, size_t align) MI_END;
MI_MOVED void *mi_aligned_offset_recalloc(void *p, size_t count, size_t size, size_t align, size_t offset) MI_END;
MI_CALL void mi_free_size(void *p, size_t size) MI_END;
MI_CALL void mi_free_size_aligned(void *p, size_t size, size_t align) MI_END;
MI_CALL void mi_free_aligned(void *p, size_t align) MI_END;
MI_CALL int mi_dupenv_s(char **buf, size_t *size, const char *name) MI_END;
MI_CALL int mi_wdupenv_s(wchar_t **buf, size_t *size, const wchar_t *name) MI_END;
MI_NEW wchar_t *mi_wcsdup(const wchar_t *s) MI_END;
MI_NEW unsigned char *mi_mbsdup(const unsigned char *s) MI_END;

/* ---- C++'s new: these throw, but for the nothrow ones ------------------- */

MI_NEW void *mi_new(size_t size);
MI_NEW void *mi_new_aligned(size_t size, size_t align);
MI_NEW void *mi_new_nothrow(size_t size) MI_END;
MI_NEW void *mi_new_aligned_nothrow(size_t size, size_t align) MI_END;
MI_NEW void *mi_new_n(size_t count, size_t size);
MI_MOVED void *mi_new_realloc(void *p, size_t size);
MI_MOVED void *mi_new_reallocn(void *p, size_t count, size_t size);
MI_NEW void *mi_heap_alloc_new(mi_heap_t *heap, size_t size);
MI_NEW void *mi_heap_alloc_new_n(mi_heap_t *heap, size_t count, size_t size);

/* ---- the allocator as a whole ------------------------------------------ */

MI_CALL void mi_collect(bool force) MI_END;
MI_CALL void mi_collect_reduce(size_t target) MI_END;
MI_CALL int mi_version(void) MI_END;
MI_CALL void mi_register_deferred_free(mi_deferred_free_fun *hook, void *arg) MI_END;
MI_CALL void mi_register_output(mi_output_fun *out, void *arg) MI_END;
MI_CALL void mi_register_error(mi_error_fun *hook, void *arg);
MI_CALL void mi_process_init(void) MI_END;
MI_CALL void mi_process_done(void) MI_END;
MI_CALL void mi_thread_init(void) MI_END;
MI_CALL void mi_thread_done(void) MI_END;
MI_CALL void mi_thread_set_in_threadpool(void) MI_END;
MI_CALL void mi_process_info(size_t *elapsed_ms, size_t *user_ms, size_t *system_ms, size_t *current_rss, size_t *peak_rss, size_t *current_commit, size_t *peak_commit, size_t *page_faults) MI_END;
MI_CALL void mi_process_info_print(void) MI_END;
MI_CALL void mi_process_info_print_out(mi_output_fun *out, void *arg) MI_END;
MI_CALL bool mi_check_owned(const void *p) MI_END;
MI_CALL bool mi_is_in_heap_region(const void *p) MI_END;
MI_CALL bool mi_is_redirected(void) MI_END;

/* ---- heaps -------------------------------------------------------------- */

typedef struct mi_heap_area_s {
	void *blocks;		/* the first one */
	size_t reserved;	/* bytes, for blocks */
	size_t committed;	/* bytes, of these */
	size_t used;		/* blocks that live */
	size_t block_size;	/* usable bytes of each */
	size_t full_block_size;	/* the same here */
	void *reserved1;
} mi_heap_area_t;

typedef bool(mi_block_visit_fun)(const mi_heap_t *heap, const mi_heap_area_t *area, void *block, size_t block_size, void *arg);

MI_CALL mi_heap_t *mi_heap_new(void) MI_END;
MI_CALL mi_heap_t *mi_heap_new_ex(int tag, bool allow_destroy, mi_arena_id_t arena) MI_END;
MI_CALL mi_heap_t *mi_heap_new_in_arena(mi_arena_id_t arena) MI_END;
MI_CALL void mi_heap_delete(mi_heap_t *heap) MI_END;
MI_CALL void mi_heap_destroy(mi_heap_t *heap) MI_END;
MI_CALL void mi_heap_collect(mi_heap_t *heap, bool force) MI_END;
MI_CALL mi_heap_t *mi_heap_main(void) MI_END;
MI_CALL mi_heap_t *mi_heap_of(const void *p) MI_END;
MI_CALL bool mi_heap_contains(const mi_heap_t *heap, const void *p) MI_END;
MI_CALL bool mi_any_heap_contains(const void *p) MI_END;
MI_CALL void mi_heap_set_numa_affinity(mi_heap_t *heap, int node) MI_END;
MI_CALL mi_heap_t *mi_heap_get_default(void) MI_END;
MI_CALL mi_heap_t *mi_heap_set_default(mi_heap_t *heap) MI_END;
MI_CALL mi_heap_t *mi_heap_get_backing(void) MI_END;
MI_CALL bool mi_heap_contains_block(mi_heap_t *heap, const void *p) MI_END;
MI_CALL bool mi_heap_check_owned(mi_heap_t *heap, const void *p) MI_END;
MI_CALL bool mi_heap_visit_blocks(const mi_heap_t *heap, bool blocks, mi_block_visit_fun *visit, void *arg) MI_END;
MI_CALL bool mi_heap_visit_abandoned_blocks(const mi_heap_t *heap, bool blocks, mi_block_visit_fun *visit, void *arg) MI_END;
MI_CALL bool mi_abandoned_visit_blocks(mi_subproc_id_t subproc, int tag, bool blocks, mi_block_visit_fun *visit, void *arg) MI_END;
MI_CALL bool mi_unsafe_heap_page_is_under_utilized(mi_heap_t *heap, void *p, size_t percent) MI_END;
MI_CALL void mi_heap_guarded_set_sample_rate(mi_heap_t *heap, size_t rate, size_t seed) MI_END;
MI_CALL void mi_heap_guarded_set_size_bound(mi_heap_t *heap, size_t least, size_t most) MI_END;

MI_NEW void *mi_heap_malloc(mi_heap_t *heap, size_t size) MI_END;
MI_NEW void *mi_heap_zalloc(mi_heap_t *heap, size_t size) MI_END;
MI_NEW void *mi_heap_calloc(mi_heap_t *heap, size_t count, size_t size) MI_END;
MI_NEW void *mi_heap_mallocn(mi_heap_t *heap, size_t count, size_t size) MI_END;
MI_NEW void *mi_heap_malloc_small(mi_heap_t *heap, size_t size) MI_END;
MI_NEW void *mi_heap_zalloc_small(mi_heap_t *heap, size_t size) MI_END;
MI_MOVED void *mi_heap_realloc(mi_heap_t *heap, void *p, size_t size) MI_END;
MI_MOVED void *mi_heap_reallocn(mi_heap_t *heap, void *p, size_t count, size_t size) MI_END;
MI_MOVED void *mi_heap_reallocf(mi_heap_t *heap, void *p, size_t size) MI_END;
MI_MOVED void *mi_heap_rezalloc(mi_heap_t *heap, void *p, size_t size) MI_END;
MI_MOVED void *mi_heap_recalloc(mi_heap_t *heap, void *p, size_t count, size_t size) MI_END;
MI_NEW char *mi_heap_strdup(mi_heap_t *heap, const char *s) MI_END;
MI_NEW char *mi_heap_strndup(mi_heap_t *heap, const char *s, size_t n) MI_END;
MI_MOVED char *mi_heap_realpath(mi_heap_t *heap, const char *path, char *resolved) MI_END;
MI_NEW void *mi_heap_malloc_aligned(mi_heap_t *heap, size_t size, size_t align) MI_END;
MI_NEW void *mi_heap_malloc_aligned_at(mi_heap_t *heap, size_t size, size_t align, size_t offset) MI_END;
MI_NEW void *mi_heap_zalloc_aligned(mi_heap_t *heap, size_t size, size_t align) MI_END;
MI_NEW void *mi_heap_zalloc_aligned_at(mi_heap_t *heap, size_t size, size_t align, size_t offset) MI_END;
MI_NEW void *mi_heap_calloc_aligned(mi_heap_t *heap, size_t count, size_t size, size_t align) MI_END;
MI_NEW void *mi_heap_calloc_aligned_at(mi_heap_t *heap, size_t count, size_t size, size_t align, size_t offset) MI_END;
MI_MOVED void *mi_heap_realloc_aligned(mi_heap_t *heap, void *p, size_t size, size_t align) MI_END;
MI_MOVED void *mi_heap_realloc_aligned_at(mi_heap_t *heap, void *p, size_t size, size_t align, size_t offset) MI_END;
MI_MOVED void *mi_heap_rezalloc_aligned(mi_heap_t *heap, void *p, size_t size, size_t align) MI_END;
MI_MOVED void *mi_heap_rezalloc_aligned_at(mi_heap_t *heap, void *p, size_t size, size_t align, size_t offset) MI_END;
MI_MOVED void *mi_heap_recalloc_aligned(mi_heap_t *heap, void *p, size_t count, size_t size, size_t align) MI_END;
MI_MOVED void *mi_heap_recalloc_aligned_at(mi_heap_t *heap, void *p, size_t count, size_t size, size_t align, size_t offset) MI_END;

/* ---- a thread's part of a heap ------------------------------------------ */

MI_CALL mi_theap_t *mi_heap_theap(mi_heap_t *heap) MI_END;
MI_CALL mi_theap_t *mi_theap_get_default(void) MI_END;
MI_CALL mi_theap_t *mi_theap_set_default(mi_theap_t *theap) MI_END;
MI_CALL void mi_theap_collect(mi_theap_t *theap, bool force) MI_END;
MI_NEW void *mi_theap_malloc(mi_theap_t *theap, size_t size) MI_END;
MI_NEW void *mi_theap_zalloc(mi_theap_t *theap, size_t size) MI_END;
MI_NEW void *mi_theap_calloc(mi_theap_t *theap, size_t count, size_t size) MI_END;
MI_NEW void *mi_theap_malloc_small(mi_theap_t *theap, size_t size) MI_END;
MI_NEW void *mi_theap_zalloc_small(mi_theap_t *theap, size_t size) MI_END;
MI_NEW void *mi_theap_malloc_aligned(mi_theap_t *theap, size_t size, size_t align) MI_END;
MI_MOVED void *mi_theap_realloc(mi_theap_t *theap, void *p, size_t size) MI_END;
MI_CALL bool mi_theap_visit_blocks(const mi_theap_t *theap, bool blocks, mi_block_visit_fun *visit, void *arg) MI_END;
MI_CALL void mi_theap_guarded_set_sample_rate(mi_theap_t *theap, size_t rate, size_t seed) MI_END;
MI_CALL void mi_theap_guarded_set_size_bound(mi_theap_t *theap, size_t least, size_t most) MI_END;

/* ---- memory, and processes in a process ---------------------------------- */

MI_CALL int mi_reserve_os_memory(size_t size, bool commit, bool allow_large) MI_END;
MI_CALL int mi_reserve_os_memory_ex(size_t size, bool commit, bool allow_large, bool exclusive, mi_arena_id_t *arena) MI_END;
MI_CALL bool mi_manage_os_memory(void *start, size_t size, bool committed, bool pinned, bool zero, int node) MI_END;
MI_CALL bool mi_manage_os_memory_ex(void *start, size_t size, bool committed, bool pinned, bool zero, int node, bool exclusive, mi_arena_id_t *arena) MI_END;
MI_CALL bool mi_manage_memory(void *start, size_t size, bool committed, bool pinned, bool zero, int node, bool exclusive, mi_commit_fun_t *commit, void *commit_arg, mi_arena_id_t *arena) MI_END;
MI_CALL int mi_reserve_huge_os_pages(size_t pages, double seconds, size_t *reserved) MI_END;
MI_CALL int mi_reserve_huge_os_pages_interleave(size_t pages, size_t nodes, size_t timeout_ms) MI_END;
MI_CALL int mi_reserve_huge_os_pages_at(size_t pages, int node, size_t timeout_ms) MI_END;
MI_CALL int mi_reserve_huge_os_pages_at_ex(size_t pages, int node, size_t timeout_ms, bool exclusive, mi_arena_id_t *arena) MI_END;
MI_CALL void *mi_arena_area(mi_arena_id_t arena, size_t *size) MI_END;
MI_CALL bool mi_arena_contains(mi_arena_id_t arena, const void *p) MI_END;
MI_CALL size_t mi_arena_min_alignment(void) MI_END;
MI_CALL size_t mi_arena_min_size(void) MI_END;
MI_CALL void mi_arenas_print(void) MI_END;
MI_CALL void mi_debug_show_arenas(void) MI_END;

MI_CALL mi_subproc_id_t mi_subproc_main(void) MI_END;
MI_CALL mi_subproc_id_t mi_subproc_current(void) MI_END;
MI_CALL mi_subproc_id_t mi_subproc_new(void) MI_END;
MI_CALL void mi_subproc_destroy(mi_subproc_id_t subproc) MI_END;
MI_CALL void mi_subproc_delete(mi_subproc_id_t subproc) MI_END;
MI_CALL void mi_subproc_add_current_thread(mi_subproc_id_t subproc) MI_END;
MI_CALL bool mi_subproc_visit_heaps(mi_subproc_id_t subproc, mi_heap_visit_fun *visit, void *arg) MI_END;

/* ---- statistics as text -------------------------------------------------- */

MI_CALL void mi_stats_reset(void) MI_END;
MI_CALL void mi_stats_merge(void) MI_END;
MI_CALL void mi_stats_print(void *ignored) MI_END;
MI_CALL void mi_stats_print_out(mi_output_fun *out, void *arg) MI_END;
MI_CALL void mi_thread_stats_print_out(mi_output_fun *out, void *arg) MI_END;

/* ---- options -------------------------------------------------------------- */

typedef enum mi_option_e {
	mi_option_show_errors,
	mi_option_show_stats,
	mi_option_verbose,
	mi_option_deprecated_eager_commit,
	mi_option_arena_eager_commit,
	mi_option_purge_decommits,
	mi_option_allow_large_os_pages,
	mi_option_reserve_huge_os_pages,
	mi_option_reserve_huge_os_pages_at,
	mi_option_reserve_os_memory,
	mi_option_deprecated_segment_cache,
	mi_option_deprecated_page_reset,
	mi_option_deprecated_abandoned_page_purge,
	mi_option_deprecated_segment_reset,
	mi_option_deprecated_eager_commit_delay,
	mi_option_purge_delay,
	mi_option_use_numa_nodes,
	mi_option_disallow_os_alloc,
	mi_option_os_tag,
	mi_option_max_errors,
	mi_option_max_warnings,
	mi_option_deprecated_max_segment_reclaim,
	mi_option_destroy_on_exit,
	mi_option_arena_reserve,
	mi_option_arena_purge_mult,
	mi_option_deprecated_purge_extend_delay,
	mi_option_disallow_arena_alloc,
	mi_option_retry_on_oom,
	mi_option_deprecated_visit_abandoned,
	mi_option_guarded_min,
	mi_option_guarded_max,
	mi_option_guarded_precise,
	mi_option_guarded_sample_rate,
	mi_option_guarded_sample_seed,
	mi_option_generic_collect,
	mi_option_page_reclaim_on_free,
	mi_option_page_full_retain,
	mi_option_page_max_candidates,
	mi_option_max_vabits,
	mi_option_pagemap_commit,
	mi_option_page_commit_on_demand,
	mi_option_page_max_reclaim,
	mi_option_page_cross_thread_max_reclaim,
	mi_option_allow_thp,
	mi_option_minimal_purge_size,
	mi_option_arena_max_object_size,
	mi_option_arena_is_numa_local,
	_mi_option_last,
	/* Names of before. */
	mi_option_large_os_pages = mi_option_allow_large_os_pages,
	mi_option_eager_region_commit = mi_option_arena_eager_commit,
	mi_option_reset_decommits = mi_option_purge_decommits,
	mi_option_reset_delay = mi_option_purge_delay,
	mi_option_limit_os_alloc = mi_option_disallow_os_alloc,
	mi_option_eager_commit = mi_option_deprecated_eager_commit,
	mi_option_eager_commit_delay = mi_option_deprecated_eager_commit_delay,
	mi_option_abandoned_page_purge = mi_option_deprecated_abandoned_page_purge,
	mi_option_abandoned_page_reset = mi_option_deprecated_abandoned_page_purge,
	mi_option_max_segment_reclaim = mi_option_deprecated_max_segment_reclaim,
	mi_option_visit_abandoned = mi_option_deprecated_visit_abandoned,
	mi_option_purge_extend_delay = mi_option_deprecated_purge_extend_delay,
	mi_option_abandoned_reclaim_on_free = mi_option_page_reclaim_on_free
} mi_option_t;

MI_CALL bool mi_option_is_enabled(mi_option_t option) MI_END;
MI_CALL void mi_option_enable(mi_option_t option) MI_END;
MI_CALL void mi_option_disable(mi_option_t option) MI_END;
MI_CALL void mi_option_set_enabled(mi_option_t option, bool enable) MI_END;
MI_CALL void mi_option_set_enabled_default(mi_option_t option, bool enable) MI_END;
MI_CALL long mi_option_get(mi_option_t option) MI_END;
MI_CALL long mi_option_get_clamp(mi_option_t option, long least, long most) MI_END;
MI_CALL size_t mi_option_get_size(mi_option_t option) MI_END;
MI_CALL void mi_option_set(mi_option_t option, long value) MI_END;
MI_CALL void mi_option_set_default(mi_option_t option, long value) MI_END;
MI_CALL void mi_options_print(void) MI_END;
MI_CALL void mi_options_print_out(mi_output_fun *out, void *arg) MI_END;

#ifdef __cplusplus
}
#endif

/* ---- blocks by their type --------------------------------------------------- */

/*
 * The type comes first, as in version 3. In version 2 it came behind a block or
 * a heap: with MICA_MIMALLOC_2 defined it does here.
 */
#define mi_malloc_tp(tp) ((tp *)mi_malloc(sizeof(tp)))
#define mi_zalloc_tp(tp) ((tp *)mi_zalloc(sizeof(tp)))
#define mi_calloc_tp(tp, n) ((tp *)mi_calloc(n, sizeof(tp)))
#define mi_mallocn_tp(tp, n) ((tp *)mi_mallocn(n, sizeof(tp)))
#ifndef MICA_MIMALLOC_2
#define mi_reallocn_tp(tp, p, n) ((tp *)mi_reallocn(p, n, sizeof(tp)))
#define mi_recalloc_tp(tp, p, n) ((tp *)mi_recalloc(p, n, sizeof(tp)))
#define mi_heap_malloc_tp(tp, hp) ((tp *)mi_heap_malloc(hp, sizeof(tp)))
#define mi_heap_zalloc_tp(tp, hp) ((tp *)mi_heap_zalloc(hp, sizeof(tp)))
#define mi_heap_calloc_tp(tp, hp, n) ((tp *)mi_heap_calloc(hp, n, sizeof(tp)))
#define mi_heap_mallocn_tp(tp, hp, n) ((tp *)mi_heap_mallocn(hp, n, sizeof(tp)))
#define mi_heap_reallocn_tp(tp, hp, p, n) ((tp *)mi_heap_reallocn(hp, p, n, sizeof(tp)))
#define mi_heap_recalloc_tp(tp, hp, p, n) ((tp *)mi_heap_recalloc(hp, p, n, sizeof(tp)))
#else
#define mi_reallocn_tp(p, tp, n) ((tp *)mi_reallocn(p, n, sizeof(tp)))
#define mi_recalloc_tp(p, tp, n) ((tp *)mi_recalloc(p, n, sizeof(tp)))
#define mi_heap_malloc_tp(hp, tp) ((tp *)mi_heap_malloc(hp, sizeof(tp)))
#define mi_heap_zalloc_tp(hp, tp) ((tp *)mi_heap_zalloc(hp, sizeof(tp)))
#define mi_heap_calloc_tp(hp, tp, n) ((tp *)mi_heap_calloc(hp, n, sizeof(tp)))
#define mi_heap_mallocn_tp(hp, tp, n) ((tp *)mi_heap_mallocn(hp, n, sizeof(tp)))
#define mi_heap_reallocn_tp(hp, p, tp, n) ((tp *)mi_heap_reallocn(hp, p, n, sizeof(tp)))
#define mi_heap_recalloc_tp(hp, p, tp, n) ((tp *)mi_heap_recalloc(hp, p, n, sizeof(tp)))
#endif

#ifdef __cplusplus
#include "mimalloc-stl.h"
#endif

#endif
