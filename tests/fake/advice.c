/* SPDX-License-Identifier: MIT */
/*
 * Options of memory return where every call of the provider is seen: purge by
 * reset, the smallest run that is purged, regions committed as a whole, and
 * large pages of the MMU.
 */
#include "../harness.h"
#include "core/region.h"
#include "port/fake/fake.h"

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

#define SLICE ((size_t)64 << 10)

static void set(enum mica_option option, long value)
{
	CHECK_EQ(mica_option_set(option, value), 0);
}

static void reset(enum mica_option option)
{
	struct mica_option_info info;

	if (CHECK(mica_option_info(option, &info)))
		set(option, info.initial);
}

static bool is_zero(const unsigned char *p, size_t bytes)
{
	while (bytes--)
		if (*p++)
			return false;
	return true;
}

/* Touched and freed: some slices beside each other, and nothing else. */
static void leave_dirty(size_t slices)
{
	void *p = mica_malloc(slices * SLICE);

	REQUIRE(p);
	__builtin_memset(p, 0xaa, slices * SLICE);
	mica_free(p);
}

TEST(purge_by_reset, .arena = 8 << 20, .needs = TEST_TABLE | TEST_LAZY)
{
	unsigned int resets = fake_advised(MICA_ADVICE_RESET);
	struct mica_stats before, after;
	unsigned int decommits;
	unsigned char *p;

	mica_collect(true);
	decommits = fake_calls(FAKE_DECOMMIT);
	mica_stats(&before);
	set(MICA_OPTION_PURGE_DECOMMITS, 0);
	leave_dirty(20);
	mica_collect(true);
	CHECK(fake_advised(MICA_ADVICE_RESET) > resets);
	CHECK_EQ(fake_calls(FAKE_DECOMMIT), decommits);
	mica_stats(&after);
	CHECK_INV(6, after.committed <= before.committed);
	/* It is no zero memory, whatever the provider says of a decommit. */
	p = mica_calloc(1, 20 * SLICE);
	REQUIRE(p);
	CHECK(is_zero(p, 20 * SLICE));
	mica_free(p);
	reset(MICA_OPTION_PURGE_DECOMMITS);
	mica_collect(true);
	CHECK(fake_calls(FAKE_DECOMMIT) > decommits);
	p = mica_calloc(1, 20 * SLICE);
	REQUIRE(p);
	CHECK(is_zero(p, 20 * SLICE));
	mica_free(p);
}

/* A provider that does not reset decommits. */
TEST(refused_reset_decommits, .arena = 8 << 20, .needs = TEST_TABLE | TEST_LAZY)
{
	unsigned int decommits;
	unsigned char *p;

	mica_collect(true);
	decommits = fake_calls(FAKE_DECOMMIT);
	set(MICA_OPTION_PURGE_DECOMMITS, 0);
	leave_dirty(20);
	fake_fail(FAKE_ADVISE, 1, 1000);
	mica_collect(true);
	CHECK(fake_failed() > 0);
	fake_fail(FAKE_ADVISE, 0, 0);
	CHECK(fake_calls(FAKE_DECOMMIT) > decommits);
	reset(MICA_OPTION_PURGE_DECOMMITS);
	p = mica_calloc(1, 20 * SLICE);
	REQUIRE(p);
	CHECK(is_zero(p, 20 * SLICE));
	mica_free(p);
}

/* Let two delays pass, each seen by a trip. */
static void wait(void)
{
	for (unsigned int i = 0; i < 6; i++) {
		test_target.sleep_ms(2 * MICA_PURGE_DELAY_MS);
		mica_tick(100);
	}
}

/* Two slices each: no page has such blocks. */
#define RUN (2 * SLICE)
#define RUNS 60u

static void take_runs(void **p)
{
	for (unsigned int k = 0; k < RUNS; k++) {
		p[k] = mica_malloc(RUN);
		REQUIRE(p[k]);
	}
}

/* Every second one, so that what is free is no larger. */
static void free_runs(void **p, unsigned int from)
{
	for (unsigned int k = from; k < RUNS; k += 2)
		mica_free(p[k]);
}

/*
 * Runs of two slices between blocks stay, though they wait longest; four beside
 * each other go, and once all are one run, that goes as well.
 */
TEST(purge_minimal, .arena = 32 << 20,
     .needs = TEST_TABLE | TEST_LAZY | TEST_CLOCK)
{
	size_t committed;
	void *p[RUNS], *q;

	mica_collect(true);
	take_runs(p);
	q = mica_malloc(2 * RUN);
	REQUIRE(q);
	set(MICA_OPTION_PURGE_MINIMAL, 3 * SLICE >> 10);
	wait();
	committed = fake_committed();
	free_runs(p, 0);
	wait();
	/* One or two may lie beside what was free before. */
	CHECK(fake_committed() >= committed - 2 * RUN);
	mica_free(q);
	wait();
	CHECK(fake_committed() <= committed - 2 * RUN);
	CHECK(fake_committed() >= committed - 6 * RUN);
	free_runs(p, 1);
	wait();
	CHECK(fake_committed() <= committed - RUNS / 2 * RUN);
	reset(MICA_OPTION_PURGE_MINIMAL);
	CHECK_MICA();
}

