/* SPDX-License-Identifier: MIT */
/*
 * Memory reserved ahead, and memory of the program's own, with callbacks: what it
 * serves, whom, and what is refused.
 */
#include "../model.h"
#include "core/region.h"

#if MICA_LAYOUT == MICA_LAYOUT_TABLE || MICA_REGIONS_MAX > 1

#include "spans.h"

#define UNIT ((size_t)1 << MICA_UNIT_SHIFT)
#define ARENA (TABLE ? (size_t)4 << 20 : SPAN_BYTES - 1)
#define BLOCK (TABLE ? (size_t)200 << 10 : (size_t)600)

/* A provider of the pool: it counts, and does as it is told. */
static unsigned int reserves, releases, commits, decommits;
static unsigned int refuse_commit;	/* the how many-th call; 0: none */
static bool refuse_release;
static char *offer;			/* what reserve() says it has */
static size_t offered;
static size_t committed;

static int pool_reserve(void *context, size_t bytes, size_t align, size_t lead,
			struct mica_span *span)
{
	(void)align, (void)lead, (void)context;
	reserves++;
	if (!offer)
		return -1;
	*span = (struct mica_span){ offer, offered ? offered : bytes };
	return 0;
}

static int pool_release(void *context, struct mica_span span)
{
	(void)context;
	CHECK(span.base == offer);
	releases++;
	return refuse_release ? -5 : 0;
}

static int pool_commit(void *context, struct mica_span span)
{
	CHECK(context == &committed);
	if (++commits == refuse_commit)
		return -6;
	committed += span.bytes;
	return 0;
}

static int pool_decommit(void *context, struct mica_span span)
{
	CHECK(context == &committed);
	decommits++;
	committed -= span.bytes;
	return 0;
}

static const struct mica_provider pool_provider = {
	.name = "arena pool",
	.context = &committed,
	.granule = TABLE ? 4096 : 1,
	.reserve = pool_reserve,
	.release = pool_release,
	.commit = pool_commit,
	.decommit = pool_decommit,
};

static void pool_reset(void)
{
	reserves = releases = commits = decommits = refuse_commit = 0;
	refuse_release = false;
	offer = NULL;
	offered = committed = 0;
}

static size_t nr_regions(void)
{
	struct mica_region region;
	size_t n = 0;

	while (mica_region_get(n, &region))
		n++;
	return n;
}

/* As TEST_ROOM promises: what the machine has is taken first. */
static bool there_is_room(unsigned int more)
{
	pool_reset();
	mica_free(mica_malloc(1));
	return nr_regions() + more <= NR_REGIONS;
}

static bool find_arena(const void *base, struct mica_region *region)
{
	for (size_t k = 0; mica_region_get(k, region); k++)
		if (region->arena.base == base)
			return true;
	return false;
}

TEST(arena_is_handed_over, .needs = TEST_ROOM)
{
	struct mica_region_setup setup = { .attributes = MICA_RETAINED };
	struct mica_region region;
	size_t before;
	void *p;

	REQUIRE(there_is_room(1));
	before = nr_regions();
	CHECK_EQ(mica_manage(span_of(0), SPAN_BYTES - 1, &setup), 0);
	CHECK_EQ(nr_regions(), before + 1);
	REQUIRE(find_arena(span_of(0), &region));
	CHECK_EQ(region.arena.bytes, SPAN_BYTES - 1);
	CHECK_EQ(region.attributes, MICA_RETAINED);
	CHECK(!region.exclusive && !region.provider);
	p = mica_malloc_attr(BLOCK, MICA_RETAINED, 0);
	CHECK(p && lies_in(p, 0));
	CHECK_EQ(mica_region_remove(span_of(0)), MICA_ERROR_BUSY);
	CHECK(mica_owns(p));
	CHECK_MICA();
	mica_free(p);
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
	CHECK_EQ(nr_regions(), before);
	CHECK(!mica_owns(span_of(0) + SPAN_BYTES / 2));
}

