/* SPDX-License-Identifier: MIT */
/*
 * Bad input: heaps that are none, pointers of others, options that there are not,
 * memory that is not what it should be; and a walk while others allocate. Each is
 * refused, and nothing has changed. Prints TAP.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <mimalloc-stats.h>
#include "tap.h"

static bool never(const mi_heap_t *heap, const mi_heap_area_t *area, void *block, size_t size, void *arg)
{
	(void)heap, (void)area, (void)block, (void)size;
	*(bool *)arg = true;
	return true;
}

/* Everything that takes a heap, with one that is none. */
static void refuse(mi_heap_t *none)
{
	char *p = mi_malloc(40);
	bool seen = false;
	mi_stats_t_decl(s);

	memset(p, 7, 40);
	OK(!mi_heap_malloc(none, 10) && !mi_heap_zalloc(none, 10) && !mi_heap_calloc(none, 2, 10));
	OK(!mi_heap_mallocn(none, 2, 10) && !mi_heap_malloc_small(none, 10) && !mi_heap_zalloc_small(none, 10));
	OK(!mi_heap_realloc(none, NULL, 10) && !mi_heap_reallocn(none, NULL, 2, 10));
	OK(!mi_heap_rezalloc(none, NULL, 10) && !mi_heap_recalloc(none, NULL, 2, 10));
	OK(!mi_heap_strdup(none, "mica") && !mi_heap_strndup(none, "mica", 2) && !mi_heap_realpath(none, "/", NULL));
	OK(!mi_heap_malloc_aligned(none, 10, 64) && !mi_heap_malloc_aligned_at(none, 10, 64, 8));
	OK(!mi_heap_zalloc_aligned(none, 10, 64) && !mi_heap_zalloc_aligned_at(none, 10, 64, 8));
	OK(!mi_heap_calloc_aligned(none, 2, 10, 64) && !mi_heap_calloc_aligned_at(none, 2, 10, 64, 8));
	OK(!mi_heap_realloc_aligned(none, NULL, 10, 64) && !mi_heap_realloc_aligned_at(none, NULL, 10, 64, 8));
	OK(!mi_heap_rezalloc_aligned(none, NULL, 10, 64) && !mi_heap_rezalloc_aligned_at(none, NULL, 10, 64, 8));
	OK(!mi_heap_recalloc_aligned(none, NULL, 2, 10, 64) && !mi_heap_recalloc_aligned_at(none, NULL, 2, 10, 64, 8));
	OK(!mi_heap_contains(none, p) && !mi_heap_contains_block(none, p) && !mi_heap_check_owned(none, p));
	OK(!mi_heap_theap(none) && !mi_heap_set_default(none) && mi_heap_get_default() == mi_heap_main());
	OK(!mi_heap_visit_blocks(none, true, never, &seen) && !mi_heap_visit_abandoned_blocks(none, true, never, &seen) && !seen);
	OK(!mi_heap_stats_get(none, &s) && !mi_heap_stats_get_json(none, 0, NULL));
	mi_heap_stats_print_out(none, NULL, NULL);
	mi_heap_stats_merge_to_subproc(none);
	mi_heap_collect(none, true);
	mi_heap_set_numa_affinity(none, 0);
	OK(!mi_unsafe_heap_page_is_under_utilized(none, p, 50));
	mi_heap_delete(none);
	mi_heap_destroy(none);
	OK(all(p, 7, 0, 40) && mi_usable_size(p) >= 40 && mica_check() == 0);
	mi_free(p);
}

static void test_heaps(void)
{
	mi_heap_t *gone = mi_heap_new();
	char *p = mi_heap_malloc(gone, 10);

	refuse(NULL);
	mi_heap_delete(gone);
	refuse(gone);
	mi_free(p);
	gone = mi_heap_new();
	mi_heap_destroy(gone);
	refuse(gone);
	OK(!mi_heap_new_in_arena(p) && !mi_heap_new_ex(0, true, &gone));
}

static void test_parts(void)
{
	bool seen = false;

	OK(!mi_theap_malloc(NULL, 10) && !mi_theap_zalloc(NULL, 10) && !mi_theap_calloc(NULL, 2, 10));
	OK(!mi_theap_malloc_small(NULL, 10) && !mi_theap_zalloc_small(NULL, 10));
	OK(!mi_theap_malloc_aligned(NULL, 10, 64) && !mi_theap_realloc(NULL, NULL, 10));
	OK(!mi_theap_set_default(NULL) && !mi_theap_visit_blocks(NULL, true, never, &seen) && !seen);
	mi_theap_collect(NULL, true);
}

static void test_pointers(void)
{
	static char foreign[100];
	char local[100];

	OK(!mi_heap_of(foreign) && !mi_heap_of(local) && !mi_any_heap_contains(foreign));
	OK(!mi_check_owned(local) && !mi_is_in_heap_region(local) && !mi_heap_contains(mi_heap_main(), foreign));
	mi_cfree(foreign);
	mi_cfree(local);
	OK(!mi_strdup(NULL) && !mi_strndup(NULL, 3) && !mi_wcsdup(NULL) && !mi_mbsdup(NULL));
	OK(mi_usable_size(NULL) == 0 && !mi_expand(NULL, 10));
	mi_free(NULL);
	mi_free_size(NULL, 10);
	OK(!mi_malloc_aligned(10, 0) && !mi_malloc_aligned(10, 48) && !mi_memalign(48, 10) && !mi_aligned_alloc(0, 10));
	OK(mica_check() == 0);
}

