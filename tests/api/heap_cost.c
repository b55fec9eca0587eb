/* SPDX-License-Identifier: MIT */
/*
 * First-class heaps: what they cost. A small block has no byte more, to destroy
 * looks at no block, and a heap of a chip is small.
 */
#include "heap.h"

#if MICA_HEAPS

#include "core/part.h"
#include "core/heap.h"

#define BLOCKS (IS_TABLE ? 5000u : 150u)

struct shape {
	const void *block;
	size_t bytes, block_bytes;
	bool found;
};

static bool see_page(void *context, const struct mica_area *area)
{
	struct shape *s = context;

	if (!area->is_page || (uintptr_t)s->block - (uintptr_t)area->start >=
			      area->bytes)
		return true;
	s->bytes = area->bytes;
	s->block_bytes = area->block_bytes;
	s->found = true;
	return false;
}

/* Of the page that a block lies in. */
static struct shape page_of(const void *block)
{
	struct shape shape = { .block = block };
	struct mica_visit cursor = { 0 };

	while (mica_visit_areas(&cursor, 100, see_page, &shape) ==
	       MICA_VISIT_MORE)
		;
	return shape;
}

/* Pages of a heap hold as many blocks, as large, as those of the main one. */
TEST(heap_costs_no_byte_a_small_block, .arena = 24 << 10)
{
	static void *mine[BLOCKS];
	struct mica_heap *heap = mica_heap_new(NULL);
	struct mica_heap_stats stats;
	struct shape a, b;
	void *p = NULL;
	unsigned int k;

	REQUIRE(heap);
	for (k = 0; k < BLOCKS; k++) {
		REQUIRE((mine[k] = mica_malloc(16)));
		REQUIRE((p = mica_heap_malloc(heap, 16)));
	}
	/* The first of a chip are runs of their own while they are few. */
	CHECK_EQ(mica_usable_size(p), mica_usable_size(mine[BLOCKS - 1]));
	a = page_of(mine[BLOCKS - 1]);
	b = page_of(p);
	CHECK(a.found && b.found);
	CHECK(a.bytes == b.bytes && a.block_bytes == b.block_bytes);
	CHECK_EQ(mica_heap_stats(heap, &stats), 0);
	CHECK_EQ(stats.live_blocks, BLOCKS);
	if (IS_TABLE)
		CHECK_EQ(stats.pages, (BLOCKS * 16 + b.bytes - 1) / b.bytes);
	for (k = 0; k < BLOCKS; k++)
		mica_free(mine[k]);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/*
 * What blocks had in them they still have when all are gone: nobody was there.
 * The memory stays for the purge's delay; a cleared one would be harder to tell.
 */
TEST(heap_destroyed_without_its_blocks, .needs = TEST_TABLE,
     .arena = 64 << 20)
{
	static const unsigned char *blocks[BLOCKS];
	long delay = mica_option_get(MICA_OPTION_PURGE_DELAY);
	struct mica_heap *heap = mica_heap_new(NULL);
	unsigned int k, kept = 0, pages = 0;

	REQUIRE(heap);
	mica_option_set(MICA_OPTION_PURGE_DELAY, -1);
	for (k = 0; k < BLOCKS; k++) {
		blocks[k] = mica_heap_malloc(heap, 16 + k % 3 * 400);
		REQUIRE(blocks[k]);
		fill((void *)(uintptr_t)blocks[k], 16, k);
		pages += !((uintptr_t)blocks[k] & 0xffff);
	}
	CHECK_EQ(mica_heap_destroy(heap), 0);
	for (k = 0; k < BLOCKS; k++)
		kept += filled(hide(blocks[k]), 16, k);
	/* What was looked at at most: one block a page. */
	CHECK(kept >= BLOCKS - pages && kept > 0);
	mica_option_set(MICA_OPTION_PURGE_DELAY, delay);
	mica_collect(true);
}

#if HEAPS_SOLO

/* All that a build with one place more has more: here, and in check_heaps.h. */
TEST(heap_of_a_chip_is_small)
{
	size_t each = sizeof(mica_heaps[0]) + sizeof(mica_parts[0]) +
		      sizeof(mica_heap_runs[0]) + sizeof(uintptr_t);

	CHECK(sizeof(void *) != 4 || each <= 256);
	CHECK_EQ(sizeof(mica_heaps) / sizeof(mica_heaps[0]), MICA_HEAPS + 1);
	CHECK_EQ(sizeof(mica_parts) / sizeof(mica_parts[0]), MICA_HEAPS + 1);
}

#endif

#endif
