/* SPDX-License-Identifier: MIT */
/*
 * Arenas, large pages, and the options of memory: the effect of each. Prints TAP.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "tap.h"

static void test_options(void)
{
	mi_option_set(mi_option_allow_thp, 0);
	OK(mica_option_get(MICA_OPTION_HUGE_PAGES) == 0);
	mi_option_set(mi_option_allow_thp, 1);
	mi_option_set(mi_option_purge_decommits, 0);
	OK(mica_option_get(MICA_OPTION_PURGE_DECOMMITS) == 0);
	mi_option_set(mi_option_purge_decommits, 1);
	mi_option_set(mi_option_minimal_purge_size, 128);
	OK(mica_option_get(MICA_OPTION_PURGE_MINIMAL) == 128 && mi_option_get_size(mi_option_minimal_purge_size) == 128 << 10);
	mi_option_set(mi_option_minimal_purge_size, 0);
	mi_option_set(mi_option_arena_eager_commit, 1);
	OK(mica_option_get(MICA_OPTION_EAGER_COMMIT) == 1 && mi_option_get(mi_option_arena_eager_commit) == 1);
	mi_option_set(mi_option_arena_eager_commit, 2);
	OK(mica_option_get(MICA_OPTION_EAGER_COMMIT) == 0 && mi_option_get(mi_option_arena_eager_commit) == 2);
	mi_option_set(mi_option_allow_large_os_pages, 1);
	OK(mica_option_get(MICA_OPTION_HUGE_PAGES) == 2);
	mi_option_set(mi_option_allow_large_os_pages, 0);
	OK(mica_option_get(MICA_OPTION_HUGE_PAGES) == 1);
	mi_option_set(mi_option_reserve_huge_os_pages, 3);
	mi_option_set(mi_option_reserve_huge_os_pages_at, 1);
	mi_option_set(mi_option_reserve_os_memory, 1 << 20);
	OK(mica_option_get(MICA_OPTION_RESERVE_HUGE_PAGES) == 3 && mica_option_get(MICA_OPTION_RESERVE_NODE) == 1);
	OK(mica_option_get(MICA_OPTION_RESERVE_MEMORY) == 1 << 20 && mi_option_get_size(mi_option_reserve_os_memory) == (size_t)1 << 30);
}

/* Of several units; a heap's alone. */
static void test_exclusive(void)
{
	size_t size = 0, big = (size_t)160 << 20;
	mi_arena_id_t a = NULL;
	mi_heap_t *heap;
	char *p, *q;

	OK(mi_reserve_os_memory_ex(big, false, true, true, &a) == 0 && mi_arena_area(a, &size) == a && size == big);
	heap = mi_heap_new_in_arena(a);
	OK(heap != NULL);
	p = mi_heap_malloc(heap, 40 << 20);
	q = mi_heap_malloc(heap, 40 << 20);
	OK(p && q && mi_arena_contains(a, p) && mi_arena_contains(a, q + (40 << 20) - 1));
	OK(!mi_heap_malloc(heap, 100 << 20));
	q = mi_malloc(40 << 20);
	OK(q && !mi_arena_contains(a, q));
	mi_free(q);
	mi_heap_destroy(heap);
	OK(mica_check() == 0);
}

static unsigned int commits, decommits;
static bool refuse;

static bool committer(bool commit, void *start, size_t size, bool *is_zero, void *arg)
{
	OK(arg == &refuse && is_zero && size && !((uintptr_t)start & 4095));
	commits += commit;
	decommits += !commit;
	return !refuse;
}

static void test_callbacks(char *own)
{
	mi_arena_id_t a = own;
	mi_heap_t *heap;

	refuse = true;
	OK(!mi_manage_memory(own, 8 << 20, false, false, false, -1, true, committer, &refuse, &a) && !a && commits == 1);
	OK(!mica_owns(own + (4 << 20)));
	refuse = false;
	OK(mi_manage_memory(own, 8 << 20, false, false, false, -1, true, committer, &refuse, &a) && a == own && commits == 2);
	heap = mi_heap_new_in_arena(a);
	OK(mi_heap_malloc(heap, 1 << 20) && commits > 2 && !decommits);
	mi_heap_destroy(heap);
	mi_collect(true);
	OK(decommits > 0);
	/* Committed already: nobody is asked to. Pinned: nobody is asked for it back. */
	commits = decommits = 0;
	own += 1 << 26;		/* a unit has one region */
	OK(mi_manage_memory(own, 8 << 20, true, true, false, -1, true, committer, &refuse, &a));
	heap = mi_heap_new_in_arena(a);
	OK(mi_heap_malloc(heap, 1 << 20));
	mi_heap_destroy(heap);
	mi_collect(true);
	OK(!commits && !decommits && mica_check() == 0);
	/* Not committed, and no callback: the kernel is asked. */
	own += 1 << 26;
	OK(mprotect(own, 8 << 20, PROT_NONE) == 0);
	OK(mi_manage_os_memory_ex(own, 8 << 20, false, false, true, -1, true, &a));
	heap = mi_heap_new_in_arena(a);
	OK(holds_zero(mi_heap_zalloc(heap, 1 << 20), 1 << 20));
	mi_heap_destroy(heap);
}

