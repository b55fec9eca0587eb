/* SPDX-License-Identifier: MIT */
/* Spans handed over and taken back, and blocks of a kind of memory. */
#include "../model.h"
#include "core/region.h"

#if MICA_LAYOUT == MICA_LAYOUT_TABLE || MICA_REGIONS_MAX > 1

#include "spans.h"

static size_t nr_regions(void)
{
	struct mica_region region;
	size_t n = 0;

	while (mica_region_get(n, &region))
		n++;
	return n;
}

static bool add(unsigned int k, uint32_t attributes)
{
	return nr_regions() + 1 <= NR_REGIONS &&
	       CHECK_EQ(mica_region_add(span_of(k), SPAN_BYTES - 1, attributes),
			0);
}

/* As TEST_ROOM promises: what the arena has is taken first. */
static bool there_is_room(unsigned int more)
{
	mica_free(mica_malloc(1));
	return nr_regions() + more <= NR_REGIONS;
}

static void clear_and_check(void *p, size_t bytes)
{
	__builtin_memset(p, 0xa5, bytes);
	CHECK_MICA();
}

TEST(region_is_added_and_removed, .needs = TEST_ROOM)
{
	struct mica_region info = { 0 };
	size_t before;
	void *p;

	REQUIRE(there_is_room(1));
	before = nr_regions();
	REQUIRE(add(0, MICA_RETAINED));
	CHECK_EQ(nr_regions(), before + 1);
	p = mica_malloc_attr(300, MICA_RETAINED, 0);
	REQUIRE(p);
	CHECK(lies_in(p, 0));
	CHECK(mica_owns(p));
	CHECK_EQ(mica_attributes(p), MICA_RETAINED);
	clear_and_check(p, 300);
	CHECK_EQ(mica_region_remove(span_of(0)), MICA_ERROR_BUSY);
	CHECK(mica_owns(p));
	for (size_t k = 0; mica_region_get(k, &info); k++)
		if (info.base == span_of(0))
			break;
	CHECK(info.base == span_of(0));
	CHECK_EQ(info.bytes, SPAN_BYTES - 1);
	CHECK_EQ(info.attributes, MICA_RETAINED);
	CHECK(info.head_bytes > 0 && info.head_bytes < info.bytes);
	CHECK(!info.provider);
	mica_free(p);
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
	CHECK(!mica_owns(span_of(0) + SPAN_BYTES / 2));
	CHECK_EQ(nr_regions(), before);
	/* The memory is the program's again. */
	__builtin_memset(span_of(0), 0x77, SPAN_BYTES - 1);
	CHECK_MICA();
	CHECK_EQ(mica_region_remove(span_of(0)), MICA_ERROR_UNKNOWN);
}

/* Pages that were opened in it and are empty again do not keep it. */
TEST(region_with_empty_pages_is_removed,
     .needs = TEST_FINITE | TEST_TAG | TEST_ROOM)
{
	void *first = NULL, *p, **link;
	unsigned int inside = 0;

	REQUIRE(there_is_room(1));
	REQUIRE(add(0, 0));
	while ((p = mica_malloc(16))) {
		link = p;
		*link = first;
		first = p;
		inside += lies_in(p, 0);
	}
	CHECK(inside > 100);
	CHECK_EQ(mica_region_remove(span_of(0)), MICA_ERROR_BUSY);
	while ((p = first)) {
		first = *(void **)p;
		mica_free(p);
	}
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
	CHECK(!lies_in(p = mica_malloc(16), 0));
	mica_free(p);
}

