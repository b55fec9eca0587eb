/* SPDX-License-Identifier: MIT */
/* The functions that clear and the functions that multiply. */
#include "../model.h"

#define HALF ((size_t)1 << (sizeof(size_t) * 4))

/* Leaves dirt where the next block of this size will likely be. */
static void soil(size_t size)
{
	void *p = mica_malloc(size);

	REQUIRE(p);
	fill(p, size, 0xd1d1d1d1);
	mica_free(p);
}

static void check_zero(unsigned char *p, size_t size, size_t align)
{
	REQUIRE(p);
	CHECK_INV(7, !((uintptr_t)p & (align - 1)));
	CHECK(mica_usable_size(p) >= size);
	CHECK(all_zero(p, size));
	fill(p, mica_usable_size(p), 3);
	mica_free(p);
}

TEST(zalloc_clears, .arena = 1024)
{
	size_t most = test_within(8000, 2);

	for (size_t size = 1; size <= most; size += 1 + size / 8) {
		soil(size);
		check_zero(mica_zalloc(size), size, MICA_GRANULE);
		soil(2 * size);
		check_zero(mica_calloc(size, 2), 2 * size, MICA_GRANULE);
	}
}

TEST(zalloc_aligned_clears, .arena = 1024)
{
	size_t most = test_within(5000, 3);

	for (size_t size = 1; size <= most; size += 1 + size / 4) {
		soil(size);
		check_zero(mica_zalloc_aligned(size, 128), size, 128);
		soil(size);
		check_zero(mica_calloc_aligned(1, size, 64), size, 64);
		soil(size);
		check_zero(mica_zalloc_aligned_at(size, 8, 24), size, 8);
		soil(size);
		check_zero(mica_calloc_aligned_at(size, 2, 8, 8), 2 * size, 8);
	}
}

/* Large blocks, whose memory may come fresh and known to be zero. */
TEST(zalloc_large, .arena = 64 << 20)
{
	for (size_t size = 100000; size <= 24 << 20; size *= 3) {
		check_zero(mica_zalloc(size), size, MICA_GRANULE);
		check_zero(mica_zalloc(size), size, MICA_GRANULE);
	}
}

/* Memory that was decommitted reads as zero only if its provider says so. */
TEST(zalloc_after_purge, .arena = 16 << 20, .needs = TEST_LAZY)
{
	for (size_t size = 100000; size <= 4 << 20; size *= 2) {
		soil(size);
		mica_collect(true);
		check_zero(mica_zalloc(size), size, MICA_GRANULE);
	}
}

TEST(zalloc_knows_fresh_zero, .arena = 128 << 20, .needs = TEST_LAZY)
{
	struct mica_stats before, after;
	unsigned char *p;

	mica_collect(true);
	mica_stats(&before);
	p = mica_zalloc(24 << 20);
	mica_stats(&after);
	check_zero(p, 24 << 20, MICA_GRANULE);
	CHECK(after.zero_known > before.zero_known);
}

TEST(zero_sizes_of_arrays)
{
	void *p[] = {
		mica_zalloc(0), mica_calloc(0, 8), mica_calloc(8, 0),
		mica_calloc(0, SIZE_MAX), mica_mallocn(0, 0),
		mica_mallocn(SIZE_MAX, 0), mica_reallocn(NULL, 0, SIZE_MAX),
		mica_zalloc_aligned(0, 8), mica_calloc_aligned(0, SIZE_MAX, 8),
		mica_calloc_aligned_at(SIZE_MAX, 0, 8, 0),
		mica_mallocn_aligned(SIZE_MAX, 0, 8),
		mica_reallocn_aligned(NULL, 0, SIZE_MAX, 8),
		mica_reallocf_aligned(NULL, 0, 8),
	};

	for (size_t i = 0; i < sizeof(p) / sizeof(p[0]); i++) {
		CHECK(p[i]);
		for (size_t j = 0; j < i; j++)
			CHECK(p[i] != p[j]);
	}
	for (size_t i = 0; i < sizeof(p) / sizeof(p[0]); i++)
		mica_free(p[i]);
}

/* Products that wrap around to something small, or to something large. */
TEST(products_overflow)
{
	static const size_t factors[][2] = {
		{ HALF, HALF }, { HALF * 2, HALF }, { SIZE_MAX, 2 },
		{ 2, SIZE_MAX }, { SIZE_MAX, SIZE_MAX },
		{ SIZE_MAX / 2 + 1, 2 }, { SIZE_MAX / 16 + 2, 16 },
		{ 16, SIZE_MAX / 16 + 2 }, { HALF + 1, HALF - 1 },
		{ SIZE_MAX / 3, 4 },
	};
	struct mica_stats before, after;
	unsigned char *p = mica_malloc(64);

	REQUIRE(p);
	fill(p, 64, 7);
	mica_stats(&before);
	for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++) {
		size_t a = hide_size(factors[i][0]);
		size_t b = hide_size(factors[i][1]);

		CHECK(!mica_calloc(a, b));
		CHECK(!mica_mallocn(a, b));
		CHECK(!mica_reallocn(p, a, b));
		CHECK(!mica_reallocn(NULL, a, b));
		CHECK(!mica_calloc_aligned(a, b, 32));
		CHECK(!mica_calloc_aligned_at(a, b, 32, 16));
		CHECK(!mica_mallocn_aligned(a, b, 32));
		CHECK(!mica_mallocn_aligned_at(a, b, 32, 16));
		CHECK(!mica_reallocn_aligned(p, a, b, 32));
		CHECK(!mica_reallocn_aligned_at(p, a, b, 32, 16));
		CHECK(!mica_reallocn_aligned(NULL, a, b, 32));
		CHECK(filled(p, 64, 7));
	}
	mica_stats(&after);
	CHECK_EQ(after.live_blocks, before.live_blocks);
	CHECK_EQ(after.failures - before.failures,
		 11 * sizeof(factors) / sizeof(factors[0]));
	mica_free(p);
}

TEST(mallocn_multiplies, .arena = 2500)
{
	void *p = mica_mallocn(25, 40);
	void *q;

	REQUIRE(p);
	CHECK(mica_usable_size(p) >= 1000);
	fill(p, 1000, 5);
	q = mica_reallocn(p, 50, 41);
	REQUIRE(q);
	CHECK(mica_usable_size(q) >= 2050);
	CHECK(filled(q, 1000, 5));
	mica_free(q);
}