static void test_options(void)
{
	const mi_option_t none[] = { (mi_option_t)-1, _mi_option_last, (mi_option_t)1000 };

	for (int k = 0; k < 3; k++) {
		mi_option_set(none[k], 5);
		mi_option_set_default(none[k], 5);
		mi_option_enable(none[k]);
		mi_option_set_enabled(none[k], true);
		mi_option_set_enabled_default(none[k], true);
		OK(mi_option_get(none[k]) == 0 && !mi_option_is_enabled(none[k]) && mi_option_get_size(none[k]) == 0);
		OK(mi_option_get_clamp(none[k], 3, 9) == 3);
		mi_option_disable(none[k]);
	}
	mi_option_set(mi_option_purge_delay, -2);
	mi_option_set_default(mi_option_purge_delay, -2);
	OK(mi_option_get(mi_option_purge_delay) >= -1);
	mi_option_set(mi_option_allow_thp, 77);
	OK(mi_option_get(mi_option_allow_thp) <= 2);
}

/* ---- memory that is not what it should be ------------------------------------------- */

static bool lie(bool commit, void *start, size_t size, bool *is_zero, void *arg)
{
	(void)start, (void)size;
	*is_zero = true;		/* it is not */
	*(unsigned int *)arg += commit;
	return true;
}

static void test_memory(void)
{
	size_t unit = (size_t)1 << 26;
	char *raw = mmap(NULL, 3 * unit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *own = (char *)(((uintptr_t)raw + unit - 1) & ~(uintptr_t)(unit - 1));
	unsigned int asked = 0;
	mi_arena_id_t id = &asked;
	size_t size = 1;
	void *p;

	OK(!mi_manage_os_memory_ex(NULL, unit, true, false, true, -1, true, &id) && !id);
	OK(!mi_manage_os_memory_ex(own, 100, true, false, true, -1, true, &id) && !id);
	OK(!mi_manage_os_memory_ex(own, SIZE_MAX, true, false, true, -1, true, &id) && !id);
	OK(!mi_arena_area(own, &size) && !size && !mi_arena_area(NULL, NULL) && !mi_arena_contains(NULL, own));
	OK(!mi_is_in_heap_region(own + unit / 2));
	/* It does not begin where it may, and says of dirty memory that it is zero. */
	memset(own, 0x5a, 8 << 20);
	OK(mi_manage_memory(own + 24, (8 << 20) - 24, false, false, true, -1, true, lie, &asked, &id) && asked);
	p = mi_heap_zalloc(mi_heap_new_in_arena(id), 100000);
	OK(p && (uintptr_t)p % 16 == 0 && all(p, 0, 0, 100000) && mica_check() == 0);
	OK(mi_reserve_os_memory_ex(0, true, true, false, &id) != 0 && !id);
	OK(mi_reserve_os_memory_ex(SIZE_MAX / 2, true, true, false, &id) != 0 && !id);
}

/* ---- a walk while others allocate ------------------------------------------------------- */

static mi_heap_t *busy;
static bool stop;

static void *come_and_go(void *arg)
{
	void *kept[64] = { NULL };

	(void)arg;
	for (unsigned int k = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); k++) {
		mi_free(kept[k % 64]);
		kept[k % 64] = mi_heap_malloc(busy, 16 + k % 1000);
	}
	for (int k = 0; k < 64; k++)
		mi_free(kept[k]);
	return NULL;
}

static bool find(const mi_heap_t *heap, const mi_heap_area_t *area, void *block, size_t size, void *arg)
{
	void **marks = arg;

	for (int k = 0; block && k < 10; k++)
		if (marks[k] == block)
			marks[k + 10] = block;
	return heap == busy && (!block || size == area->block_size);
}

static void test_walk(void)
{
	void *marks[20];
	pthread_t thread;
	bool good = true;

	busy = mi_heap_new();
	pthread_create(&thread, NULL, come_and_go, NULL);
	for (int k = 0; k < 10; k++)
		marks[k] = mi_heap_malloc(busy, 16 + 100 * k);
	for (int n = 0; n < 200; n++) {
		mi_stats_t_decl(s);

		memset(marks + 10, 0, 10 * sizeof(*marks));
		good = good && mi_heap_visit_blocks(busy, true, find, marks);
		good = good && !memcmp(marks, marks + 10, 10 * sizeof(*marks));
		good = good && mi_heap_stats_get(busy, &s) && s.malloc_normal_count.total >= 10;
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	OK(good);
	mi_heap_destroy(busy);
	OK(mica_check() == 0);
}

int main(void)
{
	test_heaps();
	test_parts();
	test_pointers();
	test_options();
	test_memory();
	test_walk();
	printf("1..%d\n", count);
	return failed != 0;
}
