/* SPDX-License-Identifier: MIT */
/*
 * Heaps, their parts and figures, and sub-processes: the effect of each. Prints TAP.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <mimalloc-stats.h>
#include "tap.h"

/* ---- figures --------------------------------------------------------------- */

static int64_t live(mi_heap_t *heap)
{
	mi_stats_t_decl(s);

	return mi_heap_stats_get(heap, &s) ? s.malloc_normal_count.total : -1;
}

static void test_stats(void)
{
	mi_heap_t *a = mi_heap_new(), *b = mi_heap_new();
	void *big = mi_heap_malloc(a, 3 << 20), *p[10];
	mi_stats_t_decl(s);
	mi_stats_t_decl(all);

	for (int k = 0; k < 10; k++)
		p[k] = mi_heap_malloc(a, 100);
	OK(mi_heap_stats_get(a, &s) && s.malloc_normal_count.total == 10);
	OK(s.malloc_normal.current == 10 * (int64_t)mi_usable_size(p[0]));
	OK(s.malloc_huge_count.total == 1 && s.malloc_huge.current >= 3 << 20);
	OK(s.pages.current == 2 && s.pages.total >= s.pages.peak && s.pages.peak >= 2);
	/* 100 bytes lie in mimalloc's bin of 112. */
	OK(mi_stats_get_bin_size(11) == 112 && s.malloc_bins[11].current == 10 && s.page_bins[11].current == 1);
	OK(s.malloc_bins[MI_BIN_HUGE].current == 1 && s.committed.current > 3 << 20);
	OK(live(b) == 0 && live(NULL) == -1);
	OK(mi_stats_get(&all) && all.heaps.current >= 3 && all.malloc_normal_count.total >= 10);
	OK(all.malloc_huge.current >= s.malloc_huge.current && all.threads.current >= 1);
	for (int k = 0; k < 10; k++)
		mi_free(p[k]);
	mi_free(big);
	OK(live(a) == 0 && mi_heap_stats_get(a, &s) && s.malloc_huge.current == 0);
	mi_heap_stats_merge_to_subproc(a);
	mi_heap_destroy(a);
	OK(live(a) == -1);
	mi_heap_destroy(b);
	s.size--;
	OK(!mi_heap_stats_get(mi_heap_main(), &s) && !mi_heap_stats_get(mi_heap_main(), NULL));
	OK(!mi_stats_as_json(&s, 0, NULL));
}

/* ---- visits --------------------------------------------------------------------- */

struct look {
	const mi_heap_t *heap;
	unsigned int areas, blocks;
	size_t used;
	bool good;
};

static bool look(const mi_heap_t *heap, const mi_heap_area_t *area, void *block, size_t size, void *arg)
{
	struct look *l = arg;

	l->good = l->good && (!l->heap || heap == l->heap);
	l->areas += !block;
	l->blocks += block != NULL;
	l->used += block ? 0 : area->used;
	if (block)
		l->good = l->good && (char *)block >= (char *)area->blocks && size == area->block_size;
	return true;
}

static void *leave(void *heap)
{
	return mi_heap_malloc(heap, 300);
}

static void test_visits(void)
{
	mi_heap_t *heap = mi_heap_new();
	struct look l = { heap, 0, 0, 0, true }, m = l, n = { .good = true };
	pthread_t thread;

	for (int k = 0; k < 5; k++)
		leave(heap);
	mi_heap_malloc(heap, 2000);
	OK(mi_heap_visit_blocks(heap, true, look, &l) && l.good && l.areas == 2 && l.blocks == 6 && l.used == 6);
	OK(mi_theap_visit_blocks(mi_heap_theap(heap), false, look, &m) && m.good && m.areas == 2 && !m.blocks);
	OK(!mi_theap_visit_blocks(NULL, false, look, &m) && !mi_heap_visit_blocks(heap, true, NULL, NULL));
	pthread_create(&thread, NULL, leave, heap);
	pthread_join(thread, NULL);
	m = (struct look){ heap, 0, 0, 0, true };
	OK(mi_heap_visit_abandoned_blocks(heap, true, look, &m) && m.good && m.areas == 1 && m.blocks == 1);
	OK(mi_abandoned_visit_blocks(mi_subproc_main(), 0, true, look, &n) && n.blocks >= 1);
	mi_heap_destroy(heap);
	OK(!mi_heap_visit_blocks(heap, true, look, &l));
	OK(!mi_heap_visit_abandoned_blocks(heap, true, look, &l));
}

/* ---- sub-processes --------------------------------------------------------------------- */

static bool count_heaps(mi_heap_t *heap, void *arg)
{
	*(int *)arg += heap != NULL;
	return *(int *)arg < 100;
}

static bool stop_at_once(mi_heap_t *heap, void *arg)
{
	return heap == arg && false;
}

static mi_subproc_id_t sub;
static void *kept, *kept_of_heap;

static bool same(mi_subproc_id_t a, mi_subproc_id_t b)
{
	return a._mi_subproc_id == b._mi_subproc_id;
}

static void *live_in_sub(void *arg)
{
	mi_heap_t *heap;

	(void)arg;
	OK(same(mi_subproc_current(), mi_subproc_main()));
	mi_subproc_add_current_thread(sub);
	OK(same(mi_subproc_current(), sub) && !same(sub, mi_subproc_main()));
	OK(mi_heap_main() == mi_heap_get_default());
	kept = mi_malloc(1000);
	OK(mi_heap_of(kept) == mi_heap_main() && mi_heap_contains(mi_heap_main(), kept));
	heap = mi_heap_new();
	kept_of_heap = mi_heap_malloc(heap, 1000);
	OK(heap != mi_heap_main() && mi_heap_contains(heap, kept_of_heap));
	return mi_heap_main();
}

