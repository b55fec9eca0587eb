/* SPDX-License-Identifier: MIT */
/*
 * core/heap_solo.c from inside: heaps on one core. What a heap has is on its
 * rings and its list, which mica_check() holds against what lies in memory
 * (invariants 4 and 6); and who ends a heap finds all of it there.
 */
#include "core/geometry.h"

#if HEAPS_SOLO

#include "../model.h"
#include "core/engine.h"
#include "core/rare.h"

#define SMALL 48
#define LARGE 300
#define BLOCKS 64	/* enough that the class is not rare, and some pages full */

static void *blocks[BLOCKS];

static struct page *page_of(const void *p)
{
	return page_at(map_find((uintptr_t)p), (uintptr_t)p);
}

static struct mica_part *part_of_heap(const struct mica_heap *heap)
{
	return &mica_parts[heap_number(heap)];
}

/* Of one size. Return: the first page that is full. */
static struct page *fill_pages(struct mica_heap *heap)
{
	struct page *page, *full = NULL;
	unsigned int k;

	for (k = 0; k < BLOCKS; k++) {
		blocks[k] = mica_heap_malloc(heap, SMALL);
		if (!CHECK(blocks[k]))
			return NULL;
		fill(blocks[k], SMALL, k);
	}
	for (k = 0; k < BLOCKS && !full; k++) {
		page = page_of(blocks[k]);
		full = page && page_is_full(page) ? page : NULL;
	}
	return full;
}

static void free_blocks(void)
{
	for (unsigned int k = 0; k < BLOCKS; k++) {
		CHECK_INV(7, filled(blocks[k], SMALL, k));
		mica_free(blocks[k]);
	}
}

/* A full page is found, though no queue has it; and leaves with its first free. */
TEST(heap_solo_full_pages_are_listed, .arena = 8 << 10)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	struct mica_part *part;
	struct page *full, *kept;

	REQUIRE(heap);
	part = part_of_heap(heap);
	full = fill_pages(heap);
	REQUIRE(full && part->full);
	CHECK_EQ(mica_check(), 0);
	kept = part->full;
	part->full = NULL;
	CHECK_EQ(mica_check(), 4);
	part->full = kept;
	CHECK_EQ(mica_check(), 0);
	free_blocks();
	CHECK(!part->full);
	CHECK_EQ(mica_check(), 0);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

TEST(heap_solo_runs_are_listed, .arena = 4 << 10)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	uintptr_t *first, kept;
	void *p[3];

	REQUIRE(heap);
	first = &mica_heap_runs[heap_number(heap)];
	for (int i = 0; i < 3; i++)
		REQUIRE((p[i] = mica_heap_malloc(heap, LARGE)));
	CHECK_EQ(*first, (uintptr_t)p[2]);
	kept = *first;
	*first = 0;
	CHECK_EQ(mica_check(), 4);
	*first = kept;
	mica_free(p[1]);
	CHECK_EQ(mica_check(), 0);
	p[2] = mica_heap_realloc(heap, p[2], 2 * LARGE);
	CHECK(p[2]);
	CHECK_EQ(mica_check(), 0);
	mica_free(p[0]);
	mica_free(p[2]);
	CHECK_EQ(*first, 0);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/*
 * The head of a queue has no block left, and does not know it yet: the main heap,
 * which has a page of the class as well, must not get it as one that has.
 */
TEST(heap_solo_full_head_moves, .arena = 16 << 10)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	unsigned int class = class_of(SMALL), n = 0;
	void *more[BLOCKS], *own[BLOCKS];
	struct page *head;

	REQUIRE(heap);
	REQUIRE(fill_pages(heap));
	for (unsigned int k = 0; k < BLOCKS; k++)
		own[k] = mica_malloc(SMALL);
	while ((head = part_of_heap(heap)->queue[class]) && n < BLOCKS &&
	       (head->free || page_has_room(head)))
		more[n++] = mica_heap_malloc(heap, SMALL);
	REQUIRE(head && !head->free && !page_has_room(head));
	CHECK(!page_is_full(head));
	CHECK_EQ(mica_heap_delete(heap), 0);
	CHECK_INV(4, page_is_full(head));
	CHECK_EQ(mica_check(), 0);
	for (unsigned int k = 0; k < BLOCKS; k++)
		mica_free(own[k]);
	free_blocks();
	while (n--)
		mica_free(more[n]);
}