/* Who asks for it by name gets all back, however small. */
TEST(purge_minimal_is_not_for_collect, .arena = 32 << 20,
     .needs = TEST_TABLE | TEST_LAZY)
{
	size_t committed;
	void *p[RUNS];

	mica_collect(true);
	take_runs(p);
	set(MICA_OPTION_PURGE_MINIMAL, 1 << 20);
	committed = fake_committed();
	free_runs(p, 0);
	mica_collect(true);
	CHECK(fake_committed() <= committed - RUNS / 2 * RUN);
	free_runs(p, 1);
	reset(MICA_OPTION_PURGE_MINIMAL);
	mica_collect(true);
}

/* ---- regions -------------------------------------------------------------------- */

/* A heap with regions of its own; its first block is in a new one. */
static struct mica_heap *heap_apart(void)
{
	struct mica_heap_setup setup = { .flags = MICA_HEAP_SEPARATE };
	struct mica_heap *heap = mica_heap_new(&setup);

	CHECK(heap);
	return heap;
}

/* It goes, and with it all regions in which nothing lives. */
static void heap_ends(struct mica_heap *heap)
{
	struct mica_region region;
	size_t k = 0;

	CHECK_EQ(mica_heap_destroy(heap), 0);
	mica_collect(true);
	while (mica_region_get(k, &region))
		k += mica_region_remove(region.base) != 0;
	CHECK_MICA();
}

static unsigned int commit_calls(void)
{
	return fake_calls(FAKE_COMMIT) + fake_calls(FAKE_DECOMMIT);
}

TEST(region_commits_as_a_whole, .arena = 128 << 20,
     .needs = TEST_TABLE | TEST_LAZY)
{
	struct mica_heap *heap = heap_apart();
	size_t old = fake_limit(SIZE_MAX / 2), committed;
	unsigned int backed = fake_advised(MICA_ADVICE_BACKED), calls;
	void *p, *q;

	mica_collect(true);
	committed = fake_committed();
	set(MICA_OPTION_EAGER_COMMIT, 1);
	p = mica_heap_malloc(heap, SLICE);
	REQUIRE(p);
	CHECK_INV(6, fake_committed() - committed >= UNIT_BYTES / 8 * 7);
	CHECK_EQ(fake_advised(MICA_ADVICE_BACKED), backed + 1);
	/* What is taken then needs no call, and is not purged for its size. */
	calls = commit_calls();
	q = mica_heap_calloc(heap, 1, 10 * SLICE);
	REQUIRE(q);
	CHECK(is_zero(q, 10 * SLICE));
	for (unsigned int i = 0; i < 200; i++)
		mica_free(hide(mica_heap_malloc(heap, 100 << 10)));
	CHECK_EQ(commit_calls(), calls);
	CHECK_MICA();
	reset(MICA_OPTION_EAGER_COMMIT);
	heap_ends(heap);
	CHECK(fake_committed() < committed + UNIT_BYTES / 8);
	fake_limit(old);
}

/* Refused as a whole: slice by slice, then. */
TEST(region_refused_as_a_whole, .arena = 128 << 20,
     .needs = TEST_TABLE | TEST_LAZY)
{
	struct mica_heap *heap = heap_apart();
	size_t old = fake_limit(SIZE_MAX / 2), committed;
	void *p;

	mica_collect(true);
	committed = fake_committed();
	set(MICA_OPTION_EAGER_COMMIT, 1);
	fake_fail(FAKE_COMMIT, 2, 1);	/* the first call is the head's */
	p = mica_heap_malloc(heap, SLICE);
	CHECK(p);
	if (!fake_is("committed")) {
		CHECK_EQ(fake_failed(), 1);
		CHECK(fake_committed() - committed < UNIT_BYTES / 8);
	}
	fake_fail(FAKE_COMMIT, 0, 0);
	reset(MICA_OPTION_EAGER_COMMIT);
	heap_ends(heap);
	fake_limit(old);
}

/* Return: how often it was told so, of one new region and one huge block. */
static unsigned int advised_by(long value, enum mica_advice advice)
{
	struct mica_heap *heap = heap_apart();
	size_t old = fake_limit(SIZE_MAX / 2);
	unsigned int before;
	void *huge;

	set(MICA_OPTION_HUGE_PAGES, value);
	before = fake_advised(advice);
	CHECK(mica_heap_malloc(heap, 1));
	huge = mica_malloc(2 * UNIT_BYTES);
	CHECK(huge);
	mica_free(huge);
	reset(MICA_OPTION_HUGE_PAGES);
	heap_ends(heap);
	fake_limit(old);
	return fake_advised(advice) - before;
}

TEST(regions_ask_for_huge_pages, .arena = 128 << 20,
     .needs = TEST_TABLE | TEST_LAZY)
{
	CHECK_EQ(advised_by(0, MICA_ADVICE_SMALL), 2);
	CHECK_EQ(advised_by(0, MICA_ADVICE_HUGE), 0);
	CHECK_EQ(advised_by(1, MICA_ADVICE_SMALL), 0);
	CHECK_EQ(advised_by(1, MICA_ADVICE_HUGE), 0);
	CHECK_EQ(advised_by(2, MICA_ADVICE_SMALL), 0);
	CHECK_EQ(advised_by(2, MICA_ADVICE_HUGE), 2);
}

#endif
