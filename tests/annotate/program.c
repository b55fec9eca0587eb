/* SPDX-License-Identifier: MIT */
/*
 * What a checker is to see, one case a run: program <case>. tests/annotate/run.py
 * knows what is to be said of each. Invariant 7, as outsiders see it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <mica/mica.h>

static void *hide(void *p)
{
	__asm__("" : "+r"(p));
	return p;
}

static volatile char sink;

#define TOUCH(p) (sink = *(volatile char *)hide(p))

static void on_thread(void *(*work)(void *), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, arg) ||
	    pthread_join(thread, NULL))
		abort();
}

static void *free_it(void *p)
{
	mica_free(p);
	return NULL;
}

/* ---- nothing wrong --------------------------------------------------------------- */

static void need(int good)
{
	if (!good)
		abort();
}

static void clean_sizes(void)
{
	static const size_t sizes[] = {
		0, 1, 7, 8, 9, 24, 40, 1000, 4097, 70000, 1 << 20, 100u << 20,
	};
	char *p, *q;
	size_t k;

	for (k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		p = mica_malloc(sizes[k]);
		q = mica_calloc(1, sizes[k]);
		need(p && q);
		memset(p, 1, sizes[k] > 9999 ? 9999 : sizes[k]);
		if (sizes[k]) {
			p[sizes[k] - 1] = 1;
			need(!q[0] && !q[sizes[k] / 2] && !q[sizes[k] - 1]);
		}
		need(mica_usable_size(p) == (sizes[k] ? sizes[k] : 1));
		mica_free(p);
		mica_free(q);
	}
}

/* In place and moving, up and down: what is there is the program's. */
static void clean_realloc(void)
{
	size_t size, was = 100;
	char *p = mica_malloc(was);
	unsigned int k;

	memset(p, 1, was);
	for (k = 0; k < 400; k++) {
		size = 1 + k * 7919u % (k % 3 ? 2000 : 400000);
		p = mica_realloc(p, size);
		need(p && p[0] == 1 && p[(size < was ? size : was) - 1] == 1);
		memset(p, 1, size);
		was = size;
	}
	p = mica_realloc(p, 200000);
	need(mica_expand(p, 150000) == p);
	p[149999] = 1;
	p = mica_reallocf(p, 90);
	p[89] = 1;
	mica_free(p);
}

static void clean_aligned(void)
{
	size_t align;
	char *p;

	for (align = 8; align <= 1 << 20; align *= 2) {
		p = mica_malloc_aligned(align + 3, align);
		need(p && !((size_t)p % align));
		memset(p, 1, align + 3);
		p = mica_realloc_aligned(p, align * 2 + 5, align);
		p[align * 2 + 4] = 1;
		mica_free(p);
		p = mica_zalloc_aligned_at(77, align, 5);
		need(p && !p[76]);
		p[76] = 1;
		mica_free(p);
	}
}

#define SHARED 500u

static void *shared[SHARED];

static void *take_shared(void *unused)
{
	size_t k;

	for (k = 0; k < SHARED; k++) {
		shared[k] = mica_malloc(k % 300 + 1);
		memset(shared[k], 1, k % 300 + 1);
	}
	return unused;
}

/* A thread's blocks outlive it, and are freed by another, and by the next. */
static void clean_threads(void)
{
	unsigned int round;
	size_t k;

	for (round = 0; round < 3; round++) {
		on_thread(take_shared, NULL);
		for (k = 0; k < SHARED; k++)
			if (k % 2)
				mica_free(shared[k]);
			else if (k % 20 == 0)
				on_thread(free_it, shared[k]);
		for (k = 0; k < SHARED; k++)
			if (!(k % 2) && k % 20)
				mica_free(shared[k]);
	}
}

static bool see(void *context, const struct mica_area *area, void *block)
{
	(void)block;
	*(size_t *)context += area->block_bytes;
	return true;
}

/* What walks over free blocks is the core's own business. */
static void clean_walks(void)
{
	struct mica_visit cursor = { 0, 0 };
	struct mica_stats stats;
	size_t bytes = 0;
	void *p[64];
	int k;

	for (k = 0; k < 64; k++)
		p[k] = mica_malloc(50);
	for (k = 0; k < 64; k += 2)
		mica_free(p[k]);
	need(!mica_check());
	mica_stats(&stats);
	while (mica_visit_blocks(&cursor, 10, see, &bytes) == MICA_VISIT_MORE)
		;
	need(bytes >= 32 * 50);
	for (k = 1; k < 64; k += 2)
		mica_free(p[k]);
	mica_collect(true);
	need(!mica_check());
}

/* Purged memory comes back, and so does that of destroyed heaps. */
static void clean_heaps(void)
{
	unsigned int round, k;
	struct mica_heap *heap;
	char *p, *kept;

	for (round = 0; round < 4; round++) {
		heap = mica_heap_new(NULL);
		for (k = 0; k < 300; k++) {
			p = mica_heap_malloc(heap, k * 37 % 3000 + 1);
			memset(p, 1, k * 37 % 3000 + 1);
		}
		need(mica_heap_calloc(heap, 1, 300000) != NULL);
		need(!mica_heap_destroy(heap));
		heap = mica_heap_new(NULL);
		kept = mica_heap_malloc(heap, 60);
		memset(kept, 1, 60);
		need(!mica_heap_delete(heap));
		mica_collect(true);
		kept[59] = 2;
		mica_free(kept);
	}
}