/* The first region can go as well as the last; the others serve on. */
TEST(regions_go_in_any_order, .needs = TEST_ROOM)
{
	void *p, *q;

	REQUIRE(there_is_room(2));
	for (unsigned int round = 0; round < 4; round++) {
		REQUIRE(add(0, MICA_FAST));
		REQUIRE(add(1, MICA_EXTERNAL));
		p = mica_malloc_attr(200, MICA_FAST, 0);
		q = mica_malloc_attr(200, MICA_EXTERNAL, 0);
		CHECK(lies_in(p, 0) && lies_in(q, 1));
		if (round & 1) {
			mica_free(p);
			CHECK_EQ(mica_region_remove(span_of(0)), 0);
			clear_and_check(q, 200);
			mica_free(q);
			CHECK_EQ(mica_region_remove(span_of(1)), 0);
		} else {
			mica_free(q);
			CHECK_EQ(mica_region_remove(span_of(1)), 0);
			clear_and_check(p, 200);
			mica_free(p);
			CHECK_EQ(mica_region_remove(span_of(0)), 0);
		}
	}
}

TEST(region_calls_refuse_bad_input, .needs = TEST_ROOM)
{
	size_t before = nr_regions();
	struct mica_region info;
	int local;

	CHECK_EQ(mica_region_add(NULL, SPAN_BYTES, 0), MICA_ERROR_INVALID);
	CHECK_EQ(mica_region_add(span_of(0), SIZE_MAX, 0), MICA_ERROR_INVALID);
	CHECK_EQ(mica_region_add(span_of(0), SPAN_BYTES, MICA_ATTRIBUTES + 1),
		 MICA_ERROR_INVALID);
	CHECK_EQ(mica_region_add(span_of(0), 0, 0), MICA_ERROR_SMALL);
	CHECK_EQ(mica_region_add(span_of(0), 20, 0), MICA_ERROR_SMALL);
	CHECK_EQ(mica_region_remove(NULL), MICA_ERROR_INVALID);
	CHECK_EQ(mica_region_remove(&local), MICA_ERROR_UNKNOWN);
	CHECK(!mica_region_get(NR_REGIONS, &info));
	CHECK_EQ(mica_attributes(&local), 0);
	CHECK_EQ(nr_regions(), before);
	REQUIRE(there_is_room(1));
	REQUIRE(add(0, 0));
	CHECK_EQ(mica_region_add(span_of(0), SPAN_BYTES - 1, 0),
		 MICA_ERROR_OVERLAP);
	CHECK_EQ(mica_region_add(span_of(0) + SPAN_BYTES / 2, SPAN_BYTES, 0),
		 MICA_ERROR_OVERLAP);
	CHECK_EQ(mica_region_remove(span_of(0) + 8), MICA_ERROR_UNKNOWN);
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
}

/* The arena's own table is mica's too, also what was not taken of it yet. */
TEST(region_meets_the_arena, .needs = TEST_TAG)
{
	const struct mica_span *s = MICA_PORT_SPANS ? mica_port_spans() : NULL;

	for (; s && s->base; s++)
		CHECK_EQ(mica_region_add(s->base, s->bytes, 0),
			 MICA_ERROR_OVERLAP);
}

TEST(region_table_fills_up, .needs = TEST_TAG)
{
	static char many[9][1200];
	unsigned int n = 0;

	mica_free(mica_malloc(1));
	while (n < 9 && !mica_region_add(many[n], sizeof(many[n]), 0))
		n++;
	CHECK_EQ(nr_regions(), NR_REGIONS);
	CHECK_EQ(mica_region_add(many[8], sizeof(many[8]), 0),
		 MICA_ERROR_FULL);
	CHECK_MICA();
	while (n--)
		CHECK_EQ(mica_region_remove(many[n]), 0);
}

/* ---- attributes ---------------------------------------------------------------- */

