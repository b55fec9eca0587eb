/* SPDX-License-Identifier: MIT */
/*
 * First-class heaps: what belongs to one, what it uses, what is left when it
 * goes, and what is refused. Invariants 3, 4 and 6.
 */
#include "heap.h"

#if MICA_HEAPS

/* ---- whose a block is ---------------------------------------------------------- */

TEST(heap_main_is_there, .arena = 1024)
{
	struct mica_heap *main = mica_heap_main();
	void *p = mica_malloc(10);

	CHECK(main && mica_heap_current() == main);
	CHECK(mica_heap_of(p) == main);
	CHECK(mica_heap_contains(main, p));
	CHECK(mica_heap_next(NULL) == main);
	mica_free(p);
	p = mica_heap_malloc(main, 10);
	CHECK(mica_heap_of(p) == main);
	mica_free(p);
}

TEST(heap_blocks_are_its, .arena = 8192)
{
	struct mica_heap *a = mica_heap_new(NULL), *b = mica_heap_new(NULL);
	void *p, *q, *m;

	REQUIRE(a && b && a != b);
	p = mica_heap_malloc(a, 24);
	q = mica_heap_malloc(b, 24);
	m = mica_malloc(24);
	REQUIRE(p && q && m);
	CHECK_INV(4, mica_heap_of(p) == a && mica_heap_of(q) == b);
	CHECK(mica_heap_of(m) == mica_heap_main());
	CHECK(mica_heap_contains(a, p) && !mica_heap_contains(b, p));
	CHECK(!mica_heap_contains(mica_heap_main(), p));
	CHECK_MICA();
	mica_free(p);
	mica_free(q);
	mica_free(m);
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(a), 0);
	CHECK_EQ(mica_heap_delete(b), 0);
}

TEST(heap_large_blocks_are_its, .arena = 8192)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	size_t bytes = large_size();
	void *p, *q;

	REQUIRE(heap);
	p = mica_heap_malloc(heap, bytes);
	q = mica_malloc(bytes);
	REQUIRE(p && q);
	CHECK(mica_heap_of(p) == heap);
	CHECK(mica_heap_of(q) == mica_heap_main());
	CHECK(mica_usable_size(p) >= bytes);
	CHECK(used_of(heap) >= bytes);
	fill(p, mica_usable_size(p), 1);
	CHECK_MICA();
	CHECK(mica_heap_of(p) == heap);
	mica_free(p);
	mica_free(q);
	CHECK_EQ(used_of(heap), 0);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* A run that grows, shrinks or moves stays what it is, and is counted so. */
