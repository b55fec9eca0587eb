/* SPDX-License-Identifier: MIT */
/* core/rare.h: live small runs are counted, one by one, and forgotten. */
#include "core/geometry.h"

#if !LAYOUT_IS_TABLE

#include "../harness.h"
#include "core/layout.h"
#include "core/rare.h"
#include "core/size_class.h"

#define SIZE 40

TEST(rare_runs_are_counted, .arena = 512, .needs = TEST_TAG)
{
	slice_t slices = run_slices_for(SIZE);
	const uint16_t *count = &mica_small_runs[rare_class(slices)];
	unsigned int before;
	void *p, *q;

	mica_collect(true);
	before = *count;
	REQUIRE(class_is_rare(class_of(SIZE)));
	p = mica_malloc(SIZE);
	REQUIRE(p);
	CHECK_EQ(*count, before + 1);
	q = mica_malloc(SIZE);
	REQUIRE(q);
	CHECK_EQ(*count, before + 2);
	mica_free(p);
	CHECK_EQ(*count, before + 1);
	mica_free(q);
	CHECK_EQ(*count, before);
}

#endif
