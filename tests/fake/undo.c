/* SPDX-License-Identifier: MIT */
/* What a refusing provider leaves behind, and how long free runs wait. */
#include "../harness.h"
#include "core/region.h"
#include "port/fake/fake.h"

#define MIB ((size_t)1 << 20)
#define EVERY 1000000u

/* A span whose head cannot be committed goes back at once. */
TEST(refused_region_is_released, .needs = TEST_TABLE | TEST_LAZY)
{
	size_t limit = fake_limit(SIZE_MAX / 2);
	unsigned int spans = fake_spans();
	struct mica_stats before, after;

	mica_stats(&before);
	fake_fail(FAKE_COMMIT, 1, EVERY);
	CHECK(!region_reserve(SLICE_BYTES));
	fake_fail(FAKE_COMMIT, 0, 0);
	CHECK_EQ(fake_spans(), spans);
	mica_stats(&after);
	CHECK_EQ(after.regions, before.regions);
	CHECK(after.provider_failures > before.provider_failures);
	fake_limit(limit);
}

/* The same where a region is committed as a whole, if there is room for one. */
TEST(useless_spans_are_released, .needs = TEST_TAG)
{
	unsigned int spans = fake_spans();

	fake_fail(FAKE_COMMIT, 1, EVERY);
	if (!region_reserve(SLICE_BYTES))
		CHECK_EQ(fake_spans(), spans);
	else
		CHECK_EQ(fake_failed(), 0);
	fake_fail(FAKE_COMMIT, 0, 0);
	CHECK_MICA();
}

/* A run that was freed just before a beat waits for a later one. */
TEST(purge_waits_a_whole_delay, .needs = TEST_LAZY)
{
	struct mica_stats before, after;
	void *p;

	mica_collect(true);
	p = mica_malloc(MIB);
	REQUIRE(p);
	__builtin_memset(p, 1, MIB);
	fake_clock_add(MICA_PURGE_DELAY_MS);
	mica_collect(false);
	fake_clock_add(MICA_PURGE_DELAY_MS - 1);
	mica_free(p);
	mica_stats(&before);
	fake_clock_add(1);
	mica_collect(false);
	mica_stats(&after);
	CHECK_EQ(after.purges, before.purges);
	mica_collect(true);
	mica_stats(&after);
	CHECK(after.purges > before.purges);
}