TEST(arena_calls_refuse_bad_input, .needs = TEST_ROOM)
{
	struct mica_provider bad = pool_provider;
	struct mica_region_setup setup = { .flags = MICA_REGION_FLAGS + 1 };
	char *span = span_of(0);
	void *base = &bad;
	size_t before;

	REQUIRE(there_is_room(1));
	before = nr_regions();
	CHECK_EQ(mica_manage(NULL, SPAN_BYTES, NULL), MICA_ERROR_INVALID);
	CHECK_EQ(mica_manage(span, SIZE_MAX, NULL), MICA_ERROR_INVALID);
	CHECK_EQ(mica_manage(span, 0, NULL), MICA_ERROR_SMALL);
	CHECK_EQ(mica_manage(span, 20, NULL), MICA_ERROR_SMALL);
	CHECK_EQ(mica_manage(span, SPAN_BYTES - 1, &setup), MICA_ERROR_INVALID);
	CHECK_EQ(mica_reserve(ARENA, &setup, &base), MICA_ERROR_INVALID);
	setup.flags = 0;
	setup.attributes = MICA_ATTRIBUTES + 1;
	CHECK_EQ(mica_manage(span, SPAN_BYTES - 1, &setup), MICA_ERROR_INVALID);
	setup.attributes = 0;
	setup.provider = &bad;
	bad.granule = 24;
	CHECK_EQ(mica_manage(span, SPAN_BYTES - 1, &setup), MICA_ERROR_INVALID);
	CHECK_EQ(mica_reserve(ARENA, &setup, &base), MICA_ERROR_INVALID);
	bad.granule = TABLE ? (size_t)1 << 17 : 4096;
	CHECK_EQ(mica_manage(span + 8, SPAN_BYTES - 9, &setup),
		 MICA_ERROR_INVALID);
	bad = pool_provider;
	bad.reserve = NULL;
	CHECK_EQ(mica_reserve(ARENA, &setup, &base), MICA_ERROR_INVALID);
	CHECK_EQ(mica_reserve(0, NULL, &base), MICA_ERROR_INVALID);
	CHECK_EQ(mica_reserve(SIZE_MAX, NULL, &base), MICA_ERROR_INVALID);
	if (!MICA_HEAPS) {
		setup = (struct mica_region_setup){
			.flags = MICA_REGION_EXCLUSIVE };
		CHECK_EQ(mica_manage(span, SPAN_BYTES - 1, &setup),
			 MICA_ERROR_INVALID);
	}
	CHECK(base == &bad);
	CHECK_EQ(nr_regions(), before);
	CHECK_EQ(reserves + commits + decommits + releases, 0);
	CHECK_EQ(mica_manage(span, SPAN_BYTES - 1, NULL), 0);
	CHECK_EQ(mica_manage(span, SPAN_BYTES - 1, NULL), MICA_ERROR_OVERLAP);
	CHECK_EQ(mica_region_remove(span), 0);
}

/* Its callbacks are called for it, and a refusal leaves nothing. */
TEST(arena_commits_by_callbacks, .needs = TEST_ROOM)
{
	struct mica_region_setup setup = { .provider = &pool_provider,
					   .attributes = MICA_EXTERNAL };
	struct mica_region region;
	struct mica_stats stats;
	uint64_t failures;
	size_t before;
	void *p;

	REQUIRE(there_is_room(1));
	before = nr_regions();
	mica_stats(&stats);
	failures = stats.provider_failures;
	refuse_commit = 1;
	CHECK_EQ(mica_manage(span_of(0), SPAN_BYTES - 1, &setup),
		 MICA_ERROR_REFUSED);
	CHECK_EQ(nr_regions(), before);
	CHECK_EQ(committed, 0);
	CHECK(!mica_owns(span_of(0) + SPAN_BYTES / 2));
	mica_stats(&stats);
	CHECK(MICA_STATS < 2 || stats.provider_failures == failures + 1);
	CHECK_EQ(mica_manage(span_of(0), SPAN_BYTES - 1, &setup), 0);
	REQUIRE(find_arena(span_of(0), &region));
	CHECK(region.provider == pool_provider.name);
	CHECK(committed > 0 && committed <= SPAN_BYTES);
	p = mica_malloc_attr(BLOCK, MICA_EXTERNAL, 0);
	REQUIRE(p);
	CHECK(lies_in(p, 0));
	CHECK(!TABLE || committed < SPAN_BYTES);
	mica_free(p);
	CHECK_MICA();
	mica_collect(true);
	CHECK(!TABLE || decommits > 0);
	offer = span_of(0);
	refuse_release = true;
	CHECK_EQ(mica_region_remove(span_of(0)), MICA_ERROR_REFUSED);
	CHECK(find_arena(span_of(0), &region));
	CHECK_MICA();
	refuse_release = false;
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
	CHECK_EQ(releases, 2);
	CHECK_EQ(reserves, 0);
	CHECK_EQ(nr_regions(), before);
}

