/* SPDX-License-Identifier: MIT */
/*
 * A commit that is refused changes nothing (invariants 6 and 8): what was
 * committed before, and is not zero, is not taken for fresh afterwards.
 */
#include "../harness.h"
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