/* What is rare is so for each heap: its single blocks are counted with it. */
TEST(heap_solo_counts_what_is_rare, .arena = 8 << 10)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	const struct rare *rare, *main = &mica_parts[0].rare;
	struct rare before = *main;
	size_t key;
	void *p;

	REQUIRE(heap && MICA_RARE_BYTES);
	rare = &part_of_heap(heap)->rare;
	REQUIRE((p = mica_heap_malloc(heap, SMALL)));
	key = rare_key(run_slices(map_find((uintptr_t)p),
				  run_at(map_find((uintptr_t)p), (uintptr_t)p)));
	CHECK(!page_of(p) && rare->bytes[key] > 0);
	CHECK_EQ(main->bytes[key], before.bytes[key]);
	CHECK_EQ(mica_heap_delete(heap), 0);
	CHECK_EQ(rare->bytes[key], 0);
	CHECK(main->bytes[key] > before.bytes[key]);
	mica_free(p);
	CHECK_EQ(main->bytes[key], before.bytes[key]);
}

#if CONTEXT_NESTS

/* What was freed above the guard is not to be touched when its heap has gone. */
TEST(heap_solo_deferred_before_destroyed, .arena = 8 << 10)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	size_t before = mica_used();
	void *p, *q;

	REQUIRE(heap);
	p = mica_heap_malloc(heap, LARGE);
	q = mica_heap_malloc(heap, SMALL);
	REQUIRE(p && q);
	solo_defer(p);
	solo_defer(q);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	p = mica_malloc(2 * LARGE);	/* lies where they lay */
	REQUIRE(p);
	fill(p, 2 * LARGE, 1);
	mica_collect(true);
	CHECK_INV(7, filled(p, 2 * LARGE, 1));
	CHECK_MICA();
	mica_free(p);
	CHECK_EQ(mica_used(), before);
}

/* Deleted, they are the main heap's, and come back as ever. */
TEST(heap_solo_deferred_and_deleted, .arena = 8 << 10)
{
	struct mica_heap *top = mica_heap_new(NULL);
	struct mica_heap_setup setup = { .parent = top };
	struct mica_heap *heap = mica_heap_new(&setup);
	size_t before = mica_used();
	struct mica_heap_usage usage;
	void *p, *q;

	REQUIRE(top && heap);
	p = mica_heap_malloc(heap, LARGE);
	q = mica_heap_malloc(heap, SMALL);
	REQUIRE(p && q);
	solo_defer(p);
	solo_defer(q);
	CHECK_EQ(mica_heap_delete(heap), 0);
	mica_collect(true);
	CHECK_EQ(mica_used(), before);
	CHECK_EQ(mica_heap_usage(top, &usage), 0);
	CHECK_INV(6, usage.total_bytes == 0);
	CHECK_EQ(mica_heap_destroy(top), 0);
}

#endif

/* ---- memory that is one heap's alone ------------------------------------------------ */

static _Alignas(16) char pool[4096];
static unsigned int nr_asked;

static int pool_reserve(void *context, size_t bytes, size_t align, size_t lead,
			struct mica_span *span)
{
	(void)context, (void)bytes, (void)align, (void)lead;
	if (nr_asked++)
		return -1;
	*span = (struct mica_span){ pool, sizeof(pool) };
	return 0;
}

static bool is_in_pool(const void *p)
{
	return (uintptr_t)p - (uintptr_t)pool < sizeof(pool);
}

/* Of a provider, and nobody else's, until the heap has gone. */
TEST(heap_solo_of_a_provider_alone, .needs = TEST_ROOM | TEST_FINITE)
{
	static const struct mica_provider provider = {
		.name = "pool", .granule = 16, .reserve = pool_reserve,
	};
	const struct mica_heap_setup setup = {
		.provider = &provider, .flags = MICA_HEAP_SEPARATE,
	};
	struct mica_heap *heap = mica_heap_new(&setup);
	unsigned int n = 0;
	void *p, *all = NULL, *first;

	REQUIRE(heap);
	nr_asked = 0;
	mica_free(mica_malloc(1));
	first = mica_heap_malloc(heap, 2 * LARGE);
	while ((p = mica_heap_malloc(heap, n % 2 ? SMALL : LARGE))) {
		CHECK_INV(6, is_in_pool(p));
		n++;
	}
	CHECK(n > 8 && nr_asked > 1);
	mica_free(first);	/* there is room again, but not for others */
	while ((p = mica_malloc(LARGE))) {
		CHECK_INV(6, !is_in_pool(p));
		*(void **)p = all;
		all = p;
	}
	CHECK_EQ(mica_check(), 0);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	p = mica_malloc(LARGE);
	CHECK_INV(6, is_in_pool(p));	/* everybody's now */
	mica_free(p);
	while ((p = all)) {
		all = *(void **)p;
		mica_free(p);
	}
	CHECK_EQ(mica_region_remove(pool), 0);
}

#endif
