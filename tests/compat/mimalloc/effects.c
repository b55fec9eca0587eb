/* SPDX-License-Identifier: MIT */
/*
 * What is seen only by what is left: of functions that free, collect, end, print
 * and set. Prints TAP.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include "tap.h"

static struct mica_stats now(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return stats;
}

/* ---- frees -------------------------------------------------------------------- */

static size_t before;

static void *block(size_t size)
{
	void *p = mi_malloc_aligned(size, 64);

	before = now().live_blocks;
	return p;
}

static bool gone(void)
{
	return now().live_blocks == before - 1;
}

static void test_frees(void)
{
	volatile size_t most = PTRDIFF_MAX;

	mi_free(block(100));
	OK(gone());
	mi_free_small(block(100));
	OK(gone());
	mi_free_size(block(100), 100);
	OK(gone());
	mi_free_aligned(block(100), 64);
	OK(gone());
	mi_free_size_aligned(block(100), 100, 64);
	OK(gone());
	mi_cfree(block(100));
	OK(gone());
	mi_ufree(block(100), NULL);
	OK(gone());
	OK(!mi_reallocf(block(100), most) && gone());
	OK(!mi_heap_reallocf(mi_heap_main(), block(100), most) && gone());
	OK(!mi_realloc(block(100), most) && !gone());
}

/* ---- what is kept for later ----------------------------------------------------- */

static size_t used(mi_heap_t *heap)
{
	struct mica_heap_usage usage;

	return mica_heap_usage((struct mica_heap *)heap, &usage) ? 0 : usage.used_bytes;
}

/* Its blocks are free, and a page is kept. */
static mi_heap_t *kept(void)
{
	mi_heap_t *heap = mi_heap_new();
	void *p[100];

	for (int k = 0; k < 100; k++)
		p[k] = mi_heap_malloc(heap, 500);
	for (int k = 0; k < 100; k++)
		mi_free(p[k]);
	return heap;
}

static void test_collect(void)
{
	mi_heap_t *heap = kept();

	OK(used(heap) > 0);
	mi_heap_collect(heap, false);
	OK(used(heap) == 0);
	mi_heap_destroy(heap);
	heap = kept();
	OK(used(heap) > 0);
	mi_theap_collect(mi_heap_theap(heap), true);
	OK(used(heap) == 0);
	mi_theap_collect(NULL, true);
	mi_heap_destroy(heap);
}

/* Freed memory that nobody purges yet goes at once. */
static void test_purge(void)
{
	long delay = mi_option_get(mi_option_purge_delay);
	uint64_t purged;

	mi_option_set(mi_option_purge_delay, 100000);
	memset(block(20 << 20), 1, 100);
	purged = now().purged_bytes;
	mi_free(mi_malloc(20 << 20));
	mi_collect(true);
	OK(now().purged_bytes > purged);
	purged = now().purged_bytes;
	memset(mi_malloc(5 << 20), 1, 5 << 20);
	mi_free(memset(mi_malloc(5 << 20), 1, 5 << 20));
	mi_collect_reduce(0);
	OK(now().purged_bytes > purged);
	mi_option_set(mi_option_purge_delay, delay);
}

/* ---- heaps that end ----------------------------------------------------------------- */

static bool no_area(const mi_heap_t *heap, const mi_heap_area_t *area, void *p, size_t size, void *arg)
{
	(void)heap, (void)area, (void)p, (void)size, (void)arg;
	return true;
}

static void test_ends(void)
{
	mi_heap_t *a = mi_heap_new_ex(3, true, NULL), *b = mi_heap_new();
	void *p = mi_heap_malloc(a, 100), *q = mi_heap_malloc(b, 100);
	uint64_t ended = now().contexts_ended;

	OK(a && mi_heap_contains(a, p) && mi_heap_visit_blocks(a, false, no_area, NULL));
	mi_heap_delete(a);
	OK(!mi_heap_visit_blocks(a, false, no_area, NULL) && mi_heap_contains(mi_heap_main(), p));
	mi_heap_destroy(b);
	OK(!mi_heap_visit_blocks(b, false, no_area, NULL) && !mi_any_heap_contains(q));
	/* What is none: nothing happens. */
	mi_heap_delete(a);
	mi_heap_delete(NULL);
	mi_heap_destroy(b);
	mi_heap_destroy(NULL);
	mi_heap_delete(mi_heap_main());
	mi_heap_destroy(mi_heap_main());
	OK(mi_heap_contains(mi_heap_main(), p) && !mi_heap_malloc(a, 1) && !mi_heap_theap(b));
	OK(!mi_heap_set_default(a) && mi_heap_get_default() == mi_heap_main());
	mi_free(p);
	mi_thread_done();
	OK(now().contexts_ended == ended + 1);
	OK(holds(mi_malloc(10), 10) && mica_check() == 0);
}