TEST(attributes_fall_back_in_order, .needs = TEST_ROOM)
{
	void *p[4];

	REQUIRE(there_is_room(2));
	REQUIRE(add(0, MICA_DMA));
	REQUIRE(add(1, MICA_DMA | MICA_FAST));
	p[0] = mica_malloc_attr(100, MICA_DMA, 0);
	p[1] = mica_malloc_attr(100, MICA_DMA, MICA_FAST);
	p[2] = mica_malloc_attr(100, MICA_FAST, MICA_EXTERNAL | MICA_DMA);
	p[3] = mica_malloc_attr(100, 0, MICA_FAST | MICA_DMA);
	CHECK(lies_in(p[0], 0));
	CHECK(lies_in(p[1], 1) && lies_in(p[2], 1) && lies_in(p[3], 1));
	for (unsigned int i = 0; i < 4; i++)
		mica_free(p[i]);
	/* What is preferred is full: one attribute fewer will do. */
	p[0] = mica_malloc_attr(SPAN_BYTES - SPAN_BYTES / 4, MICA_FAST, 0);
	p[1] = mica_malloc_attr(SPAN_BYTES / 3, MICA_DMA, MICA_FAST);
	CHECK(lies_in(p[0], 1) && lies_in(p[1], 0));
	/* What is required is not. */
	CHECK(!mica_malloc_attr(SPAN_BYTES / 3, MICA_FAST, MICA_DMA));
	mica_free(p[0]);
	mica_free(p[1]);
	CHECK(!mica_malloc_attr(100, MICA_EXECUTABLE, 0));
	CHECK(!mica_malloc_attr(100, 0, MICA_ATTRIBUTES + 1));
	CHECK(!mica_aligned_attr(100, 3, 0, 0));
	CHECK(!mica_malloc_attr(SIZE_MAX, 0, 0));
	CHECK(!mica_realloc_attr(NULL, 100, 1, MICA_EXECUTABLE));
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
	CHECK_EQ(mica_region_remove(span_of(1)), 0);
}

/* No line of a block holds a byte of a neighbour's, or mica's. */
TEST(attributes_round_to_lines, .needs = TEST_ROOM | TEST_TAG)
{
	size_t line = (size_t)1 << MICA_LINE_SHIFT;
	unsigned char *p[8], before[8];

	REQUIRE(there_is_room(1));
	REQUIRE(add(0, MICA_DMA));
	for (unsigned int i = 0; i < 8; i++) {
		p[i] = mica_malloc_attr(1 + 13 * i, MICA_DMA, 0);
		REQUIRE(p[i]);
		CHECK_EQ((uintptr_t)p[i] & (line - 1), 0);
	}
	/* As a DMA engine would: whole lines, whatever lies in them. */
	for (unsigned int i = 0; i < 8; i++) {
		before[i] = (unsigned char)(i * 31);
		__builtin_memset(p[i], before[i],
				 (1 + 13 * i + line - 1) & ~(line - 1));
	}
	CHECK_MICA();
	for (unsigned int i = 0; i < 8; i++)
		CHECK(p[i][0] == before[i] && p[i][13 * i] == before[i]);
	for (unsigned int i = 1; i < 8; i += 2)
		mica_free(p[i]);
	for (unsigned int i = 0; i < 8; i += 2) {
		__builtin_memset(p[i], before[i],
				 (1 + 13 * i + line - 1) & ~(line - 1));
		p[i] = mica_realloc_attr(p[i], 300 + i, 64, MICA_DMA);
		REQUIRE(p[i]);
		CHECK(lies_in(p[i], 0));
		CHECK_EQ((uintptr_t)p[i] & (MAX_OF(line, (size_t)64) - 1), 0);
		CHECK(p[i][0] == before[i] && p[i][13 * i] == before[i]);
		__builtin_memset(p[i], 1, (300 + i + line - 1) & ~(line - 1));
		CHECK_MICA();
	}
	for (unsigned int i = 0; i < 8; i += 2)
		mica_free(p[i]);
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
}

/* A refused realloc leaves the block where it was, as it was. */
TEST(attributes_realloc_refused, .needs = TEST_ROOM)
{
	unsigned char *p;

	REQUIRE(there_is_room(1));
	REQUIRE(add(0, MICA_DMA));
	p = mica_realloc_attr(NULL, 100, 64, MICA_DMA);
	REQUIRE(p);
	fill(p, 100, 5);
	CHECK(!mica_realloc_attr(p, 2 * SPAN_BYTES, 64, MICA_DMA));
	CHECK(!mica_realloc_attr(p, 100, 48, MICA_DMA));
	CHECK(filled(p, 100, 5));
	mica_free(p);
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
}

#endif