/* All regions that hold a block of one hold none of another. */
static bool apart(const void *p, const void *q)
{
	struct mica_region r;

	for (size_t i = 0; mica_region_get(i, &r); i++) {
		size_t to_p = (uintptr_t)p - (uintptr_t)r.arena.base;
		size_t to_q = (uintptr_t)q - (uintptr_t)r.arena.base;

		if (to_p < r.arena.bytes && to_q < r.arena.bytes)
			return false;
	}
	return true;
}

static void test_sub_stats(mi_subproc_id_t id, mi_heap_t *main_of_sub)
{
	mi_stats_t_decl(all);
	mi_stats_t_decl(alone);
	char *json;

	OK(mi_subproc_stats_get(id, &all) && all.malloc_normal_count.total == 2);
	OK(mi_subproc_stats_get_exclusive(id, &alone) && alone.malloc_normal_count.total == 1);
	OK(live(main_of_sub) == 1);
	json = mi_subproc_stats_get_json(id, 0, NULL);
	OK(json && strstr(json, "\"malloc_normal_count\": 2,") && strstr(json, "\"process\": {"));
	mi_free(json);
	json = mi_heap_stats_get_json(main_of_sub, 0, NULL);
	OK(json && strstr(json, "\"malloc_normal_count\": 1,"));
	mi_free(json);
}

static void test_subprocs(void)
{
	mi_subproc_id_t none = { NULL }, wrong = { mi_malloc(10) };
	mi_stats_t_decl(s);
	struct look l = { .good = true };
	void *p = mi_malloc(1000), *main_of_sub;
	int heaps = 0, mains = 0;
	pthread_t thread;

	sub = mi_subproc_new();
	OK(sub._mi_subproc_id != NULL);
	pthread_create(&thread, NULL, live_in_sub, NULL);
	pthread_join(thread, &main_of_sub);
	OK(mi_subproc_visit_heaps(sub, count_heaps, &heaps) && heaps == 2);
	OK(!mi_subproc_visit_heaps(sub, stop_at_once, NULL) && !mi_subproc_visit_heaps(sub, NULL, NULL));
	OK(mi_subproc_visit_heaps(mi_subproc_main(), count_heaps, &mains) && mains == 1);
	OK(apart(p, kept) && apart(kept, kept_of_heap) && apart(p, kept_of_heap));
	OK(mi_abandoned_visit_blocks(sub, 0, true, look, &l) && l.blocks == 2);
	test_sub_stats(sub, main_of_sub);
	/* What is none is refused. */
	OK(!mi_subproc_visit_heaps(none, count_heaps, &heaps) && !mi_subproc_visit_heaps(wrong, count_heaps, &heaps));
	OK(!mi_subproc_stats_get(none, &s) && !mi_subproc_stats_get_exclusive(wrong, &s));
	OK(!mi_subproc_stats_get_json(none, 0, NULL) && !mi_abandoned_visit_blocks(wrong, 0, true, look, &l));
	mi_subproc_add_current_thread(none);
	mi_subproc_add_current_thread(wrong);
	mi_subproc_destroy(none);
	mi_subproc_delete(wrong);
	mi_subproc_destroy(mi_subproc_main());
	mi_subproc_delete(mi_subproc_main());
	OK(same(mi_subproc_current(), mi_subproc_main()) && holds(mi_malloc(10), 10));
	/* Deleted, its blocks are the program's; destroyed, they are gone. */
	mi_subproc_delete(sub);
	OK(mi_heap_of(kept) == mi_heap_main() && mi_heap_of(kept_of_heap) == mi_heap_main());
	OK(!mi_subproc_visit_heaps(sub, count_heaps, &heaps) && !mi_subproc_stats_get(sub, &s));
	mi_free(kept);
	mi_free(kept_of_heap);
	sub = mi_subproc_new();
	pthread_create(&thread, NULL, live_in_sub, NULL);
	pthread_join(thread, NULL);
	mi_subproc_destroy(sub);
	OK(!mi_any_heap_contains(kept) && !mi_any_heap_contains(kept_of_heap) && mica_check() == 0);
	OK(!mi_subproc_visit_heaps(sub, count_heaps, &heaps));
	mi_free(p);
	mi_free(wrong._mi_subproc_id);
}

/* ---- errors ------------------------------------------------------------------------------ */

static int error;

static void on_error(int err, void *arg)
{
	error = arg == &error ? err : 0;
}

static bool says(int err)
{
	bool good = error == err;

	error = 0;
	return good;
}

static void test_errors(void)
{
	volatile size_t most = SIZE_MAX;
	char *p = mi_malloc(100);
	int local;

	mi_register_error(on_error, &error);
	OK(!mi_calloc(most, 2) && says(EOVERFLOW));
	OK(!mi_mallocn(most, 2) && says(EOVERFLOW) && !mi_reallocn(p, most, 2) && says(EOVERFLOW));
	OK(!mi_heap_mallocn(mi_heap_main(), most, 2) && says(EOVERFLOW));
	OK(!mi_malloc(PTRDIFF_MAX) && says(ENOMEM));
	mi_free(&local);
	OK(says(EINVAL));
	mi_free(p);
	mi_free(p);
	OK(says(EAGAIN));
	mi_register_error(NULL, NULL);
	OK(!mi_calloc(most, 2) && says(0) && mica_check() == 0);
}

int main(void)
{
	test_stats();
	test_visits();
	test_subprocs();
	test_errors();
	printf("1..%d\n", count);
	return failed != 0;
}