/* What is reserved serves before anybody is asked for more. */
TEST(arena_is_reserved, .needs = TEST_ROOM)
{
	struct mica_region_setup setup = { .provider = &pool_provider,
					   .attributes = MICA_EXTERNAL };
	struct mica_region region;
	void *base = NULL, *p;

	REQUIRE(there_is_room(1));
	CHECK_EQ(mica_reserve(ARENA, &setup, &base), MICA_ERROR_REFUSED);
	CHECK(!base);
	CHECK_EQ(reserves, 1);
	if (TABLE)
		return;	/* tests/host and tests/fake have the port's own */
	offer = span_of(0);
	offered = SPAN_BYTES - 1;
	CHECK_EQ(mica_reserve(ARENA, &setup, &base), 0);
	CHECK(base == span_of(0));
	CHECK_EQ(reserves, 2);
	REQUIRE(find_arena(base, &region));
	p = mica_malloc_attr(BLOCK, MICA_EXTERNAL, 0);
	CHECK(p && lies_in(p, 0));
	CHECK_EQ(reserves, 2);
	mica_free(p);
	CHECK_EQ(mica_region_remove(base), 0);
	CHECK_EQ(releases, 1);
}

#if TABLE

/* It says it has what was asked for. */
TEST(provider_that_lies_is_refused, .needs = TEST_ROOM)
{
	struct mica_region_setup setup = { .provider = &pool_provider };
	struct mica_heap_setup bound = { .provider = &pool_provider };
	struct mica_heap *heap;
	char *unit = span_of(0) + ((0 - (uintptr_t)span_of(0)) & (UNIT - 1));
	size_t before;
	void *base, *p;

	REQUIRE(there_is_room(1));
	before = nr_regions();
	heap = mica_heap_new(&bound);
	REQUIRE(heap);
	/* Misaligned. */
	offer = unit + 65536;
	CHECK_EQ(mica_reserve(ARENA, &setup, &base), MICA_ERROR_REFUSED);
	CHECK_EQ(releases, 1);
	CHECK(!mica_heap_malloc(heap, 1));
	CHECK_EQ(releases, 2);
	/* Too small. */
	offer = unit;
	offered = ARENA / 2;
	CHECK_EQ(mica_reserve(ARENA, &setup, &base), MICA_ERROR_REFUSED);
	CHECK_EQ(releases, 3);
	CHECK(!mica_heap_malloc(heap, 1));
	CHECK_EQ(releases, 4);
	/* Mica's already: that is not given back. */
	p = mica_malloc(BLOCK);
	REQUIRE(p);
	offer = (char *)((uintptr_t)p & ~(UNIT - 1));
	offered = UNIT;
	CHECK_EQ(mica_reserve(UNIT, &setup, &base), MICA_ERROR_REFUSED);
	CHECK(!mica_heap_malloc(heap, 1));
	CHECK_EQ(releases, 4);
	mica_free(p);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_EQ(nr_regions(), before);
	CHECK_MICA();
}

/* Does @p lie in the span, and behind @q or @q in none? */
static bool in_order(const void *p, const void *q, const void *base, size_t size)
{
	size_t a = (uintptr_t)p - (uintptr_t)base;
	size_t b = (uintptr_t)q - (uintptr_t)base;

	return a < size && (b >= size || a > b);
}

