/* SPDX-License-Identifier: MIT */
/* core/rare.h: live small runs are counted, one by one, and forgotten. */
#include "core/geometry.h"

#if CONTEXT_IS_SOLO	/* elsewhere the weight may be off by a few */

#include "../harness.h"
#include "core/layout.h"
#include "core/rare.h"
#include "core/size_class.h"

#define SIZE 48	/* a multiple of every granule: see rare_class() */

TEST(rare_runs_are_counted, .arena = 512, .needs = TEST_TAG)
{
	slice_t slices = run_slices_for(SIZE);
	const uint32_t *weight = rare_weight(rare_class(slices));
	uint32_t before;
	void *p, *q;

	mica_collect(true);
	before = *weight;
	REQUIRE(class_is_rare(class_of(SIZE)));
	p = mica_malloc(SIZE);
	REQUIRE(p);
	CHECK_EQ(*weight, before + slices);
	q = mica_malloc(SIZE);
	REQUIRE(q);
	CHECK_EQ(*weight, before + 2 * slices);
	mica_free(p);
	CHECK_EQ(*weight, before + slices);
	mica_free(q);
	CHECK_EQ(*weight, before);
}

#define BLOCKS 120

/* A class that got a page is rare no longer; when all are gone it is again. */
TEST(rare_class_gets_a_page, .arena = 16 << 10, .needs = TEST_TAG)
{
	static void *blocks[BLOCKS];
	unsigned int class = class_of(SIZE), singles = 0;

	mica_collect(true);
	REQUIRE(class_is_rare(class));
	for (unsigned int i = 0; i < BLOCKS; i++) {
		singles += class_is_rare(class);
		blocks[i] = mica_malloc(SIZE);
		REQUIRE(blocks[i]);
	}
	CHECK(!class_is_rare(class));
	CHECK(singles * run_slices_for(SIZE) >= MICA_RARE_BYTES);
	CHECK((singles - 2) * run_slices_for(SIZE) < MICA_RARE_BYTES);
	for (unsigned int i = 0; i < BLOCKS; i++)
		mica_free(blocks[i]);
	mica_collect(true);
	CHECK(class_is_rare(class));
}

#endif