static unsigned int warned;

static void warning(void *context, const char *line, size_t len)
{
	(void)context;
	warned += len > 27 && !strncmp(line, "mica: warning: huge pages: ", 27);
}

#define HUGE "/sys/kernel/mm/hugepages/hugepages-1048576kB/"

static long huge_read(const char *path)
{
	FILE *f = fopen(path, "r");
	long now = -1;

	if (f && fscanf(f, "%ld", &now) != 1)
		now = -1;
	if (f)
		fclose(f);
	return now;
}

static long huge_aside(long n)
{
	FILE *f = fopen(HUGE "nr_hugepages", "w");

	if (f) {
		fprintf(f, "%ld\n", n);
		fclose(f);
	}
	return huge_read(HUGE "nr_hugepages");
}

/* One page of 1 GiB, if the kernel sets one aside. */
static void test_huge_there(void)
{
	size_t size = 0;
	mi_arena_id_t a;
	char *p;

	OK(mi_reserve_huge_os_pages_at_ex(1, 0, 10000, true, &a) == 0 && a);
	OK(mi_arena_area(a, &size) == a && size == (size_t)1 << 30);
	p = mi_heap_malloc(mi_heap_new_in_arena(a), 50 << 20);
	OK(p && mi_arena_contains(a, p));
}

static void test_huge(void)
{
	static const struct mica_output warnings = { warning, NULL };
	mi_arena_id_t b = &warned;
	long aside = huge_read(HUGE "nr_hugepages"), idle = huge_read(HUGE "free_hugepages");
	size_t more = idle > 0 ? (size_t)idle + 1 : 1, got = 9;

	mica_on_warning(&warnings);
	OK(mi_reserve_huge_os_pages(0, 1.0, &got) == 0 && !got);
	/* This one takes what there is; the others find none. */
	OK(mi_reserve_huge_os_pages_interleave(more, 0, 10000) == (more > 1 ? 0 : ENOMEM) && warned == 1);
	OK(mi_reserve_huge_os_pages_at(1, 0, 10) == ENOMEM && warned == 2);
	OK(mi_reserve_huge_os_pages_at_ex(1, 0, 10, false, &b) == ENOMEM && !b && warned == 3);
	OK(mi_reserve_huge_os_pages(1, 1.0, &got) == ENOMEM && !got && warned == 4);
	/* A program that is about to fail would leave it set aside. */
	if (aside == 0 && !getenv("MICA_NOOP") && huge_aside(1) == 1)
		test_huge_there();
	else
		printf("# not looked at: no page of 1 GiB can be set aside\n");
	if (aside == 0)
		huge_aside(0);
	mica_on_warning(NULL);
}

static void test_arenas(void)
{
	size_t size = 0;
	mi_arena_id_t a = NULL, b;
	char *raw = mmap(NULL, (size_t)6 << 26, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *own = (char *)(((uintptr_t)raw + (1 << 26) - 1) & ~(uintptr_t)((1 << 26) - 1));

	OK(mi_reserve_os_memory_ex(1 << 20, true, false, false, &a) == 0 && a);
	OK(mi_arena_area(a, &size) == a && size == 1 << 20);
	OK(mi_arena_contains(a, (char *)a + 5) && !mi_arena_contains(a, &size) && mica_owns(a));
	OK(mi_reserve_os_memory(1 << 20, true, false) == 0 && mi_reserve_os_memory(0, true, false) == ENOMEM);
	OK(mi_manage_os_memory_ex(own, 1 << 20, true, false, true, -1, false, &b) && b == own);
	OK(!mi_manage_os_memory(own, 1 << 20, true, false, true, -1));
	OK(mi_arena_min_size() >= mi_arena_min_alignment());
	test_exclusive();
	test_callbacks(own + (1 << 26));
	test_huge();
}

int main(void)
{
	test_options();
	test_arenas();
	printf("1..%d\n", count);
	return failed != 0;
}
