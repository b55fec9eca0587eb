/* SPDX-License-Identifier: MIT */
/* Alignment: every power of two, at an offset, kept by realloc. */
#include "../model.h"

static bool is_aligned(const void *p, size_t align, size_t offset)
{
	return !(((uintptr_t)p + offset) & (align - 1));
}

static void check_aligned(void *p, size_t size, size_t align, size_t offset)
{
	REQUIRE(p);
	CHECK_INV(7, is_aligned(p, align, offset));
	CHECK(mica_usable_size(p) >= size);
	fill(p, mica_usable_size(p), 1);
	CHECK(filled(p, mica_usable_size(p), 1));
	mica_free(p);
}

static void every_form(size_t size, size_t align, size_t offset)
{
	check_aligned(mica_malloc_aligned(size, align), size, align, 0);
	check_aligned(mica_malloc_aligned_at(size, align, offset), size, align,
		      offset);
	check_aligned(mica_mallocn_aligned(size, 1, align), size, align, 0);
	check_aligned(mica_mallocn_aligned_at(1, size, align, offset), size,
		      align, offset);
	check_aligned(mica_zalloc_aligned(size, align), size, align, 0);
	check_aligned(mica_zalloc_aligned_at(size, align, offset), size, align,
		      offset);
	check_aligned(mica_calloc_aligned(size, 1, align), size, align, 0);
	check_aligned(mica_calloc_aligned_at(1, size, align, offset), size,
		      align, offset);
	check_aligned(mica_realloc_aligned(NULL, size, align), size, align, 0);
	check_aligned(mica_realloc_aligned_at(NULL, size, align, offset), size,
		      align, offset);
	check_aligned(mica_reallocn_aligned(NULL, 1, size, align), size, align,
		      0);
	check_aligned(mica_reallocn_aligned_at(NULL, size, 1, align, offset),
		      size, align, offset);
	check_aligned(mica_reallocf_aligned(NULL, size, align), size, align, 0);
	check_aligned(mica_reallocf_aligned_at(NULL, size, align, offset), size,
		      align, offset);
}

TEST(aligned_small, .arena = 2048)
{
	size_t most = test_within(3000, 3);

	for (size_t align = 1; align <= test_within(2048, 4); align *= 2)
		for (size_t size = 0; size <= most; size += 1 + size / 2)
			every_form(size, align, MICA_GRANULE * (size % 5));
	CHECK_MICA();
}

TEST(aligned_to_a_megabyte, .arena = 16 << 20)
{
	for (size_t align = 4096; align <= 1 << 20; align *= 2)
		for (size_t size = 1; size <= 1 << 20; size = size * 7 + 1)
			every_form(size, align, 16);
	CHECK_MICA();
}

/* Past the unit of address space that the table layout deals in. */
TEST(aligned_huge, .arena = 1024 << 20,
     .needs = TEST_TABLE)
{
	for (size_t align = 2 << 20; align <= 256 << 20; align *= 2) {
		every_form(100, align, 64);
		every_form(3 << 20, align, 4096);
		CHECK_MICA();
	}
}

TEST(aligned_at_any_offset, .arena = 3000)
{
	for (size_t offset = 0; offset <= 1024; offset += MICA_GRANULE)
		for (size_t align = 1; align <= 1024; align *= 4)
			check_aligned(mica_malloc_aligned_at(300, align,
							     offset),
				      300, align, offset);
}

/* No multiple of the granule: blocks of the tag layout cannot start there. */
TEST(aligned_at_odd_offset, .arena = 1024)
{
	for (size_t offset = 1; offset < 70; offset += 4) {
		void *p = mica_malloc_aligned_at(300, 64, offset);

		if (MICA_LAYOUT == MICA_LAYOUT_TABLE)
			check_aligned(p, 300, 64, offset);
		else
			CHECK(!p);
		CHECK_MICA();
	}
	/* A multiple of the alignment is no offset at all. */
	check_aligned(mica_malloc_aligned_at(300, 4, 12), 300, 4, 12);
}

