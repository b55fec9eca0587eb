/* SPDX-License-Identifier: MIT */
/* realloc and its family: content, place, failure. */
#include "../model.h"

#define TOO_BIG ((size_t)PTRDIFF_MAX + 1)

TEST(realloc_null_is_malloc)
{
	void *p = mica_realloc(NULL, 100);

	REQUIRE(p);
	CHECK(mica_usable_size(p) >= 100);
	mica_free(p);
}

TEST(realloc_to_zero_keeps_a_block)
{
	void *p = mica_malloc(1000);
	void *q;

	REQUIRE(p);
	q = mica_realloc(p, 0);
	REQUIRE(q);
	q = mica_reallocn(q, 0, 5);
	REQUIRE(q);
	mica_free(q);
}

/* Up and down through sizes; each byte that fits is kept at each step. */
static void walk(size_t most, size_t step_num, size_t step_den)
{
	size_t size = 1, next;

	model_reset(&model_main);
	REQUIRE(model_add(&model_main, mica_malloc(size), size, MICA_GRANULE));
	for (bool up = true; up || size > 1; size = next) {
		void *p = (void *)model_main.blocks[0].addr;

		next = up ? size + size * step_num / step_den + 1
			  : size - size * step_num / step_den / 2;
		if (!up && next == size)
			next--;
		up = up && next < most;
		p = mica_realloc(p, next);
		REQUIRE(model_moved(&model_main, 0, p, next, MICA_GRANULE));
		CHECK(mica_usable_size(p) >= next);
	}
	model_free_all(&model_main);
	CHECK_MICA();
}

TEST(realloc_keeps_content, .arena = 2048)
{
	walk(test_within(5000, 4), 1, 7);
	walk(test_within(7000, 4), 1, 2);
}

TEST(realloc_keeps_content_of_large, .arena = 128 << 20)
{
	walk(24 << 20, 1, 4);
}

TEST(realloc_failure_changes_nothing)
{
	unsigned char *p = mica_malloc(200);
	size_t usable = mica_usable_size(p);

	REQUIRE(p);
	fill(p, 200, 9);
	CHECK(!mica_realloc(p, TOO_BIG));
	CHECK(!mica_realloc(p, SIZE_MAX));
	CHECK(!mica_realloc(p, PTRDIFF_MAX));
	CHECK(!mica_reallocn(p, SIZE_MAX / 2, 3));
	CHECK(!mica_realloc_aligned(p, TOO_BIG, 16));
	CHECK(!mica_realloc_aligned(p, 400, 24));
	CHECK(!mica_realloc_aligned(p, 400, 0));
	CHECK(!mica_realloc_aligned_at(p, SIZE_MAX, 16, 0));
	CHECK(!mica_reallocn_aligned(p, SIZE_MAX / 2, 3, 16));
	CHECK(!mica_reallocn_aligned(p, 400, 1, 24));
	CHECK(!mica_reallocn_aligned_at(p, 1, TOO_BIG, 16, 8));
	CHECK(!mica_expand(p, SIZE_MAX));
	CHECK(!mica_expand(p, TOO_BIG));
	CHECK_EQ(mica_usable_size(p), usable);
	CHECK(filled(p, 200, 9));
	mica_free(p);
}

TEST(reallocf_frees_on_failure)
{
	struct mica_stats before, after;
	void *p = mica_malloc(200);
	void *q;

	REQUIRE(p);
	mica_stats(&before);
	CHECK(!mica_reallocf(p, TOO_BIG));
	mica_stats(&after);
	CHECK_EQ(after.live_blocks, before.live_blocks - 1);
	p = mica_reallocf(NULL, 10);
	REQUIRE(p);
	q = mica_reallocf(p, 2000);
	REQUIRE(q);
	mica_free(q);
}

TEST(reallocf_aligned_frees_on_failure)
{
	static const struct {
		size_t size, align;
	} bad[] = { { TOO_BIG, 16 }, { SIZE_MAX, 8 }, { 300, 24 }, { 300, 0 } };
	struct mica_stats before, after;
	void *p, *q;

	mica_stats(&before);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		p = mica_malloc(200);
		q = mica_malloc(200);
		REQUIRE(p && q);
		CHECK(!mica_reallocf_aligned(p, hide_size(bad[i].size),
					     bad[i].align));
		CHECK(!mica_reallocf_aligned_at(q, hide_size(bad[i].size),
						bad[i].align, 8));
		mica_stats(&after);
		CHECK_EQ(after.live_blocks, before.live_blocks);
	}
}

TEST(expand_null)
{
	CHECK(!mica_expand(NULL, 10));
	CHECK(!mica_expand(NULL, 0));
}

TEST(expand_in_place, .arena = 512)
{
	unsigned char *p = mica_malloc(100);
	size_t usable = mica_usable_size(p);

	REQUIRE(p);
	fill(p, 100, 4);
	CHECK(mica_expand(p, 0) == p);
	CHECK(filled(p, 1, 4));
	CHECK(mica_expand(p, 100) == p || mica_usable_size(p) < 100);
	if (mica_expand(p, usable + 1)) {
		CHECK(mica_usable_size(p) > usable);
		CHECK_MICA();
	}
	mica_free(p);
}

/* A block that cannot grow where it is says NULL and stays as it was. */
TEST(expand_refused, .arena = 1400)
{
	unsigned char *p = mica_malloc(500);
	unsigned char *fence = mica_malloc(500);

	REQUIRE(p && fence);
	fill(p, 500, 4);
	CHECK(!mica_expand(p, (size_t)1 << 30));
	CHECK(mica_usable_size(p) >= 500);
	CHECK(filled(p, 500, 4));
	mica_free(fence);
	mica_free(p);
}

/* A large block grows into the free run behind it, and shrinks back. */
TEST(realloc_large_in_place,
     .arena = MICA_LAYOUT == MICA_LAYOUT_TABLE ? 2 << 20 : 2048)
{
	size_t unit = MICA_LAYOUT == MICA_LAYOUT_TABLE ? 256 << 10 :
		test_within(4096, 6) / MICA_GRANULE * MICA_GRANULE;
	struct mica_stats before, after;
	unsigned char *p = mica_malloc(5 * unit);
	unsigned char *q;

	REQUIRE(p);
	fill(p, 5 * unit, 11);
	mica_stats(&before);
	q = mica_realloc(p, unit);
	CHECK(q == p);
	q = mica_realloc(q, 4 * unit);
	CHECK(q == p);
	mica_stats(&after);
	CHECK(filled_before(q, unit, 5 * unit, 11));
	CHECK(after.shrunk_in_place > before.shrunk_in_place);
	CHECK(after.grown_in_place > before.grown_in_place);
	CHECK_EQ(after.moved, before.moved);
	CHECK_MICA();
	mica_free(q);
}

/* Of neighbours that all grow, some have to move. */
TEST(realloc_counts_moves, .arena = 2048)
{
	size_t size = test_within(1000, 12);
	struct mica_stats before, after;
	void *p[8];

	for (unsigned int i = 0; i < 8; i++) {
		p[i] = mica_malloc(24);
		REQUIRE(p[i]);
		fill(p[i], 24, i);
	}
	mica_stats(&before);
	for (unsigned int i = 0; i < 8; i++) {
		void *q = mica_realloc(p[i], size);

		REQUIRE(q);
		CHECK_INV(7, filled_before(q, size, 24, i));
		p[i] = q;
	}
	mica_stats(&after);
	CHECK(after.moved > before.moved);
	for (unsigned int i = 0; i < 8; i++)
		mica_free(p[i]);
}