/* Memory that a program lent is its own again. */
static void clean_region(void)
{
	size_t bytes = 4 << 20;
	char *mine = aligned_alloc(1 << 16, bytes), *p;
	struct mica_heap_setup setup = { .name = "lent" };
	struct mica_heap *heap;

	memset(mine, 1, bytes);
	need(!mica_region_add(mine, bytes, 0));
	setup.region = mine;
	heap = mica_heap_new(&setup);
	p = mica_heap_malloc(heap, 200);
	need(p > mine && p < mine + bytes);
	mica_free(p);
	need(!mica_heap_destroy(heap));
	need(!mica_region_remove(mine));
	memset(mine, 1, bytes);
	TOUCH(mine + bytes / 2);
	free(mine);
}

/* Nor has what mica gave back to the system anything of it. */
static void clean_address(void)
{
	size_t bytes = 200u << 20;
	char *p = mica_malloc(bytes), *again;

	need(p != NULL);
	mica_free(hide(p));
	p = (char *)((size_t)p & ~(size_t)4095);
	again = (char *)syscall(SYS_mmap, p, 8192, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS |
				MAP_FIXED_NOREPLACE, -1, 0);
	need(again == p);
	memset(again, 1, 8192);
	TOUCH(again + 5000);
	syscall(SYS_munmap, again, 8192);
}

/* A block of malloc's that only a block of mica's knows is no leak. */
static void *volatile kept_for_ever;

static void clean_owner(void)
{
	void *volatile *p = mica_malloc(sizeof(*p));

	*p = malloc(30);
	kept_for_ever = (void *)p;
}

static void clean(void)
{
	clean_sizes();
	clean_realloc();
	clean_aligned();
	clean_threads();
	clean_walks();
	clean_heaps();
	clean_region();
	clean_address();
	clean_owner();
}

/* ---- what is wrong ----------------------------------------------------------------- */

static char *forty(void)
{
	char *p = mica_malloc(40);

	memset(p, 1, 40);
	return p;
}

static void use_after_free(void)
{
	char *p = forty();

	mica_free(hide(p));
	TOUCH(p + 3);
}

static void use_of_first_byte(void)
{
	char *p = forty();

	mica_free(hide(p));
	TOUCH(p);
}

static void use_after_other_thread(void)
{
	char *p = forty();

	on_thread(free_it, hide(p));
	TOUCH(p + 39);
}

static void use_after_destroy(void)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	char *p = mica_heap_malloc(heap, 40);

	p[0] = 1;
	mica_heap_destroy(heap);
	TOUCH(p + 3);
}

static void use_after_move(void)
{
	char *p = forty(), *q = mica_realloc(hide(p), 4000);

	q[0] = 1;
	TOUCH(p + 3);
	mica_free(q);
}

static void overflow(void)
{
	char *p = forty();

	*(volatile char *)hide(p + 40) = 1;
}

static void overflow_of_a_class(void)
{
	size_t bytes = mica_good_size(40);
	char *p = mica_malloc(bytes);

	TOUCH(p + bytes);
}

static void overflow_of_a_run(void)
{
	char *p = mica_malloc(300001);

	TOUCH(p + 300001);
}

static void overflow_after_shrink(void)
{
	char *p = mica_malloc(40);

	p = mica_realloc(p, 33);
	TOUCH(p + 33);
}

static void underflow(void)
{
	char *p = forty(), *q = forty();

	/* One of them has a neighbour before it, whatever the order. */
	TOUCH((p > q ? p : q) - 1);
}

static void uninitialised(void)
{
	char *p = forty();

	mica_free(p);
	p = mica_malloc(40);
	if (*(volatile char *)hide(p + 5))
		puts("one");
	mica_free(p);
}

static void uninitialised_growth(void)
{
	char *p = forty();

	p = mica_realloc(p, 300);
	if (*(volatile char *)hide(p + 200))
		puts("one");
	mica_free(p);
}

static void leak(void)
{
	char *volatile p = forty();

	p = NULL;
	(void)p;
}

static void leak_in_a_leak(void)
{
	void *volatile *volatile p = mica_malloc(8);

	*p = mica_malloc(70000);
	p = NULL;
	(void)p;
}

#define CASE(name) { #name, name }

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	CASE(clean), CASE(use_after_free), CASE(use_of_first_byte),
	CASE(use_after_other_thread), CASE(use_after_destroy),
	CASE(use_after_move), CASE(overflow), CASE(overflow_of_a_class),
	CASE(overflow_of_a_run), CASE(overflow_after_shrink), CASE(underflow),
	CASE(uninitialised), CASE(uninitialised_growth), CASE(leak),
	CASE(leak_in_a_leak),
};

static __attribute__((noinline)) void wipe_stack(void)
{
	volatile char room[4096];
	size_t k;

	for (k = 0; k < sizeof(room); k++)
		room[k] = 0;
}

int main(int argc, char **argv)
{
	size_t k;

	for (k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		if (argc < 2 || strcmp(argv[1], cases[k].name))
			continue;
		cases[k].run();
		wipe_stack();
		return 0;
	}
	return 2;
}
