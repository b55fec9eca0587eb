/* SPDX-License-Identifier: MIT */
/* Heaps at another level of hardening than the build's. */
#include "heap.h"

#if MICA_HEAPS

static struct mica_heap *heap_at_level(uint32_t level)
{
	struct mica_heap_setup setup = { .harden = level };

	return mica_heap_new(&setup);
}

TEST(level_that_is_not_there)
{
	CHECK(!heap_at_level(MICA_HARDEN + 1));
	CHECK(!heap_at_level(UINT32_MAX));
}

TEST(level_of_the_build, .needs = TEST_ROOM)
{
	for (uint32_t level = 0; level <= MICA_HARDEN; level++) {
		struct mica_heap *heap = heap_at_level(level);
		void *p;

		REQUIRE(heap);
		p = mica_heap_malloc(heap, 50);
		REQUIRE(p);
		CHECK(mica_usable_size(p) >= 50);
		mica_free(p);
		CHECK_EQ(mica_heap_destroy(heap), 0);
	}
	CHECK_MICA();
}

#if MICA_HARDEN >= 2

#define BLOCKS 40u
#define SIZE 40

/* Of a page, whatever the layout: so many that the class is not rare. */
static char *in_a_page(struct mica_heap *heap, size_t size)
{
	char *p = NULL;

	for (unsigned int i = 0; i < 60; i++)
		p = mica_heap_malloc(heap, size);
	return p;
}

/* Nobody looks behind it; what is there to be used is the whole room. */
TEST(level_1_of_a_heap, .needs = TEST_ROOM, .arena = 24000)
{
	struct mica_heap *heap = heap_at_level(1);
	char *p, *q;
	size_t room;

	REQUIRE(heap);
	p = in_a_page(heap, SIZE);
	REQUIRE(p);
	room = mica_usable_size(p);
	CHECK(room > SIZE);
	__builtin_memset(p, 1, room);
	CHECK_EQ(mica_usable_size(p), room);
	CHECK_EQ(mica_expand(p, room), p);
	q = mica_heap_realloc(heap, p, room);
	CHECK(q == p);
	q = mica_heap_realloc(heap, p, 4 * room);
	REQUIRE(q);
	CHECK(q[0] == 1 && q[SIZE - 1] == 1);
	mica_free(q);
	p = in_a_page(heap, SIZE);
	p[SIZE] ^= 0x55;
	mica_free(p);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_MICA();
}

TEST(level_1_has_no_order, .needs = TEST_ROOM, .arena = 24000)
{
	struct mica_heap *heap = heap_at_level(1);
	unsigned int behind = 0;
	char *p, *q;

	REQUIRE(heap);
	p = in_a_page(heap, 24);
	for (unsigned int i = 0; i < BLOCKS; i++, p = q) {
		REQUIRE(q = mica_heap_malloc(heap, 24));
		behind += q > p && q - p < 64;
	}
	CHECK(behind > BLOCKS * 3 / 4);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* Its blocks are the main heap's then, and still as they were made. */
TEST(level_1_heap_deleted, .needs = TEST_ROOM, .arena = 24000)
{
	struct mica_heap *heap = heap_at_level(1);
	char *p[BLOCKS], *run;

	REQUIRE(heap);
	for (unsigned int i = 0; i < BLOCKS; i++) {
		REQUIRE(p[i] = mica_heap_malloc(heap, SIZE));
		__builtin_memset(p[i], (int)i, mica_usable_size(p[i]));
	}
	REQUIRE(run = mica_heap_malloc(heap, large_size()));
	__builtin_memset(run, 1, large_size());
	CHECK_EQ(mica_heap_delete(heap), 0);
	for (unsigned int i = 0; i < BLOCKS; i += 2)
		mica_free(p[i]);
	for (unsigned int i = 0; i < BLOCKS; i += 2) {
		REQUIRE(p[i] = mica_malloc(SIZE));
		__builtin_memset(p[i], (int)i, SIZE);
	}
	for (unsigned int i = 0; i < BLOCKS; i++) {
		CHECK(p[i][0] == (char)i && p[i][SIZE - 1] == (char)i);
		mica_free(p[i]);
	}
	CHECK(run[0] == 1 && run[large_size() - 1] == 1);
	mica_free(run);
	mica_collect(false);
	CHECK_MICA();
}

#define OVERFLOW "mica: written behind the end of a block: %p"

static void dies_freeing(void *p)
{
	dies_at(p);
	mica_free(hide(p));
}

DEATH(level_2_of_a_heap_overflow, OVERFLOW, .needs = TEST_ROOM,
      .arena = 24000)
{
	char *p = in_a_page(heap_at_level(2), SIZE);

	((char *)hide(p))[SIZE] ^= 0x55;
	dies_freeing(p);
}

DEATH(level_2_of_a_heap_twice, "mica: block freed twice: %p",
      .needs = TEST_ROOM, .arena = 24000)
{
	struct mica_heap *heap = heap_at_level(2);
	char *p = in_a_page(heap, SIZE), *q = in_a_page(heap, SIZE);

	mica_free(p);
	mica_free(q);
	dies_freeing(p);
}

DEATH(level_1_of_a_heap_twice, "mica: block freed twice: %p",
      .needs = TEST_ROOM, .arena = 24000)
{
	char *p = in_a_page(heap_at_level(1), SIZE);

	mica_free(p);
	dies_freeing(p);
}

/* A run has its fence at every level. */
DEATH(level_1_of_a_heap_run, OVERFLOW, .needs = TEST_ROOM, .arena = 24000)
{
	char *p = mica_heap_malloc(heap_at_level(1), large_size());

	((char *)hide(p))[large_size()] ^= 0x55;
	dies_freeing(p);
}

#if MICA_HARDEN >= 3

/* What is freed keeps its content, but for a link and the fence; or not. */
static bool is_filled_after_free(uint32_t level)
{
	struct mica_heap *heap = heap_at_level(level);
	unsigned char *p = (unsigned char *)in_a_page(heap, SIZE);
	bool filled;

	__builtin_memset(p, 1, SIZE);
	mica_free(p);
	filled = ((unsigned char *)hide(p))[SIZE / 2] != 1;
	CHECK_EQ(mica_heap_destroy(heap), 0);
	return filled;
}

TEST(level_decides_what_is_filled, .needs = TEST_ROOM, .arena = 24000)
{
	CHECK(!is_filled_after_free(1));
	CHECK(MICA_FREE_ZERO || !is_filled_after_free(2));
	CHECK(is_filled_after_free(3));
}

DEATH(level_3_of_a_heap_written, "mica: block written after it was freed: %p",
      .needs = TEST_ROOM, .arena = 24000)
{
	struct mica_heap *heap = heap_at_level(3);
	unsigned char *p = (unsigned char *)in_a_page(heap, SIZE);

	mica_free(p);
	((unsigned char *)hide(p))[20] = 1;
	dies_at(p);
	for (unsigned int i = 0; i < 100; i++)
		hide(mica_heap_malloc(heap, SIZE));
}

#endif

#endif

#endif
