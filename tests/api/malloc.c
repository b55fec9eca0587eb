/* SPDX-License-Identifier: MIT */
/* mica_malloc(), mica_free(), sizes: what holds for every request. */
#include "../model.h"

#define TOO_BIG ((size_t)PTRDIFF_MAX + 1)

TEST(malloc_every_small_size, .arena = 2500)
{
	for (size_t size = 0; size <= 2048; size++) {
		unsigned char *p = mica_malloc(size);

		REQUIRE(p);
		CHECK_INV(7, !((uintptr_t)p & (MICA_GRANULE - 1)));
		CHECK(mica_usable_size(p) >= size);
		fill(p, mica_usable_size(p), (uint32_t)size);
		CHECK(filled(p, mica_usable_size(p), (uint32_t)size));
		mica_free(p);
	}
}

TEST(malloc_sizes_around_powers, .arena = 1024)
{
	size_t most = test_within(128 << 10, 2);

	for (size_t base = 8; base <= most; base *= 2) {
		for (size_t size = base - 3; size <= base + 3; size++) {
			void *p = mica_malloc(size);

			model_reset(&model_main);
			REQUIRE(model_add(&model_main, p, mica_usable_size(p),
					  MICA_GRANULE));
			CHECK(mica_usable_size(p) >= size);
			model_free_all(&model_main);
		}
	}
}

TEST(malloc_large_sizes, .arena = 96 << 20)
{
	for (size_t size = (size_t)1 << 17; size <= 48 << 20;
	     size += size / 3 + 1) {
		void *p = mica_malloc(size);

		model_reset(&model_main);
		REQUIRE(model_add(&model_main, p, mica_usable_size(p),
				  MICA_GRANULE));
		CHECK(mica_usable_size(p) >= size);
		CHECK_MICA();
		model_free_all(&model_main);
		CHECK_MICA();
	}
}

TEST(malloc_zero_is_unique)
{
	char *p = mica_malloc(0);
	char *q = mica_malloc(0);

	CHECK(p && q && p != q);
	CHECK(mica_usable_size(p) >= 1);
	mica_free(p);
	mica_free(q);
}

TEST(malloc_too_much)
{
	static const size_t sizes[] = {
		TOO_BIG, TOO_BIG + 1, SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 7,
		SIZE_MAX - 15, SIZE_MAX - 4095, SIZE_MAX - 65535, PTRDIFF_MAX,
		PTRDIFF_MAX - 1, PTRDIFF_MAX - 65535,
	};
	struct mica_stats before, after;

	mica_stats(&before);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size = hide_size(sizes[i]);

		CHECK(!mica_malloc(size));
		CHECK(!mica_zalloc(size));
		CHECK(!mica_calloc(1, size));
		CHECK(!mica_mallocn(size, 1));
		CHECK(!mica_realloc(NULL, size));
		CHECK(!mica_reallocn(NULL, 1, size));
		CHECK(!mica_reallocf(NULL, size));
		CHECK(!mica_malloc_aligned(size, 64));
		CHECK(!mica_malloc_aligned_at(size, 64, 8));
		CHECK(!mica_mallocn_aligned(size, 1, 64));
		CHECK(!mica_mallocn_aligned_at(1, size, 64, 8));
		CHECK(!mica_zalloc_aligned(size, 64));
		CHECK(!mica_zalloc_aligned_at(size, 64, 8));
		CHECK(!mica_calloc_aligned(size, 1, 64));
		CHECK(!mica_calloc_aligned_at(size, 1, 64, 8));
		CHECK(!mica_realloc_aligned(NULL, size, 64));
		CHECK(!mica_realloc_aligned_at(NULL, size, 64, 8));
		CHECK(!mica_reallocn_aligned(NULL, size, 1, 64));
		CHECK(!mica_reallocn_aligned_at(NULL, 1, size, 64, 8));
		CHECK(!mica_reallocf_aligned(NULL, size, 64));
		CHECK(!mica_reallocf_aligned_at(NULL, size, 64, 8));
		CHECK_MICA();
	}
	mica_stats(&after);
	CHECK_EQ(after.live_blocks, before.live_blocks);
	CHECK(after.used_bytes <= before.used_bytes);
	CHECK_EQ(after.failures - before.failures,
		 21 * sizeof(sizes) / sizeof(sizes[0]));
}

TEST(free_null)
{
	struct mica_stats before, after;

	mica_stats(&before);
	mica_free(NULL);
	mica_free(hide(NULL));
	mica_stats(&after);
	CHECK_EQ(after.live_blocks, before.live_blocks);
}

TEST(usable_size_of_null)
{
	CHECK_EQ(mica_usable_size(NULL), 0);
}

TEST(good_size_is_kept, .arena = 1024)
{
	size_t most = test_within(16 << 10, 2);
	size_t last = 0;

	for (size_t size = 0; size <= most; size += 1 + size / 64) {
		size_t good = mica_good_size(size);
		void *p = mica_malloc(size);

		REQUIRE(p);
		CHECK(good >= size && good >= last);
		CHECK_EQ(mica_good_size(good), good);
		if (MICA_HARDEN >= 2)	/* what is behind @size is the fence's */
			CHECK_EQ(mica_usable_size(p), size ? size : 1);
		else if (MICA_LAYOUT == MICA_LAYOUT_TABLE)
			CHECK_EQ(mica_usable_size(p), good);
		mica_free(p);
		last = good;
	}
}

/* A region of its own: what the provider adds is usable as well. */
TEST(good_size_of_huge, .arena = 192 << 20, .needs = TEST_TABLE)
{
	size_t unit = (size_t)1 << MICA_UNIT_SHIFT;

	for (size_t size = unit - (400 << 10); size < unit + (100 << 10);
	     size += 16001) {
		size_t good = mica_good_size(size);
		void *p = mica_malloc(size);

		REQUIRE(p);
		CHECK(good >= size && good < size + (64 << 10));
		CHECK(MICA_HARDEN >= 2 || good % 4096 == 0);
		CHECK_EQ(mica_good_size(good), good);
		CHECK(mica_usable_size(p) >= (MICA_HARDEN >= 2 ? size : good));
		mica_free(p);
	}
}

TEST(good_size_too_big)
{
	CHECK_EQ(mica_good_size(TOO_BIG), TOO_BIG);
	CHECK_EQ(mica_good_size(SIZE_MAX), SIZE_MAX);
	CHECK(mica_good_size(PTRDIFF_MAX) >= (size_t)PTRDIFF_MAX);
}

/* Freed blocks come back: the same few bytes serve any number of requests. */
TEST(malloc_reuses, .arena = 512)
{
	struct mica_stats before, after;
	void *p = mica_malloc(100);

	REQUIRE(p);
	mica_free(p);
	mica_stats(&before);
	for (unsigned int i = 0; i < 10000; i++) {
		p = mica_malloc(100);
		REQUIRE(p);
		mica_free(p);
	}
	mica_stats(&after);
	CHECK_EQ(after.peak_bytes, before.peak_bytes);
}

TEST(malloc_live_blocks_lie_apart, .arena = 4096)
{
	struct random r = { .state = 42 };

	model_reset(&model_main);
	for (unsigned int i = 0; i < 100; i++) {
		size_t size = random_size(&r, 7);

		REQUIRE(model_add(&model_main, mica_malloc(size), size,
				  MICA_GRANULE));
	}
	CHECK(model_verify_all(&model_main));
	CHECK_MICA();
	model_free_all(&model_main);
}
