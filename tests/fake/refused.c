/* SPDX-License-Identifier: MIT */
/*
 * A commit or a release that is refused changes nothing (invariants 6 and 8):
 * what was committed before, and is not zero, is not taken for fresh afterwards.
 */
#include "../harness.h"
#include "core/region.h"
#include "port/fake/fake.h"

#define SLICE ((size_t)64 << 10)

static size_t not_zero(const unsigned char *p, size_t bytes)
{
	size_t n = 0;

	while (bytes--)
		n += *p++ != 0;
	return n;
}

static void fill(unsigned char *p, size_t bytes)
{
	while (bytes--)
		*p++ = 0xaa;
}

/* The books of the core and those of the provider agree. */
static void check_books(size_t ahead)
{
	struct mica_stats stats;

	mica_stats(&stats);
	CHECK_EQ(fake_committed() - stats.committed, ahead);
}

static size_t books_ahead(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return fake_committed() - stats.committed;
}

/* Four slices that were in use, four that never were: in one run. */
TEST(refused_commit_of_half_a_run, .arena = 4 << 20,
     .needs = TEST_TABLE | TEST_LAZY)
{
	unsigned char *p;
	size_t ahead;

	mica_collect(true);
	p = mica_malloc(4 * SLICE);
	REQUIRE(p);
	fill(p, 4 * SLICE);
	mica_free(p);
	ahead = books_ahead();
	fake_fail(FAKE_COMMIT, 1, 1);
	p = mica_malloc(40 * SLICE);
	CHECK(!p);
	CHECK_EQ(fake_failed(), 1);
	fake_fail(FAKE_COMMIT, 0, 0);
	check_books(ahead);
	p = mica_calloc(1, 40 * SLICE);
	REQUIRE(p);
	CHECK_INV(6, not_zero(p, 40 * SLICE) == 0);
	check_books(ahead);
	mica_free(p);
}

/* The same where a block grows into what is free behind it. */
TEST(refused_commit_of_growth, .arena = 4 << 20,
     .needs = TEST_TABLE | TEST_LAZY)
{
	unsigned char *p;
	size_t ahead;

	/* What is free behind the block is not committed any more. */
	p = mica_malloc(104 * SLICE);
	REQUIRE(p);
	CHECK(mica_realloc(p, 4 * SLICE) == p);
	mica_collect(true);
	ahead = books_ahead();
	fake_fail(FAKE_COMMIT, 1, 1);
	CHECK(!mica_expand(p, 100 * SLICE));
	CHECK_EQ(fake_failed(), 1);
	fake_fail(FAKE_COMMIT, 0, 0);
	CHECK(mica_usable_size(p) >= 4 * SLICE);
	check_books(ahead);
	fill(p, 4 * SLICE);
	mica_free(p);
	p = mica_calloc(1, 100 * SLICE);
	REQUIRE(p);
	CHECK_INV(6, not_zero(p, 100 * SLICE) == 0);
	mica_free(p);
}

/*
 * A region in which nothing lives: its first slices are not zero, its others
 * are fresh. What lies in others meanwhile is freed afterwards.
 */
static struct region *region_used(void)
{
	unsigned char *p, *tries[4] = { NULL };
	struct region *region = NULL;
	unsigned int n = 0;

	do {
		p = mica_malloc(UNIT_BYTES / 4 * 3);
		if (!CHECK(p))
			break;
		CHECK(mica_realloc(p, 4 * SLICE) == p);
		mica_collect(true);
		fill(p, 4 * SLICE);
		region = region_of((uintptr_t)p);
		mica_free(p);
		if (region_is_empty(region))
			break;
		tries[n++] = mica_malloc(UNIT_BYTES / 4 * 3);
		region = NULL;
	} while (n < 4);
	while (n)
		mica_free(tries[--n]);
	return region;
}

/* What calloc takes of it is zero, wherever it is fresh and wherever not. */
static void check_zero(const struct region *region)
{
	unsigned char *p[8], *inside = NULL;
	unsigned int n = 0;

	while (n < 8 && !inside) {
		p[n] = mica_calloc(1, UNIT_BYTES / 4 * 3);
		if (!CHECK(p[n]))
			break;
		if (region_of((uintptr_t)p[n]) == region)
			inside = p[n];
		n++;
	}
	CHECK(inside);
	CHECK_INV(6, !inside || not_zero(inside, 40 * SLICE) == 0);
	while (n)
		mica_free(p[--n]);
}

TEST(refused_release_of_a_region, .arena = 128 << 20,
     .needs = TEST_TABLE | TEST_LAZY)
{
	struct region *region = region_used();
	struct mica_stats before, after;
	uintptr_t at;
	void *base;
	size_t ahead;

	REQUIRE(region);
	base = region->span.base;
	at = run_address(&region->runs, region->runs.first_slice);
	ahead = books_ahead();
	mica_stats(&before);
	fake_fail(FAKE_RELEASE, 1, 1);
	CHECK_EQ(mica_region_remove(base), MICA_ERROR_REFUSED);
	CHECK_EQ(fake_failed(), 1);
	fake_fail(FAKE_RELEASE, 0, 0);
	mica_stats(&after);
	CHECK_INV(6, after.committed == before.committed);
	CHECK_INV(8, after.regions == before.regions);
	CHECK_EQ(after.provider_failures, before.provider_failures + 1);
	CHECK_EQ(after.regions_released, before.regions_released);
	check_books(ahead);
	CHECK(region_of(at) == region);
	check_zero(region);
	CHECK_EQ(mica_region_remove(base), 0);
	CHECK(!mica_owns(base));
	CHECK_MICA();
}
