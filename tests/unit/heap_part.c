/* SPDX-License-Identifier: MIT */
/*
 * core/heap_part.h from inside: what contexts had of heaps that ended serves
 * other heaps, once no page says any more that it is its owner (invariant 5).
 */
#include "core/geometry.h"

#include "../harness.h"
#include "../threads.h"

#if MICA_HEAPS && MICA_CONTEXT == MICA_CONTEXT_THREAD

#include "core/heap_part.h"
#include "core/page.h"
#include "core/purge.h"
#include "core/walk.h"

#define ARENA ARENA_OF(64u << 20, 64u << 10)
#define ROUNDS 50u
/* Blocks of one class that fill a page, and begin another. */
#define FILLS ARENA_OF(70, 60)
#define SIZE ARENA_OF(1024, 16)

static unsigned int parts(void)
{
	const struct mica_part *part;
	unsigned int n = 0;

	for (part = part_first(); part; part = part_next(part))
		n++;
	return n;
}

/* As many of each heap, all of which is deleted: @live of them stay. */
static void heap_of_blocks(void **blocks, unsigned int n, unsigned int live)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	unsigned int k;

	REQUIRE(heap);
	for (k = 0; k < n; k++)
		CHECK(blocks[k] = mica_heap_malloc(heap, SIZE));
	for (k = live; k < n; k++)
		mica_free(blocks[k]);
	CHECK_EQ(mica_heap_delete(heap), 0);
}

/* As many pages say that they are its as it counts. */
static size_t pages_of(const struct mica_part *part)
{
	struct region *region;
	struct page *page;
	size_t k, n = 0;
	slice_t i;

	for (k = 0; k < mica_nr_regions; k++) {
		region = mica_regions[k];
		if (!region)
			continue;
		for (i = region->runs.first_slice; i < runs_end(&region->runs);
		     i = walk_next(&region->runs, i)) {
			page = run_kind(&region->runs, i) == RUN_PAGE ?
				page_published(&region->runs, i) : NULL;
			n += page && page_owner(page) == part;
		}
	}
	return n;
}

static void check_counts(void)
{
	const struct mica_part *part;

	for (part = part_first(); part; part = part_next(part))
		CHECK_EQ(part->owned, pages_of(part));
}

/* A page that was not full is nobody's: its part is free at once. */
TEST(heap_parts_serve_the_next, .arena = ARENA)
{
	void *blocks[1];
	unsigned int before, k;

	heap_of_blocks(blocks, 1, 0);
	before = parts();
	for (k = 0; k < ROUNDS; k++) {
		heap_of_blocks(blocks, 1, k % 2);
		if (k % 2)
			mica_free(blocks[0]);
	}
	CHECK_EQ(parts(), before);
	check_counts();
}

/* Full pages keep the part of the deleted heap until they are settled. */
TEST(heap_parts_wait_for_full_pages, .arena = ARENA)
{
	static void *blocks[4][FILLS];
	unsigned int before, k, i, j;

	for (k = 0; k < 4; k++)
		heap_of_blocks(blocks[k], FILLS, FILLS);
	check_counts();
	before = parts();
	for (j = 0; j < ROUNDS; j++) {
		for (k = 0; k < 4; k++)
			for (i = 0; i < FILLS; i++)
				mica_free(blocks[k][i]);
		check_counts();
		for (k = 0; k < 4; k++)
			heap_of_blocks(blocks[k], FILLS, FILLS);
	}
	CHECK_EQ(parts(), before);
	CHECK_MICA();
	for (k = 0; k < 4; k++)
		for (i = 0; i < FILLS; i++)
			mica_free(blocks[k][i]);
	check_counts();
}

/* ---- stripped pages ------------------------------------------------------------ */

#define STRIPS 24u	/* pages, more than may wait for their owner */

static void free_many(void *arg)
{
	void **blocks = arg;

	for (; *blocks; blocks++)
		mica_free(*blocks);
}

/* What is settled no more is counted as stripped no more (invariant 6). */
TEST(heap_destroyed_with_stripped_pages, .arena = 64u << 20, .contexts = 2,
     .needs = TEST_TABLE | TEST_LAZY)
{
	static void *blocks[STRIPS * 64 + 1];
	struct mica_heap *heap = mica_heap_new(NULL);
	uintptr_t before = mica_stripped_bytes;
	struct mica_part *part;
	struct thread t;
	unsigned int k;

	REQUIRE(heap);
	for (k = 0; k < STRIPS * 64; k++)
		REQUIRE((blocks[k] = mica_heap_malloc(heap, 1024)));
	part = mica_heap_part(heap);
	REQUIRE(thread_start(&t, free_many, blocks));
	thread_join(&t);
	CHECK(mica_stripped_bytes > before);
	CHECK(part->nr_listed);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_EQ(mica_stripped_bytes, before);
	CHECK_EQ(part->nr_listed, 0);
	CHECK(!part->pages && !part->pages_most);
}

/* ---- a current heap that another thread ends ------------------------------------- */

struct looker {
	struct mica_heap *heap;
	struct mica_part *part;
	struct thread_barrier all;
};

static void look_at_heap(void *arg)
{
	struct looker *l = arg;
	struct mica_heap *aside = mica_heap_new(NULL);
	void *p, *q;

	REQUIRE(aside);
	CHECK(mica_heap_set_current(l->heap) == mica_heap_main());
	l->part = mica_heap_part(l->heap);
	p = mica_malloc(SIZE);
	barrier_wait(&l->all);
	barrier_wait(&l->all);
	/* Its slow path hears of it, but what is looked at stays. */
	q = mica_heap_malloc(aside, SIZE);
	CHECK_INV(5, l->part->context != PART_POOLED);
	CHECK(mica_heap_current() == mica_heap_main());
	mica_free(mica_malloc(SIZE));
	CHECK(mica_heap_set_current(mica_heap_main()) == mica_heap_main());
	CHECK_INV(5, l->part->context == PART_POOLED);
	mica_free(p);
	mica_free(q);
	CHECK_EQ(mica_heap_destroy(aside), 0);
}

TEST(heap_deleted_while_current_elsewhere, .arena = ARENA, .contexts = 2)
{
	struct looker l = { .heap = mica_heap_new(NULL) };
	struct thread t;

	REQUIRE(l.heap);
	barrier_init(&l.all, 2);
	REQUIRE(thread_start(&t, look_at_heap, &l));
	barrier_wait(&l.all);
	CHECK_EQ(mica_heap_delete(l.heap), 0);
	barrier_wait(&l.all);
	thread_join(&t);
	check_counts();
}

#elif HEAPS_SHARED

#include "core/frees.h"
#include "core/heap_part.h"

/* Each part is being collected by another core: one is there all the same. */
TEST(heap_part_while_all_are_collected, .arena = 64u << 10, .contexts = 2)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	unsigned int self = (unsigned int)(part_main(part_self()) - mica_parts);
	uintptr_t by = (self + 1) % MICA_CORES << PART_WORD_SHIFT |
		       PART_COLLECTED;
	struct mica_part *part;
	void *p;

	REQUIRE(heap);
	for (part = heap_part_first(heap); part; part = heap_part_next(heap, part))
		store_seq(&part->context, by);
	CHECK(!part_is_held(heap_part_first(heap)));
	p = mica_heap_malloc(heap, 16);
	CHECK(p && mica_heap_of(p) == heap);
	for (part = heap_part_first(heap); part; part = heap_part_next(heap, part))
		if (part->context == by)
			store_seq(&part->context, PART_POOLED);
	CHECK_INV(4, mica_heap_part(heap) == heap_part_first(heap));
	mica_free(p);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

#endif
