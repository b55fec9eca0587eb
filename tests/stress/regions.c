/* SPDX-License-Identifier: MIT */
/*
 * Many regions: what is free in any of them is found again, so that neither
 * the number of regions nor the address space grows while as much is freed
 * as is taken. Nothing is touched: only addresses are used up.
 */
#include "../harness.h"

#define UNIT ((size_t)1 << MICA_UNIT_SHIFT)
#define BLOCKS 120u		/* three to a region: more than are scanned */
#define KEPT 20u

static void *blocks[BLOCKS];

static size_t nr_regions(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return stats.regions;
}

static void take(unsigned int from, size_t size)
{
	for (unsigned int i = from; i < BLOCKS; i++) {
		blocks[i] = mica_malloc(size);
		CHECK(blocks[i]);
	}
}

static void give(unsigned int from)
{
	for (unsigned int i = from; i < BLOCKS; i++)
		mica_free(blocks[i]);
}

TEST(regions_are_found_again, .arena = 1000u << 20, .needs = TEST_TABLE)
{
	size_t size = UNIT * 5 / 16, first;

	take(0, size);
	first = nr_regions();
	CHECK(first > 32);
	for (unsigned int round = 0; round < 4; round++) {
		give(KEPT);
		take(KEPT, size);
		CHECK_EQ(nr_regions(), first);
	}
	give(0);
}

/* Sizes that only a whole region holds, while every region has most of one. */
TEST(a_whole_region_is_found_again, .arena = 1000u << 20, .needs = TEST_TABLE)
{
	size_t most = UNIT - UNIT / 16, whole = UNIT - UNIT / 96, first = 0;
	static void *corks[48];
	long delay = mica_option_get(MICA_OPTION_PURGE_DELAY);

	/* What is purged is listed anew: the last region is not the newest. */
	CHECK_EQ(mica_option_set(MICA_OPTION_PURGE_DELAY, -1), 0);
	for (unsigned int i = 0; i < 48; i++) {
		blocks[i] = mica_malloc(most);
		corks[i] = mica_malloc(UNIT / 24);
	}
	for (unsigned int i = 0; i < 48; i++)
		mica_free(blocks[i]);
	for (unsigned int round = 0; round < 4; round++) {
		void *p = mica_malloc(whole);

		CHECK(p);
		mica_free(p);
		blocks[round] = mica_malloc(UNIT / 12);
		first = first ? first : nr_regions();
		CHECK_EQ(nr_regions(), first);
	}
	for (unsigned int i = 0; i < 48; i++) {
		if (i < 4)
			mica_free(blocks[i]);
		mica_free(corks[i]);
	}
	CHECK_EQ(mica_option_set(MICA_OPTION_PURGE_DELAY, delay), 0);
}