/* The port's own memory, of more units than one. */
TEST(arena_of_many_units, .arena = 8 * UNIT, .needs = TEST_TABLE | TEST_ROOM)
{
	struct mica_region region;
	struct mica_stats before, after;
	size_t size = 2 * UNIT + UNIT / 2, n = 0, last, regions;
	void *base, *p[24];

	mica_collect(true);
	REQUIRE(mica_reserve(size, NULL, &base) == 0);
	for (size_t k = 0; mica_region_get(k, &region); k++)
		if (region.arena.base == base) {
			CHECK(region.arena.bytes >= size);
			CHECK((uintptr_t)region.base - (uintptr_t)base <
			      size);
			n++;
		}
	CHECK_EQ(n, 3);
	regions = nr_regions();
	mica_stats(&before);
	for (n = 0; n < 24; n++) {
		p[n] = mica_malloc(UNIT / 12);
		REQUIRE(p[n]);
		*(char *)p[n] = 1;
	}
	mica_stats(&after);
	CHECK_EQ(after.regions, before.regions);
	CHECK_MICA();
	CHECK_EQ(mica_region_remove(base), MICA_ERROR_BUSY);
	CHECK_EQ(mica_region_remove((char *)base + UNIT), MICA_ERROR_UNKNOWN);
	mica_stats(&after);
	CHECK_EQ(after.regions, before.regions);
	/* Busy in its last piece alone: those before it are there as well. */
	last = 0;
	for (n = 1; n < 24; n++)
		last = in_order(p[n], p[last], base, size) ? n : last;
	REQUIRE((uintptr_t)p[last] - (uintptr_t)base >= 2 * UNIT);
	for (n = 0; n < 24; n++)
		if (n != last)
			mica_free(p[n]);
	CHECK_EQ(mica_region_remove(base), MICA_ERROR_BUSY);
	for (n = 0; n < 5; n++)
		CHECK_INV(8, mica_owns((char *)base + n * UNIT / 2 + 4096));
	CHECK_EQ(nr_regions(), regions);
	CHECK_MICA();
	mica_free(p[last]);
	CHECK_EQ(mica_region_remove(base), 0);
	mica_stats(&after);
	CHECK_EQ(after.regions, before.regions - 3);
	CHECK(!mica_owns((char *)base + UNIT + UNIT / 2));
	CHECK_MICA();
}

/* A part of its heads is refused: none stays committed. */
TEST(arena_refused_in_the_middle, .needs = TEST_TABLE | TEST_ROOM)
{
	struct mica_region_setup setup = { .provider = &pool_provider };
	char *edge = span_of(0) + ((0 - (uintptr_t)span_of(0)) & (UNIT - 1));
	size_t before;

	if (edge == span_of(0))
		edge += UNIT;
	REQUIRE(there_is_room(2));
	before = nr_regions();
	/* Both sides of a unit's edge, which both lie in the pool. */
	refuse_commit = 2;
	if (mica_manage(edge - (1 << 20), 2 << 20, &setup) ==
	    MICA_ERROR_OVERLAP)
		return;
	CHECK_EQ(commits, 2);
	CHECK_EQ(decommits, 1);
	CHECK_EQ(committed, 0);
	CHECK_EQ(nr_regions(), before);
	CHECK_EQ(mica_manage(edge - (1 << 20), 2 << 20, &setup), 0);
	CHECK_EQ(nr_regions(), before + 2);
	offer = edge - (1 << 20);
	CHECK_EQ(mica_region_remove(offer), 0);
	CHECK_EQ(releases, 1);
	CHECK_EQ(nr_regions(), before);
	CHECK_MICA();
}

#endif

#if MICA_HEAPS

/* Nobody but a heap that is bound to it. */
TEST(arena_is_exclusive, .needs = TEST_ROOM)
{
	struct mica_region_setup setup = { .flags = MICA_REGION_EXCLUSIVE,
					   .attributes = MICA_EXECUTABLE };
	struct mica_heap_setup bound = { .region = span_of(0) };
	struct mica_heap_setup kind = { .require = MICA_EXECUTABLE };
	struct mica_heap *heap, *other;
	struct mica_region region;
	void *p, *q;

	REQUIRE(there_is_room(1));
	CHECK(!mica_heap_new(&bound));
	CHECK_EQ(mica_manage(span_of(0), SPAN_BYTES - 1, &setup), 0);
	CHECK(find_arena(span_of(0), &region) && region.exclusive);
	heap = mica_heap_new(&bound);
	other = mica_heap_new(&kind);
	REQUIRE(heap && other);
	CHECK_INV(6, !mica_malloc_attr(BLOCK, MICA_EXECUTABLE, 0));
	CHECK_INV(6, !mica_heap_malloc(other, BLOCK));
	p = mica_malloc(BLOCK);
	CHECK_INV(6, !p || !lies_in(p, 0));
	mica_free(p);
	p = mica_heap_malloc(heap, BLOCK);
	q = mica_heap_malloc(heap, 16);
	REQUIRE(p && q);
	CHECK_INV(6, lies_in(p, 0) && lies_in(q, 0));
	while ((q = mica_heap_malloc(heap, BLOCK)))
		CHECK_INV(6, lies_in(q, 0));
	CHECK_MICA();
	CHECK_EQ(mica_region_remove(span_of(0)), MICA_ERROR_BUSY);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	/* It is nobody's still. */
	CHECK_INV(6, !mica_malloc_attr(BLOCK, MICA_EXECUTABLE, 0));
	CHECK_EQ(mica_heap_destroy(other), 0);
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
	CHECK_MICA();
}

#endif

#endif
