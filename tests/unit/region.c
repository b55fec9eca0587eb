/* SPDX-License-Identifier: MIT */
/* core/region.h: who an address belongs to, and what a busy lock does. */
#include "../model.h"
#include "../threads.h"
#include "core/space.h"

static size_t run_size(void)
{
	return MICA_LAYOUT == MICA_LAYOUT_TABLE ? 300000 : 1500;
}

TEST(region_of_addresses, .arena = 2500)
{
	char *small = mica_malloc(10);
	char *large = mica_malloc(run_size());
	struct region *region;

	REQUIRE(small && large);
	region = region_of((uintptr_t)large);
	REQUIRE(region);
	CHECK(region_of((uintptr_t)large + run_size() - 1) == region);
	CHECK(region_of((uintptr_t)small));
	CHECK(!region_of(0));
	CHECK(!region_of((uintptr_t)&region));
	CHECK(!region_of(UINTPTR_MAX));
	mica_free(small);
	mica_free(large);
}

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

/* A visitor looks at it: free leaves the release to whoever lets go. */
TEST(huge_block_freed_under_a_look, .arena = 300 << 20)
{
	char *p = mica_malloc(2 * UNIT_BYTES);
	struct region *region = region_of((uintptr_t)p);
	uintptr_t name;

	REQUIRE(p && region);
	name = (uintptr_t)&region->runs;
	mica_huge_held = name;
	mica_free(p);
	CHECK_EQ(mica_huge_held, name | HUGE_IS_GONE);
	CHECK(!region_of((uintptr_t)p));
	p[0] = 1;	/* its memory is there yet */
	region_let_go_huge(region);
	CHECK_EQ(mica_huge_held, 0);
	CHECK_MICA();
}

#endif

/* Every unit of a huge block leads to its head, and none afterwards. */
TEST(region_of_a_huge_block, .arena = 512 << 20, .needs = TEST_TABLE)
{
	size_t size = 5 * UNIT_BYTES + 12345;
	char *p = mica_malloc(size);
	struct region *region;

	REQUIRE(p);
	region = region_of((uintptr_t)p);
	REQUIRE(region);
	for (size_t at = 0; at < size; at += UNIT_BYTES / 2)
		CHECK(region_of((uintptr_t)p + at) == region);
	CHECK(region_of((uintptr_t)p + size - 1) == region);
	mica_free(p);
	for (size_t at = 0; at < size; at += UNIT_BYTES / 2)
		CHECK(region_of((uintptr_t)p + at) != region);
	CHECK_MICA();
}

TEST(region_lock_is_a_lock, .contexts = 2)
{
	void *p = mica_malloc(run_size());
	struct region *region = region_of((uintptr_t)p);
	struct mica_stats before, after;

	REQUIRE(region);
	mica_stats(&before);
	CHECK(region_try_lock(region));
	CHECK(!region_try_lock(region));
	CHECK(!region_try_lock(region));
	region_unlock(region);
	CHECK(region_try_lock(region));
	region_unlock(region);
	mica_stats(&after);
	CHECK_EQ(after.locks_busy - before.locks_busy, 2);
	mica_free(p);
}

static bool lock_all(void)
{
	for (size_t i = 0; i < load_acquire(&mica_nr_regions); i++)
		if (mica_regions[i] &&
		    !CHECK(region_try_lock(mica_regions[i])))
			return false;
	return true;
}

static void unlock_all(void)
{
	for (size_t i = 0; i < load_acquire(&mica_nr_regions); i++)
		if (mica_regions[i])
			region_unlock(mica_regions[i]);
}

/* Free never waits: the runs of a busy region are deferred, then drained. */
TEST(region_defers_while_busy, .contexts = 2,
     .arena = ARENA_OF(16 << 20, 512 << 10))
{
	enum { RUNS = 20 };
	struct mica_stats before, busy, after;
	struct region *region;
	void *p[RUNS];

	for (unsigned int i = 0; i < RUNS; i++) {
		p[i] = mica_malloc(run_size());
		REQUIRE(p[i]);
	}
	region = region_of((uintptr_t)p[0]);
	mica_stats(&before);
	REQUIRE(lock_all());
	for (unsigned int i = 0; i < RUNS; i++)
		mica_free(p[i]);
	CHECK(region_has_deferred(region));
	unlock_all();
	mica_stats(&busy);
	CHECK_EQ(busy.runs_deferred - before.runs_deferred, RUNS);
	CHECK(busy.locks_busy >= before.locks_busy + RUNS);
	CHECK_EQ(busy.live_blocks, before.live_blocks - RUNS);
	CHECK_MICA();
	for (unsigned int i = 0; i < RUNS; i++)
		mica_free(mica_malloc(run_size()));
	mica_collect(true);
	CHECK(!region_has_deferred(region));
	mica_stats(&after);
	CHECK(after.runs_freed >= busy.runs_freed + RUNS);
	CHECK_MICA();
}

static void *volatile got;

static void want_one(void *arg)
{
	(void)arg;
	got = mica_malloc(run_size());
	CHECK(got);
	mica_free(got);
}

/* A busy lock makes malloc wait; it neither fails nor reserves. */
TEST(region_busy_is_waited_for, .contexts = 2,
     .arena = ARENA_OF(16 << 20, 512 << 10))
{
	void *p = mica_malloc(run_size());
	struct mica_stats before, after;
	struct thread t;

	REQUIRE(p);
	mica_stats(&before);
	REQUIRE(lock_all());
	got = NULL;
	CHECK(thread_start(&t, want_one, NULL));
	for (unsigned int i = 0; i < 20; i++) {
		if (test_target.offers() & TEST_CLOCK)
			test_target.sleep_ms(1);
		thread_yield();
	}
	unlock_all();
	thread_join(&t);
	mica_stats(&after);
	CHECK_EQ(after.failures, before.failures);
	CHECK_EQ(after.regions_reserved, before.regions_reserved);
	CHECK_EQ(after.regions, before.regions);
	mica_free(p);
}
