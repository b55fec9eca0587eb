/* SPDX-License-Identifier: MIT */
/* The allocator as a whole: statistics, collect, owns, hooks, contexts. */
#include "../model.h"

static int not_mica;

TEST(stats_follow_a_block, .arena = 512)
{
	struct mica_stats before, now;
	void *p;

	mica_stats(&before);
	p = mica_malloc(200);
	mica_stats(&now);
	REQUIRE(p);
	CHECK_EQ(now.live_blocks, before.live_blocks + 1);
	CHECK_EQ(now.live_bytes, before.live_bytes + mica_usable_size(p));
	CHECK(now.used_bytes >= now.live_bytes);
	CHECK(now.peak_bytes >= now.used_bytes);
	CHECK_INV(6, now.committed >= now.used_bytes);
	CHECK_INV(6, now.reserved >= now.committed);
	CHECK(now.regions >= 1);
	mica_free(p);
	mica_stats(&now);
	CHECK_EQ(now.live_blocks, before.live_blocks);
	CHECK_EQ(now.live_bytes, before.live_bytes);
}

TEST(stats_follow_many_sizes, .arena = 2048)
{
	size_t most = test_within(2000, 4);
	struct mica_stats before, now;
	size_t usable = 0;

	model_reset(&model_main);
	mica_stats(&before);
	for (size_t size = 1; size <= most; size = size * 3 / 2 + 1) {
		void *p = mica_malloc(size);

		REQUIRE(model_add(&model_main, p, size, MICA_GRANULE));
		usable += mica_usable_size(p);
	}
	mica_stats(&now);
	CHECK_EQ(now.live_blocks, before.live_blocks + model_main.nr);
	CHECK_EQ(now.live_bytes, before.live_bytes + usable);
	model_free_all(&model_main);
	mica_stats(&now);
	CHECK_EQ(now.live_bytes, before.live_bytes);
}

/* What is reported as the largest free run can be had. */
TEST(stats_largest_free, .arena = 512, .needs = TEST_FINITE)
{
	struct mica_stats stats;
	void *p;

	mica_collect(true);
	mica_stats(&stats);
	REQUIRE(stats.largest_free > 0);
	p = mica_malloc(stats.largest_free);
	CHECK(p);
	if (MICA_LAYOUT == MICA_LAYOUT_TAG)
		CHECK_EQ(mica_usable_size(p), stats.largest_free);
	mica_free(p);
}

TEST(owns, .arena = 1024)
{
	size_t size = test_within(4000, 2);
	char *small = mica_malloc(10);
	char *large = mica_malloc(size);
	int local;

	REQUIRE(small && large);
	CHECK(mica_owns(small) && mica_owns(small + 9));
	CHECK(mica_owns(large) && mica_owns(large + size - 1));
	CHECK(!mica_owns(NULL));
	CHECK(!mica_owns(&local));
	CHECK(!mica_owns(&not_mica));
	mica_free(small);
	mica_free(large);
}

TEST(owns_extremes)
{
	CHECK(!mica_owns((void *)(uintptr_t)1));
	CHECK(!mica_owns((void *)UINTPTR_MAX));
	CHECK(!mica_owns((void *)(UINTPTR_MAX / 2)));
}

TEST(collect_gives_pages_back, .arena = 3000)
{
	unsigned int n = model_room(test_within(200 * 60, 1) / 60);
	struct mica_stats before, now;

	mica_collect(true);
	mica_stats(&before);
	model_reset(&model_main);
	for (unsigned int i = 0; i < n; i++)
		REQUIRE(model_add(&model_main, mica_malloc(48), 48,
				  MICA_GRANULE));
	mica_stats(&now);
	CHECK(now.pages_opened > before.pages_opened);
	CHECK(now.refills > before.refills || now.carves > before.carves);
	model_free_all(&model_main);
	mica_collect(true);
	mica_stats(&now);
	CHECK(now.pages_retired > before.pages_retired);
	CHECK_EQ(now.pages, before.pages);
	CHECK_EQ(now.used_bytes, before.used_bytes);
}

