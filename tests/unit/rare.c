/* SPDX-License-Identifier: MIT */
/* core/rare.h: live small runs are counted, one by one, and forgotten. */
#include "core/geometry.h"

#if CONTEXT_IS_SOLO	/* elsewhere the weight may be off by a few */

#include "../harness.h"
#include "core/layout.h"
#include "core/rare.h"
#include "core/size_class.h"

#define SIZE 48	/* a multiple of every granule: its run is of its class's size */

TEST(rare_runs_are_counted, .arena = 512, .needs = TEST_TAG)
{
	slice_t slices = run_slices_for(SIZE);
	const uint32_t *live = &rare_own()->bytes[rare_key(slices)];
	uint32_t before;
	void *p, *q;

	mica_collect(true);
	before = *live;
	REQUIRE(runs_are_rare(class_of(SIZE), run_slices_for(SIZE)));
	p = mica_malloc(SIZE);
	REQUIRE(p);
	CHECK_EQ(*live, before + slices);
	q = mica_malloc(SIZE);
	REQUIRE(q);
	CHECK_EQ(*live, before + 2 * slices);
	mica_free(p);
	CHECK_EQ(*live, before + slices);
	mica_free(q);
	CHECK_EQ(*live, before);
}

#define BLOCKS 120

/* A class that got a page is rare no longer; when all are gone it is again. */
TEST(rare_class_gets_a_page, .arena = 16 << 10, .needs = TEST_TAG)
{
	static void *blocks[BLOCKS];
	unsigned int class = class_of(SIZE), singles = 0;

	mica_collect(true);
	REQUIRE(runs_are_rare(class, run_slices_for(SIZE)));
	for (unsigned int i = 0; i < BLOCKS; i++) {
		singles += runs_are_rare(class, run_slices_for(SIZE));
		blocks[i] = mica_malloc(SIZE);
		REQUIRE(blocks[i]);
	}
	CHECK(!runs_are_rare(class, run_slices_for(SIZE)));
	CHECK(singles * run_slices_for(SIZE) >= MICA_RARE_BYTES);
	CHECK((singles - 2) * run_slices_for(SIZE) < MICA_RARE_BYTES);
	for (unsigned int i = 0; i < BLOCKS; i++)
		mica_free(blocks[i]);
	mica_collect(true);
	CHECK(runs_are_rare(class, run_slices_for(SIZE)));
}

/* Mallocs of @size until one lies in a page. Return: did one? */
static bool gets_a_page(size_t size)
{
	static void *blocks[BLOCKS * 4];
	unsigned int n = 0;
	bool paged = false;

	while (n < BLOCKS * 4 && !paged) {
		blocks[n] = mica_malloc(size);
		if (!blocks[n])
			break;
		paged = cell_is_page(map_find((uintptr_t)blocks[n]),
				     (uintptr_t)blocks[n]);
		n++;
	}
	while (n--)
		mica_free(blocks[n]);
	mica_collect(true);
	return paged;
}

/* Whatever the run that a single block of it takes. */
TEST(rare_no_size_for_good, .arena = 16 << 10, .needs = TEST_TAG)
{
	for (size_t size = 1; size <= LINEAR_BYTES; size++)
		CHECK(gets_a_page(size));
}

#endif