/* ---- current heaps ------------------------------------------------------------------- */

static void test_current(void)
{
	mi_heap_t *heap = mi_heap_new();
	mi_theap_t *theap = mi_heap_theap(heap), *old;
	void *p;

	OK(mi_heap_set_default(heap) == mi_heap_main() && mi_heap_get_default() == heap);
	p = mi_malloc(10);
	OK(mi_heap_contains(heap, p) && mi_theap_get_default() == theap);
	OK(mi_heap_set_default(mi_heap_main()) == heap);
	old = mi_theap_set_default(theap);
	OK(old == mi_heap_theap(mi_heap_main()) && mi_theap_get_default() == theap);
	p = mi_strdup("mica");
	OK(mi_heap_contains(heap, p));
	OK(mi_theap_set_default(old) == theap && mi_heap_get_default() == mi_heap_main());
	p = mi_theap_zalloc(theap, 5);
	OK(mi_heap_contains(heap, p) && all(p, 0, 0, mi_usable_size(p)));
	p = mi_theap_calloc(theap, 2, 5);
	OK(mi_heap_contains(heap, p) && all(p, 0, 0, mi_usable_size(p)));
	OK(!mi_theap_calloc(theap, SIZE_MAX, 5));
	mi_heap_destroy(heap);
}

/* ---- options and text ------------------------------------------------------------------ */

static void test_options(void)
{
	mi_option_set_default(mi_option_max_warnings, 7);
	OK(mi_option_get(mi_option_max_warnings) == 7);
	mi_option_set_enabled_default(mi_option_disallow_os_alloc, true);
	OK(mi_option_is_enabled(mi_option_disallow_os_alloc));
	mi_option_disable(mi_option_disallow_os_alloc);
	OK(!mi_option_is_enabled(mi_option_disallow_os_alloc));
	mi_option_enable(mi_option_disallow_os_alloc);
	OK(mi_option_is_enabled(mi_option_disallow_os_alloc));
	mi_option_set_enabled(mi_option_disallow_os_alloc, false);
	OK(!mi_option_is_enabled(mi_option_disallow_os_alloc));
}

static void keep(const char *msg, void *arg)
{
	char *all = arg;

	strncat(all, msg, 8000 - strlen(all));
}

static bool printed(char *all, const char *word)
{
	bool good = strstr(all, word) != NULL;

	*all = '\0';
	return good;
}

static void test_output(void)
{
	static char all[8192];

	mi_register_output(keep, all);
	mi_process_info_print();
	OK(printed(all, "process: "));
	mi_stats_print(NULL);
	OK(printed(all, "live_blocks"));
	mi_options_print();
	OK(printed(all, "purge_delay"));
	mi_heap_stats_print_out(mi_heap_main(), NULL, NULL);
	OK(printed(all, "heap main at "));
	mi_heap_stats_print_out(NULL, NULL, NULL);
	OK(!all[0]);
	mi_register_output(NULL, NULL);
	mi_subproc_heap_stats_print_out(mi_subproc_main(), keep, all);
	OK(printed(all, "heap main at "));
	mi_subproc_stats_print_out(mi_subproc_main(), keep, all);
	OK(printed(all, "live_blocks"));
}

/* ---- memory of the program's own -------------------------------------------------------- */

static void test_managed(void)
{
	size_t unit = (size_t)1 << 26;
	char *raw = mmap(NULL, 2 * unit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *own = (char *)(((uintptr_t)raw + unit - 1) & ~(uintptr_t)(unit - 1));

	OK(mi_arena_min_alignment() >= 4096 && !(mi_arena_min_alignment() & (mi_arena_min_alignment() - 1)));
	OK(!mi_is_in_heap_region(own + unit / 2));
	OK(mi_manage_os_memory(own, unit, true, false, true, -1) && mi_is_in_heap_region(own + unit / 2));
	OK(!mi_manage_os_memory(NULL, unit, true, false, true, -1));
}

int main(void)
{
	test_frees();
	test_collect();
	test_purge();
	test_ends();
	test_current();
	test_options();
	test_output();
	test_managed();
	printf("1..%d\n", count);
	return failed != 0;
}