TEST(collect_purges, .arena = 64 << 20, .needs = TEST_LAZY)
{
	struct mica_stats before, after;
	size_t size = 1 << 20;
	unsigned char *p = mica_malloc(size);

	REQUIRE(p);
	fill(p, size, 1);
	mica_free(p);
	mica_stats(&before);
	mica_collect(true);
	mica_stats(&after);
	CHECK(after.purges > before.purges);
	CHECK(after.purged_bytes > before.purged_bytes);
	CHECK_INV(6, after.committed < before.committed);
	p = mica_malloc(size);
	REQUIRE(p);
	fill(p, size, 2);
	CHECK(filled(p, size, 2));
	mica_stats(&after);
	CHECK(after.committed_bytes > before.committed_bytes);
	mica_free(p);
}

/* Without force a free run goes back only once its delay is over. */
TEST(purge_waits_for_its_delay, .arena = 64 << 20,
     .needs = TEST_LAZY | TEST_CLOCK)
{
	struct mica_stats before, after;
	size_t size = 1 << 20;
	void *p;

	mica_collect(true);
	p = mica_malloc(size);
	REQUIRE(p);
	fill(p, size, 1);
	mica_free(p);
	mica_stats(&before);
	for (unsigned int i = 0; i < 4; i++) {
		test_target.sleep_ms(MICA_PURGE_DELAY_MS + 1);
		mica_collect(false);
	}
	mica_stats(&after);
	CHECK(after.purges > before.purges);
}

static unsigned int nr_failures;

static void on_failure(void)
{
	nr_failures++;
}

TEST(failure_hook)
{
	void *p = mica_malloc(10);
	void *kept = p;

	REQUIRE(p);
	nr_failures = 0;
	mica_on_failure(on_failure);
	CHECK(!mica_malloc(SIZE_MAX));
	CHECK_EQ(nr_failures, 1);
	CHECK(!mica_calloc(SIZE_MAX, 2));
	CHECK_EQ(nr_failures, 2);
	p = mica_realloc(p, SIZE_MAX);
	CHECK(!p);
	CHECK_EQ(nr_failures, 3);
	CHECK(!mica_malloc_aligned(SIZE_MAX, 64));
	CHECK_EQ(nr_failures, 4);
	mica_on_failure(NULL);
	CHECK(!mica_malloc(SIZE_MAX));
	CHECK_EQ(nr_failures, 4);
	mica_free(kept);
}

TEST(context_end_and_again, .arena = 512)
{
	void *p = mica_malloc(40);
	void *q;

	REQUIRE(p);
	fill(p, 40, 8);
	mica_context_end();
	mica_context_end();
	CHECK(filled(p, 40, 8));
	q = mica_malloc(40);
	REQUIRE(q);
	CHECK(p != q);
	mica_free(p);
	mica_free(q);
}

static unsigned int nr_begun;

static void on_begin(void)
{
	void *p = mica_malloc(24);

	nr_begun++;
	CHECK(p);
	mica_free(p);
}

TEST(context_begin_hook, .contexts = 2)
{
	struct mica_stats before, after;
	void *p;

	mica_context_end();
	mica_stats(&before);
	nr_begun = 0;
	mica_on_context_begin(on_begin);
	p = mica_malloc(10);
	CHECK(p);
	mica_free(p);
	p = mica_malloc(10);
	CHECK(p);
	mica_free(p);
	mica_on_context_begin(NULL);
	CHECK_EQ(nr_begun, 1);
	mica_context_end();
	p = mica_malloc(10);
	CHECK(p);
	mica_free(p);
	CHECK_EQ(nr_begun, 1);
	mica_stats(&after);
	CHECK(after.contexts_begun >= before.contexts_begun + 2);
	CHECK(after.contexts_ended >= before.contexts_ended + 1);
}

/* Without a fork between them, prepare and parent leave all as it was. */
TEST(fork_brackets, .arena = 1024)
{
	size_t size = test_within(5000, 2);
	void *p;

	mica_fork_prepare();
	mica_fork_parent();
	p = mica_malloc(size);
	REQUIRE(p);
	mica_fork_prepare();
	mica_fork_child();
	CHECK_MICA();
	mica_free(p);
	p = mica_malloc(size);
	CHECK(p);
	mica_free(p);
}
