/* SPDX-License-Identifier: MIT */
/* Sizes that no memory has, where their low bits alone would do. */
#include "../harness.h"

#define BEYOND ((size_t)1 << (sizeof(size_t) * 8 - 2))

TEST(sizes_are_not_cut_off, .arena = 2048)
{
	size_t size = MICA_LAYOUT == MICA_LAYOUT_TABLE ? 1 << 20 :
		test_within(3000, 2);
	unsigned char *p = mica_malloc(size);

	REQUIRE(p);
	p[0] = p[size - 1] = 7;
	CHECK(!mica_expand(p, hide_size(BEYOND)));
	CHECK(!mica_expand(p, hide_size(BEYOND + size + 1)));
	for (size_t less = 0; less < 2 * MICA_GRANULE; less++)
		CHECK(!mica_malloc(hide_size(SIZE_MAX - less)));
	CHECK_EQ(p[0], 7);
	CHECK_EQ(p[size - 1], 7);
	CHECK(mica_usable_size(p) >= size);
	CHECK_MICA();
	mica_free(p);
}

/* What does not fit the 32 bits in which small memories count is refused. */
TEST(sizes_over_32_bits, .needs = TEST_TAG)
{
	size_t most = sizeof(size_t) > 4 ? (size_t)UINT32_MAX : PTRDIFF_MAX;

	for (size_t more = 0; more < 100; more += 5) {
		CHECK(!mica_malloc(hide_size(most + more)));
		CHECK(!mica_zalloc(hide_size(most + more)));
		CHECK(!mica_malloc_aligned(hide_size(most + more), 64));
	}
	CHECK_MICA();
}
