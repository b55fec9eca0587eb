/* SPDX-License-Identifier: MIT */
/* core/size_class.h: both directions agree, for every size. */
#include "../harness.h"
#include "core/size_class.h"

/* The class of each size is the first whose blocks hold it. */
TEST(class_of_every_size)
{
	unsigned int class = 0;

	for (size_t size = 1; size <= CLASS_BYTES_MAX; size++) {
		while (class < NR_CLASSES && class_bytes(class) < size)
			class++;
		REQUIRE(class < NR_CLASSES);
		if (class_of(size) != class) {
			test_print("# size %zu\n", size);
			REQUIRE(class_of(size) == class);
		}
	}
	CHECK_EQ(class, NR_CLASSES - 1);
}

TEST(class_bytes_of_every_class)
{
	for (unsigned int c = 0; c < NR_CLASSES; c++) {
		size_t bytes = class_bytes(c);

		CHECK_EQ(class_of(bytes), c);
		CHECK(bytes % MICA_GRANULE == 0);
		if (!c)
			continue;
		CHECK(bytes > class_bytes(c - 1));
		CHECK_EQ(class_of(class_bytes(c - 1) + 1), c);
	}
	CHECK_EQ(class_bytes(0), MICA_GRANULE);
	CHECK_EQ(class_bytes(NR_CLASSES - 1), CLASS_BYTES_MAX);
}

/* Rounding up wastes less than an eighth, or less than a granule. */
TEST(class_waste)
{
	for (unsigned int c = 1; c < NR_CLASSES; c++) {
		size_t bytes = class_bytes(c);
		size_t gap = bytes - class_bytes(c - 1);

		CHECK(gap == MICA_GRANULE || gap * 9 <= bytes);
	}
}

TEST(class_of_the_linear_part)
{
	for (size_t size = 1; size <= LINEAR_BYTES; size++) {
		CHECK_EQ(class_of_linear(size), class_of(size));
		CHECK(class_bytes(class_of(size)) - size < MICA_GRANULE);
	}
}

/* A page holds eight blocks of its class at least. */
TEST(class_pages)
{
	for (unsigned int c = 0; c < NR_CLASSES; c++) {
		unsigned int slices = class_page_slices(c);

		CHECK(slices >= 1);
		CHECK(!LAYOUT_IS_TABLE || slices <= PAGE_SLICES_MAX);
		CHECK(!LAYOUT_IS_TABLE ||
		      (size_t)slices * SLICE_BYTES >= 8 * class_bytes(c));
	}
}
