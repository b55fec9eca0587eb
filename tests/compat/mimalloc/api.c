/* SPDX-License-Identifier: MIT */
/*
 * The effect of each function of mimalloc.h and mimalloc-stats.h that C has.
 * Prints TAP. check.py sees to it that none is missing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <mimalloc.h>
#include <mimalloc-stats.h>
#include <mica/mica.h>
#include "tap.h"

static void test_malloc(void)
{
	size_t n = 0, m = 0;
	char *p, *q;

	OK(holds(mi_malloc(100), 100));
	OK(holds_zero(mi_calloc(10, 10), 100));
	OK(!mi_calloc(SIZE_MAX / 2, 4));
	p = mi_malloc(10);
	strcpy(p, "mica");
	p = mi_realloc(p, 5000);
	OK(p && !strcmp(p, "mica") && mi_usable_size(p) >= 5000);
	OK(mi_expand(p, 100) == p && !mi_expand(p, 1 << 26));
	OK(mi__expand(p, 100) == p);
	mi_free(p);
	mi_free_small(mi_malloc_small(8));
	OK(mica_check() == 0);
	OK(holds(mi_malloc_small(64), 64));
	OK(holds_zero(mi_zalloc_small(64), 64));
	OK(holds_zero(mi_zalloc(100), 100));
	OK(holds(mi_mallocn(10, 10), 100) && !mi_mallocn(SIZE_MAX, 2));
	p = mi_mallocn(4, 4);
	q = mi_reallocn(p, SIZE_MAX, 2);
	OK(!q && mi_usable_size(p) >= 16);
	p = mi_reallocn(p, 100, 4);
	OK(p && mi_usable_size(p) >= 400);
	OK(!mi_reallocf(p, PTRDIFF_MAX));
	OK(mi_good_size(100) >= 100 && mi_malloc_good_size(100) == mi_good_size(100));
	p = mi_zalloc(20);
	p = mi_rezalloc(p, 3000);
	OK(all(p, 0, 0, 3000));
	memset(p, 1, 3000);
	p = mi_rezalloc(p, 2000);
	p = mi_rezalloc(p, 3000);
	OK(all(p, 1, 0, 2000) && all(p, 0, 2000, 3000));
	OK(!mi_recalloc(p, SIZE_MAX, 2));
	p = mi_recalloc(p, 100, 100);
	OK(all(p, 1, 0, 2000) && all(p, 0, 2000, 10000));
	mi_free(p);
	p = mi_umalloc(100, &n);
	OK(n == mi_usable_size(p) && n >= 100);
	p = mi_urealloc(p, 1000, &n, &m);
	OK(n >= 100 && m == mi_usable_size(p) && m >= 1000);
	n = 0;
	mi_ufree(p, &n);
	OK(n == m);
	OK(holds_zero(mi_uzalloc(100, &n), 100) && n >= 100);
	OK(holds_zero(mi_ucalloc(10, 10, &n), n) && n >= 100);
	OK(aligned(mi_umalloc_aligned(100, 256, &n), 256, 0, 100));
	OK(holds_zero(mi_uzalloc_aligned(100, 256, &n), 100));
	OK(holds(mi_umalloc_small(30, &n), 30) && n >= 30);
	OK(holds_zero(mi_uzalloc_small(30, &n), 30));
}

static void test_aligned(void)
{
	char *p;

	OK(aligned(mi_malloc_aligned(100, 4096), 4096, 0, 100));
	OK(!mi_malloc_aligned(100, 3));
	OK(aligned(mi_malloc_aligned_at(100, 64, 16), 64, 16, 100));
	OK(aligned(mi_zalloc_aligned(100, 128), 128, 0, 100));
	OK(holds_zero(mi_zalloc_aligned_at(100, 64, 16), 100));
	OK(holds_zero(mi_calloc_aligned(10, 10, 128), 100));
	OK(!mi_calloc_aligned(SIZE_MAX, 2, 128));
	OK(aligned(mi_calloc_aligned_at(10, 10, 64, 16), 64, 16, 100));
	p = mi_zalloc_aligned(100, 64);
	p = mi_realloc_aligned(p, 9000, 64);
	OK(p && (uintptr_t)p % 64 == 0 && all(p, 0, 0, 100));
	mi_free(p);
	OK(aligned(mi_realloc_aligned_at(NULL, 50, 64, 16), 64, 16, 50));
	OK(holds_zero(mi_rezalloc_aligned(mi_zalloc_aligned(9, 64), 5000, 64), 5000));
	OK(holds_zero(mi_rezalloc_aligned_at(NULL, 500, 64, 16), 500));
	OK(holds_zero(mi_recalloc_aligned(NULL, 5, 100, 64), 500));
	OK(aligned(mi_recalloc_aligned_at(NULL, 5, 100, 64, 16), 64, 16, 500));
	OK(aligned(mi_aligned_recalloc(NULL, 5, 100, 64), 64, 0, 500));
	OK(aligned(mi_aligned_offset_recalloc(NULL, 5, 100, 64, 16), 64, 16, 500));
}

static void test_names(void)
{
	void *p = NULL;
	char *s;
	size_t n = 7;
	wchar_t *w;

	s = mi_strdup("mica");
	OK(mica_owns(s) && !strcmp(s, "mica"));
	OK(mi_malloc_size(s) == mi_usable_size(s) && mi_malloc_usable_size(s) >= 5);
	mi_cfree(s);
	mi_cfree(&n);
	s = mi_strndup("micaceous", 4);
	OK(!strcmp(s, "mica"));
	mi_free_size(s, 5);
	s = mi_realpath("/usr/..", NULL);
	OK(mica_owns(s) && !strcmp(s, "/"));
	mi_free(s);
	s = (char *)mi_mbsdup((const unsigned char *)"m");
	OK(!strcmp(s, "m"));
	mi_free_aligned(s, 1);
	w = mi_wcsdup(L"mica");
	OK(!wcscmp(w, L"mica"));
	mi_free_size_aligned(w, 20, 4);
	OK(mi_posix_memalign(&p, 64, 100) == 0 && aligned(p, 64, 0, 100));
	OK(mi_posix_memalign(&p, 3, 100) == EINVAL);
	OK(mi__posix_memalign(&p, 64, PTRDIFF_MAX) == ENOMEM);
	OK(aligned(mi_memalign(64, 100), 64, 0, 100));
	OK(aligned(mi_aligned_alloc(64, 100), 64, 0, 100));
	OK(aligned(mi_valloc(100), 4096, 0, 100));
	OK(aligned(mi_pvalloc(5000), 4096, 0, 8192));
	errno = 0;
	OK(!mi_reallocarray(NULL, SIZE_MAX, 2) && errno == ENOMEM);
	p = NULL;
	OK(mi_reallocarr(&p, 10, 10) == 0 && p && mi_reallocarr(&p, SIZE_MAX, 2) == ENOMEM);
	OK(holds(p, 100));
	setenv("MICA_TEST", "stone", 1);
	OK(mi_dupenv_s(&s, &n, "MICA_TEST") == 0 && n == 6 && !strcmp(s, "stone"));
	mi_free(s);
	OK(mi_dupenv_s(&s, &n, "MICA_NONE") == 0 && !s && mi_dupenv_s(NULL, &n, "X") == EINVAL);
	OK(mi_wdupenv_s(&w, &n, L"MICA_TEST") == EINVAL && !w && !n);
}

static bool visit(const mi_heap_t *heap, const mi_heap_area_t *area, void *block, size_t size, void *arg)
{
	void **look = arg;

	if (block && block == look[0] && size == area->block_size && heap)
		look[1] = block;
	return !block || block != look[2];
}

static bool visit_heap(mi_heap_t *heap, void *arg)
{
	*(int *)arg += heap == mi_heap_main();
	return true;
}

static void test_heaps(void)
{
	mi_heap_t *h = mi_heap_main(), *own;
	mi_subproc_id_t none = { NULL };
	void *look[3] = { mi_malloc(40), NULL, NULL };
	int heaps = 0;
	char *p;

	OK(h && mi_heap_get_default() == h && mi_heap_get_backing() == h);
	OK(mi_heap_set_default(h) == h && !mi_heap_set_default(NULL));
	OK(mi_heap_of(look[0]) == h && !mi_heap_of(&h) && !mi_heap_of(NULL));
	OK(mi_heap_contains(h, look[0]) && !mi_heap_contains(NULL, look[0]));
	OK(mi_heap_contains_block(h, look[0]) && mi_heap_check_owned(h, look[0]));
	OK(mi_any_heap_contains(look[0]) && !mi_any_heap_contains(&h));
	OK(mi_check_owned(look[0]) && mi_is_in_heap_region(look[0]) && !mi_is_in_heap_region(&h));
	OK(!mi_is_redirected());
	OK(mi_heap_visit_blocks(h, true, visit, look) && look[1] == look[0]);
	look[1] = NULL;
	OK(mi_heap_visit_blocks(h, false, visit, look) && !look[1]);
	look[2] = look[0];
	OK(!mi_heap_visit_blocks(h, true, visit, look));
	OK(!mi_heap_visit_blocks(NULL, true, visit, look));
	look[1] = look[2] = NULL;
	OK(mi_heap_visit_abandoned_blocks(h, true, visit, look) && !look[1]);
	OK(mi_abandoned_visit_blocks(mi_subproc_main(), 0, true, visit, look));
	OK(!mi_unsafe_heap_page_is_under_utilized(h, look[0], 50));
	mi_heap_set_numa_affinity(h, 0);
	OK(holds(mi_heap_malloc(h, 100), 100) && !mi_heap_malloc(NULL, 100));
	OK(holds_zero(mi_heap_zalloc(h, 100), 100));
	OK(holds_zero(mi_heap_calloc(h, 10, 10), 100));
	OK(holds(mi_heap_mallocn(h, 10, 10), 100));
	OK(holds(mi_heap_malloc_small(h, 10), 10));
	OK(holds_zero(mi_heap_zalloc_small(h, 10), 10));
	OK(holds(mi_heap_realloc(h, NULL, 100), 100));
	OK(holds(mi_heap_reallocn(h, NULL, 10, 10), 100));
	OK(!mi_heap_reallocf(h, mi_malloc(4), PTRDIFF_MAX));
	OK(holds_zero(mi_heap_rezalloc(h, mi_zalloc(9), 1000), 1000));
	OK(holds_zero(mi_heap_recalloc(h, NULL, 10, 10), 100));
	p = mi_heap_strdup(h, "mica");
	OK(!strcmp(p, "mica"));
	mi_free(p);
	p = mi_heap_strndup(h, "micaceous", 4);
	OK(!strcmp(p, "mica"));
	mi_free(p);
	p = mi_heap_realpath(h, "/usr/..", NULL);
	OK(mi_heap_contains(h, p) && !strcmp(p, "/"));
	mi_free(p);
	OK(aligned(mi_heap_malloc_aligned(h, 100, 64), 64, 0, 100));
	OK(aligned(mi_heap_malloc_aligned_at(h, 100, 64, 16), 64, 16, 100));
	OK(holds_zero(mi_heap_zalloc_aligned(h, 100, 64), 100));
	OK(holds_zero(mi_heap_zalloc_aligned_at(h, 100, 64, 16), 100));
	OK(holds_zero(mi_heap_calloc_aligned(h, 10, 10, 64), 100));
	OK(holds_zero(mi_heap_calloc_aligned_at(h, 10, 10, 64, 16), 100));
	OK(aligned(mi_heap_realloc_aligned(h, NULL, 100, 64), 64, 0, 100));
	OK(aligned(mi_heap_realloc_aligned_at(h, NULL, 100, 64, 16), 64, 16, 100));
	OK(holds_zero(mi_heap_rezalloc_aligned(h, NULL, 100, 64), 100));
	OK(holds_zero(mi_heap_rezalloc_aligned_at(h, NULL, 100, 64, 16), 100));
	OK(holds_zero(mi_heap_recalloc_aligned(h, NULL, 10, 10, 64), 100));
	OK(holds_zero(mi_heap_recalloc_aligned_at(h, NULL, 10, 10, 64, 16), 100));
	own = mi_heap_new();
	p = own ? mi_heap_malloc(own, 100) : NULL;
	OK(!own || (mi_heap_of(p) == own && !mi_heap_contains(h, p)));
	mi_heap_destroy(own);
	own = mi_heap_new_ex(1, true, NULL);
	p = own ? mi_heap_malloc(own, 100) : mi_malloc(100);
	mi_heap_delete(own);
	OK(holds(p, 100));
	OK(!mi_heap_new_in_arena(&heaps));
	mi_heap_collect(h, true);
	mi_heap_collect(NULL, true);
	OK(mi_subproc_current()._mi_subproc_id == mi_subproc_main()._mi_subproc_id);
	OK(mi_subproc_visit_heaps(mi_subproc_main(), visit_heap, &heaps) && heaps == 1);
	OK(!mi_subproc_visit_heaps(none, visit_heap, &heaps));
	mi_free(look[0]);
}

static void test_theaps(void)
{
	mi_theap_t *t = mi_heap_theap(mi_heap_main());

	OK(t && t == mi_theap_get_default() && !mi_heap_theap(NULL));
	OK(mi_theap_set_default(t) == t && !mi_theap_set_default(NULL));
	OK(holds(mi_theap_malloc(t, 100), 100) && !mi_theap_malloc(NULL, 1));
	OK(holds(mi_theap_zalloc(t, 100), 100));
	OK(holds(mi_theap_calloc(t, 10, 10), 100));
	OK(holds(mi_theap_malloc_small(t, 10), 10));
	OK(holds(mi_theap_zalloc_small(t, 10), 10));
	OK(aligned(mi_theap_malloc_aligned(t, 100, 64), 64, 0, 100));
	OK(holds(mi_theap_realloc(t, NULL, 100), 100));
	mi_theap_collect(t, true);
}

static void test_types(void)
{
	mi_heap_t *h = mi_heap_main();
	double *d = mi_mallocn_tp(double, 4);

	d = mi_reallocn_tp(double, d, 1000);
	OK(holds(d, 8000));
	OK(holds(mi_malloc_tp(double), 8) && holds_zero(mi_zalloc_tp(double), 8));
	OK(holds_zero(mi_calloc_tp(double, 4), 32));
	OK(holds_zero(mi_recalloc_tp(double, NULL, 4), 32));
	OK(holds(mi_heap_malloc_tp(double, h), 8) && holds_zero(mi_heap_zalloc_tp(double, h), 8));
	OK(holds_zero(mi_heap_calloc_tp(double, h, 4), 32) && holds(mi_heap_mallocn_tp(double, h, 4), 32));
	OK(holds(mi_heap_reallocn_tp(double, h, NULL, 4), 32));
	OK(holds_zero(mi_heap_recalloc_tp(double, h, NULL, 4), 32));
}

static void test_options(void)
{
	long delay = mi_option_get(mi_option_purge_delay);

	mi_option_set(mi_option_purge_delay, 33);
	OK(mi_option_get(mi_option_purge_delay) == 33 && mica_option_get(MICA_OPTION_PURGE_DELAY) == 33);
	mi_option_set_default(mi_option_purge_delay, 44);
	OK(mi_option_get(mi_option_purge_delay) == 33 && mi_option_purge_delay == 15);
	mi_option_set(mi_option_purge_delay, delay);
	mi_option_set_default(mi_option_os_tag, 3);
	mi_option_set(mi_option_os_tag, 5);
	mi_option_set_default(mi_option_os_tag, 6);
	OK(mi_option_get(mi_option_os_tag) == 5 && mi_option_get_clamp(mi_option_os_tag, 7, 9) == 7);
	mi_option_set(mi_option_arena_reserve, 2);
	OK(mi_option_get_size(mi_option_arena_reserve) == 2048);
	mi_option_enable(mi_option_allow_thp);
	OK(mi_option_is_enabled(mi_option_allow_thp) && mi_option_allow_thp == 43);
	mi_option_disable(mi_option_allow_thp);
	OK(!mi_option_is_enabled(mi_option_allow_thp));
	mi_option_set_enabled(mi_option_allow_thp, true);
	mi_option_set_enabled_default(mi_option_allow_thp, false);
	OK(mi_option_is_enabled(mi_option_allow_thp));
	mi_option_set(mi_option_allow_thp, 1);
	mi_option_set((mi_option_t)999, 1);
	OK(mi_option_get((mi_option_t)999) == 0 && mi_option_get((mi_option_t)-1) == 0);
}

static size_t text_len;

static void text(const char *msg, void *arg)
{
	text_len += strlen(msg);
	*(int *)arg += 1;
}

static bool told(int *calls)
{
	bool good = *calls > 0 && text_len > 10;

	*calls = 0;
	text_len = 0;
	return good;
}

static int error;

static void on_error(int err, void *arg)
{
	*(int *)arg = err;
}

static void on_deferred(bool force, unsigned long long heartbeat, void *arg)
{
	unsigned long long *last = arg;

	*last = force && heartbeat > *last ? heartbeat : 0;
}

static void test_text(void)
{
	unsigned long long beat = 0;
	mi_subproc_id_t id = mi_subproc_main();
	mi_heap_t *h = mi_heap_main();
	size_t rss = 0, peak = 0, commit = 0;
	mi_stats_t_decl(s);
	int calls = 0;
	char *json, small[8];

	mi_register_output(text, &calls);
	mi_stats_print(NULL);
	OK(told(&calls));
	mi_options_print();
	OK(told(&calls));
	mi_arenas_print();
	OK(told(&calls));
	mi_debug_show_arenas();
	OK(told(&calls));
	mi_register_output(NULL, NULL);
	mi_stats_print_out(text, &calls);
	OK(told(&calls));
	mi_thread_stats_print_out(text, &calls);
	OK(told(&calls));
	mi_options_print_out(text, &calls);
	OK(told(&calls));
	mi_process_info_print_out(text, &calls);
	OK(told(&calls));
	mi_process_info_print();
	mi_heap_stats_print_out(h, text, &calls);
	OK(told(&calls));
	mi_subproc_stats_print_out(id, text, &calls);
	OK(told(&calls));
	mi_subproc_heap_stats_print_out(id, text, &calls);
	OK(told(&calls));
	mi_register_error(on_error, &error);
	OK(!mi_malloc(PTRDIFF_MAX) && error == ENOMEM);
	mi_register_error(NULL, NULL);
	mi_register_deferred_free(on_deferred, &beat);
	mi_collect(true);
	OK(beat > 0);
	mi_collect_reduce(0);
	OK(beat > 1);
	mi_register_deferred_free(NULL, NULL);
	OK(mi_version() == MI_MALLOC_VERSION);
	mi_process_info(NULL, NULL, NULL, &rss, &peak, &commit, NULL, NULL);
	OK(rss && peak >= rss && commit);
	OK(mi_stats_get(&s) && s.pages.current > 0 && s.reserved.current >= s.committed.current);
	OK(mi_heap_stats_get(h, &s) && !mi_heap_stats_get(NULL, &s));
	OK(mi_subproc_stats_get(id, &s) && mi_subproc_stats_get_exclusive(id, &s));
	json = mi_stats_get_json(0, NULL);
	OK(json && json[0] == '{' && strstr(json, "\"malloc_bins\""));
	mi_free(json);
	OK(!mi_stats_get_json(sizeof(small), small));
	json = mi_heap_stats_get_json(h, 0, NULL);
	OK(json && !mi_heap_stats_get_json(NULL, 0, NULL));
	mi_free(json);
	json = mi_subproc_stats_get_json(id, 0, NULL);
	OK(json && json[0] == '{');
	mi_free(json);
	json = mi_stats_as_json(&s, 0, NULL);
	OK(json && json[0] == '{' && !mi_stats_as_json(&s, sizeof(small), small));
	mi_free(json);
	s.version = 1;
	OK(!mi_stats_get(&s) && !mi_stats_get(NULL));
	OK(mi_stats_get_bin_size(4) == 32 && mi_stats_get_bin_size(9) == 80 && mi_stats_get_bin_size(33) == 5120 && !mi_stats_get_bin_size(73));
	mi_heap_stats_merge_to_subproc(h);
	mi_stats_merge();
	mi_free(mi_malloc(1 << 22));
	mi_stats_reset();
	OK(mica_peak() - mica_used() < 1 << 22);
	mi_process_init();
	mi_thread_init();
	mi_thread_set_in_threadpool();
	mi_thread_done();
	OK(holds(mi_malloc(10), 10) && mica_check() == 0);
	mi_process_done();
}

int main(void)
{
	test_malloc();
	test_aligned();
	test_names();
	test_heaps();
	test_theaps();
	test_types();
	test_options();
	test_text();
	printf("1..%d\n", count);
	return failed != 0;
}