TEST(heap_large_blocks_change, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	size_t bytes = large_size(), n;
	void *p, *more;

	REQUIRE(heap);
	p = mica_heap_malloc(heap, bytes);
	REQUIRE(p);
	for (n = bytes; n < 3 * bytes; n += bytes / 2) {
		fill(p, n, 5);
		more = mica_heap_realloc(heap, p, n + bytes / 2);
		REQUIRE(more);
		p = more;
		CHECK(filled(p, n, 5));
		fill(p, mica_usable_size(p), 6);
		CHECK(mica_heap_of(p) == heap);
		CHECK(used_of(heap) >= n + bytes / 2);
		CHECK_MICA();
	}
	p = mica_heap_realloc(heap, p, bytes);
	CHECK(p && mica_heap_of(p) == heap);
	CHECK(used_of(heap) < 2 * bytes);
	mica_free(p);
	CHECK_EQ(used_of(heap), 0);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

TEST(heap_huge_blocks_are_its, .arena = 256u << 20, .needs = TEST_TABLE)
{
	struct mica_heap *heap = mica_heap_new(NULL), *kept = mica_heap_new(NULL);
	void *p, *q, *r;

	REQUIRE(heap && kept);
	p = mica_heap_malloc(heap, (size_t)80 << 20);
	q = mica_heap_malloc(heap, (size_t)80 << 20);
	r = mica_heap_malloc(kept, (size_t)80 << 20);
	REQUIRE(p && q && r);
	CHECK(mica_heap_of(p) == heap && mica_heap_of(r) == kept);
	CHECK(used_of(heap) >= (size_t)160 << 20);
	mica_free(p);
	CHECK(used_of(heap) < (size_t)160 << 20);
	CHECK_EQ(mica_heap_delete(kept), 0);
	CHECK(mica_heap_of(r) == mica_heap_main());
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK(!mica_owns(q));
	mica_free(r);
}

TEST(heap_other_calls, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	void *p[12];
	size_t k;

	REQUIRE(heap);
	p[0] = mica_heap_zalloc(heap, 50);
	p[1] = mica_heap_calloc(heap, 5, 20);
	p[2] = mica_heap_mallocn(heap, 5, 20);
	p[3] = mica_heap_realloc(heap, NULL, 30);
	p[4] = mica_heap_reallocn(heap, NULL, 3, 30);
	p[5] = mica_heap_reallocf(heap, NULL, 30);
	p[6] = mica_heap_malloc_aligned(heap, 40, 64);
	p[7] = mica_heap_malloc_aligned_at(heap, 40, 32, 32);
	p[8] = mica_heap_zalloc_aligned(heap, 40, 64);
	p[9] = mica_heap_calloc_aligned(heap, 4, 10, 64);
	p[10] = mica_heap_realloc_aligned(heap, NULL, 40, 64);
	p[11] = mica_heap_calloc_aligned_at(heap, 4, 10, 32, 32);
	for (k = 0; k < 12; k++)
		CHECK(mica_heap_contains(heap, p[k]));
	CHECK(all_zero(p[0], 50) && all_zero(p[1], 100));
	CHECK(all_zero(p[8], 40) && all_zero(p[9], 40) && all_zero(p[11], 40));
	CHECK(!((uintptr_t)p[6] % 64) && !((uintptr_t)p[10] % 64));
	CHECK(!mica_heap_calloc(heap, SIZE_MAX / 2, 3));
	CHECK(!mica_heap_malloc(heap, SIZE_MAX));
	CHECK(!mica_heap_malloc_aligned(heap, 10, 3));
	CHECK(mica_heap_current() == mica_heap_main());
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* A block of one heap moves to the one that is named; where it stays it stays. */
TEST(heap_realloc_moves_between, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	void *p = mica_malloc(20), *q;

	REQUIRE(heap && p);
	fill(p, 20, 3);
	p = mica_heap_realloc(heap, p, 20);
	CHECK(mica_heap_of(p) == mica_heap_main());
	q = mica_heap_realloc(heap, p, large_size());
	CHECK(q && mica_heap_of(q) == (q == p ? mica_heap_main() : heap));
	p = q;
	CHECK(p && filled(p, 20, 3));
	p = mica_realloc(p, 20);
	CHECK(p && filled(p, 20, 3));
	mica_free(p);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* ---- the current heap, parts ------------------------------------------------------- */

TEST(heap_current, .arena = 8192)
{
	struct mica_heap *main = mica_heap_main(), *heap = mica_heap_new(NULL);
	void *p, *q, *m = mica_malloc(20);

	REQUIRE(heap && m);
	CHECK(mica_heap_set_current(heap) == main);
	CHECK(mica_heap_current() == heap);
	p = mica_malloc(20);
	q = mica_malloc(large_size());
	CHECK(mica_heap_of(p) == heap && mica_heap_of(q) == heap);
	/* Of another heap of the same context. */
	mica_free(m);
	CHECK_MICA();
	CHECK(mica_heap_set_current(NULL) == NULL);
	CHECK(mica_heap_current() == heap);
	m = mica_heap_malloc(main, 20);
	CHECK(mica_heap_of(m) == main);
	CHECK(mica_heap_current() == heap);
	CHECK(mica_heap_set_current(main) == heap);
	mica_free(m);
	mica_free(p);
	mica_free(q);
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* What is current when it goes is so no more. */
TEST(heap_current_goes, .arena = 8192)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	void *p;

	REQUIRE(heap);
	mica_heap_set_current(heap);
	p = mica_malloc(20);
	CHECK_EQ(mica_heap_delete(heap), 0);
	CHECK(mica_heap_current() == mica_heap_main());
	CHECK(mica_heap_of(p) == mica_heap_main());
	mica_free(p);
	heap = mica_heap_new(NULL);
	REQUIRE(heap);
	mica_heap_set_current(heap);
	CHECK(mica_malloc(20));
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK(mica_heap_current() == mica_heap_main());
}

TEST(heap_part_at_hand, .arena = 8192)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	struct mica_part *part;
	void *p, *q, *r;

	REQUIRE(heap);
	part = mica_heap_part(heap);
	REQUIRE(part);
	CHECK(mica_heap_part(heap) == part);
	CHECK(mica_part_heap(part) == heap);
	CHECK(mica_part_heap(mica_heap_part(mica_heap_main())) ==
	      mica_heap_main());
	p = mica_part_malloc(part, 20);
	q = mica_part_zalloc(part, large_size());
	CHECK(mica_heap_of(p) == heap && mica_heap_of(q) == heap);
	CHECK(q && all_zero(q, large_size()));
	r = mica_part_calloc(part, 3, 7);
	CHECK(mica_heap_of(r) == heap && all_zero(r, 21));
	p = mica_part_realloc(part, p, 40);
	CHECK(p && mica_heap_of(p) == heap);
	r = mica_part_malloc_aligned(part, 20, 64);
	CHECK(mica_heap_of(r) == heap && !((uintptr_t)r % 64));
	CHECK(!mica_part_malloc(NULL, 20) && !mica_part_zalloc(NULL, 20));
	CHECK(!mica_part_calloc(NULL, 1, 20) && !mica_part_realloc(NULL, NULL, 1));
	CHECK(!mica_part_malloc_aligned(NULL, 20, 8));
	CHECK(!mica_part_heap(NULL));
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* ---- ends ---------------------------------------------------------------------------- */

TEST(heap_destroyed_is_empty, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	size_t before = mica_used();

	REQUIRE(heap);
	heap_fill(heap, MANY);
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_MICA();
	mica_collect(false);
	/* A part is for good, and serves the next heap. */
	CHECK(mica_used() <= before + (IS_TABLE ? (size_t)256 << 10 : 0));
	CHECK(!heap || mica_heap_usage(heap, &(struct mica_heap_usage){ 0 }) < 0);
}

/* Places and memory are there again, however often. */
TEST(heap_again_and_again, .arena = 16384)
{
	unsigned int k, rounds = test_scaled(IS_TABLE ? 300 : 60);
	struct mica_heap *heap;
	size_t used = 0;

	for (k = 0; k < rounds; k++) {
		heap = heap_with(0, 0, NULL);
		REQUIRE(heap);
		heap_fill(heap, MANY / 10);
		CHECK_EQ(mica_heap_destroy(heap), 0);
		if (k == 0)
			used = mica_used();
	}
	CHECK_EQ(mica_used(), used);
}

TEST(heap_deleted_blocks_live_on, .arena = 16384)
{
	static void *blocks[MANY];
	struct mica_heap *heap = mica_heap_new(NULL);
	unsigned int k, n = MANY;
	void *large;

	REQUIRE(heap);
	for (k = 0; k < n; k++) {
		blocks[k] = mica_heap_malloc(heap, k % 64 + 1);
		REQUIRE(blocks[k]);
		fill(blocks[k], k % 64 + 1, k);
	}
	large = mica_heap_malloc(heap, large_size());
	REQUIRE(large);
	fill(large, large_size(), 9);
	for (k = 0; k < n; k += 3)
		mica_free(blocks[k]);
	CHECK_EQ(mica_heap_delete(heap), 0);
	CHECK_MICA();
	for (k = 0; k < n; k++) {
		if (k % 3 == 0)
			continue;
		CHECK(mica_heap_of(blocks[k]) == mica_heap_main());
		CHECK(filled(blocks[k], k % 64 + 1, k));
	}
	CHECK(mica_heap_of(large) == mica_heap_main());
	large = mica_realloc(large, large_size() + 400);
	CHECK(large && filled(large, large_size(), 9));
	for (k = 0; k < n; k++)
		if (k % 3)
			mica_free(blocks[k]);
	mica_free(large);
	CHECK_MICA();
}

#endif
