/* SPDX-License-Identifier: MIT */
/*
 * core/roster.h: each region is on the list of its largest run, on no other,
 * and is found there.
 */
#include "../harness.h"
#include "core/roster.h"

#define BLOCKS 24

static bool is_on(const struct region *region, unsigned int list)
{
	return roster_next(list, region_index(region)) == region_index(region);
}

static void check_region(const struct region *region)
{
	unsigned int top = runs_top(&region->runs);

	for (unsigned int list = 1; list < INDEX_LISTS; list++)
		CHECK_EQ(is_on(region, list), list == top);
}

static void check_regions(void)
{
	for (size_t i = 0; i < load_acquire(&mica_nr_regions); i++)
		if (mica_regions[i])
			check_region(mica_regions[i]);
}

TEST(roster_follows_the_largest_run, .needs = TEST_TABLE, .arena = 64 << 20)
{
	void *p[BLOCKS];

	for (unsigned int i = 0; i < BLOCKS; i++) {
		p[i] = mica_malloc((size_t)(i + 1) << 16);
		REQUIRE(p[i]);
		check_regions();
	}
	for (unsigned int i = 0; i < BLOCKS; i++) {
		mica_free(p[i * 7 % BLOCKS]);
		p[i * 7 % BLOCKS] = NULL;
		check_regions();
	}
}