TEST(alignment_refused)
{
	static const size_t bad[] = {
		0, 3, 5, 6, 7, 9, 12, 24, 48, 100, 4095, 4097, SIZE_MAX,
		SIZE_MAX - 1, SIZE_MAX / 2,
	};
	void *p = mica_malloc(10);

	REQUIRE(p);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t align = hide_size(bad[i]);

		CHECK(!mica_malloc_aligned(8, align));
		CHECK(!mica_malloc_aligned_at(8, align, 8));
		CHECK(!mica_mallocn_aligned(2, 8, align));
		CHECK(!mica_mallocn_aligned_at(2, 8, align, 8));
		CHECK(!mica_zalloc_aligned(8, align));
		CHECK(!mica_zalloc_aligned_at(8, align, 8));
		CHECK(!mica_calloc_aligned(2, 8, align));
		CHECK(!mica_calloc_aligned_at(2, 8, align, 8));
		CHECK(!mica_realloc_aligned(NULL, 8, align));
		CHECK(!mica_realloc_aligned(p, 8, align));
		CHECK(!mica_realloc_aligned_at(p, 8, align, 8));
		CHECK(!mica_reallocn_aligned(p, 2, 8, align));
		CHECK(!mica_reallocn_aligned_at(p, 2, 8, align, 8));
		CHECK(!mica_reallocf_aligned(NULL, 8, align));
		CHECK(!mica_reallocf_aligned_at(NULL, 8, align, 8));
	}
	CHECK_MICA();
	mica_free(p);
}

/* Powers of two that no memory can have fail; nothing is lost by trying. */
TEST(alignment_too_big)
{
	struct mica_stats before, after;
	size_t top = SIZE_MAX / 2 + 1;

	mica_stats(&before);
	if (MICA_ADDRESS_BITS < sizeof(size_t) * 8) {
		CHECK(!mica_malloc_aligned(8, hide_size(top)));
		CHECK(!mica_malloc_aligned_at(8, top, SIZE_MAX));
	}
	CHECK(!mica_malloc_aligned(SIZE_MAX / 2, hide_size(top / 2)));
	CHECK(!mica_malloc_aligned(PTRDIFF_MAX, 4096));
	mica_stats(&after);
	CHECK_EQ(after.live_blocks, before.live_blocks);
	CHECK(after.used_bytes <= before.used_bytes);
	CHECK_MICA();
}

/* Any power of two is aligned to, or refused; whatever memory there is. */
TEST(alignment_every_power)
{
	static const size_t sizes[] = { 1, 100, 5000, 70000 };

	/* An emulator spends memory on address space that is only reserved. */
	unsigned int bits = test_target.offers() & TEST_FAST ?
		sizeof(size_t) * 8 : 30;

	for (unsigned int bit = 0; bit < bits; bit++) {
		size_t align = (size_t)1 << bit;

		for (unsigned int i = 0; i < 4; i++) {
			void *p = mica_malloc_aligned(sizes[i], align);

			CHECK_INV(7, is_aligned(p, align, 0));
			CHECK(!p || mica_usable_size(p) >= sizes[i]);
			mica_free(p);
			CHECK_MICA();
		}
	}
}

/* All forms of realloc in turn. */
static void *realloc_any(void *p, size_t size, size_t align, size_t offset)
{
	static unsigned int turn;

	switch (turn++ % 3) {
	case 0:
		return mica_realloc_aligned_at(p, size, align, offset);
	case 1:
		return offset ?
			mica_reallocn_aligned_at(p, 1, size, align, offset) :
			mica_reallocn_aligned(p, size, 1, align);
	default:
		return offset ?
			mica_reallocf_aligned_at(p, size, align, offset) :
			mica_reallocf_aligned(p, size, align);
	}
}

static void realloc_walk(size_t align, size_t offset, size_t most)
{
	void *p = mica_malloc_aligned_at(10, align, offset);
	size_t size = 10, next;

	REQUIRE(p);
	fill(p, size, 77);
	for (bool up = true; up || size > 10; size = next) {
		next = up ? size * 2 + 3 : size / 3;
		up = up && next < most;
		p = realloc_any(p, next, align, offset);
		REQUIRE(p);
		CHECK_INV(7, is_aligned(p, align, offset));
		CHECK(filled_before(p, next, size, 77));
		fill(p, next, 77);
	}
	mica_free(p);
}

TEST(realloc_keeps_alignment, .arena = 3000)
{
	size_t most = test_within(4000, 6);

	for (size_t align = 8; align <= 1024; align *= 2) {
		realloc_walk(align, 0, most);
		realloc_walk(align, 3 * MICA_GRANULE, most);
	}
}

TEST(realloc_keeps_alignment_of_large, .arena = 64 << 20)
{
	realloc_walk(64 << 10, 0, 8 << 20);
	realloc_walk(1 << 20, 64, 8 << 20);
}

/* Neighbours of aligned blocks: the leftovers before and behind are usable. */
TEST(aligned_blocks_lie_apart, .arena = 3000)
{
	struct random r = { .state = 5 };

	model_reset(&model_main);
	for (unsigned int i = 0; i < 40; i++) {
		size_t align = (size_t)1 << random_below(&r, 9);
		size_t size = random_size(&r, 7);

		REQUIRE(model_add(&model_main,
				  mica_malloc_aligned(size, align), size,
				  align));
	}
	CHECK(model_verify_all(&model_main));
	CHECK_MICA();
	model_free_all(&model_main);
}
