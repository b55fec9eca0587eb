/* SPDX-License-Identifier: MIT */
/*
 * What is kept agrees with what a look at everything finds, in random states,
 * and the peak can be begun anew. Invariants 1, 3 and 6.
 */
#include "../stress/load.h"

/* What builds without tallies do not know is 0. */
#define KNOWN(x) (MICA_STATS ? (x) : 0)

static size_t heads(void)
{
	struct mica_region region;
	size_t bytes = 0;

	for (size_t i = 0; mica_region_get(i, &region); i++)
		bytes += region.head_bytes;
	return bytes;
}

static size_t pages_of_classes(void)
{
	struct mica_usage_class class;
	size_t pages = 0, before = 0;

	for (size_t i = 0; mica_usage_class(i, &class); i++) {
		CHECK(class.block_bytes > before);
		before = class.block_bytes;
		pages += class.pages;
	}
	return pages;
}

/* Nobody else allocates: both say the same. */
static void compare(void)
{
	struct mica_stats stats;
	struct mica_usage usage;

	mica_stats(&stats);
	REQUIRE(mica_usage(&usage));
	CHECK_INV(6, usage.used == stats.used_bytes);
	CHECK_EQ(usage.used, mica_used());
	CHECK_EQ(usage.peak, stats.peak_bytes);
	CHECK_EQ(usage.peak, mica_peak());
	CHECK_INV(6, usage.committed == stats.committed);
	CHECK_EQ(usage.reserved, stats.reserved);
	CHECK_EQ(usage.largest_free, stats.largest_free);
	CHECK_EQ(usage.regions, stats.regions);
	CHECK_INV(1, usage.head == heads());
	CHECK_INV(1, usage.used + usage.free + usage.head == usage.reserved);
	CHECK_INV(3, usage.pages == KNOWN(stats.pages));
	CHECK_EQ(pages_of_classes(), usage.pages);
	CHECK(usage.live_least <= stats.live_bytes);
	CHECK(usage.live_most >= KNOWN(stats.live_bytes));
	CHECK(usage.block_bytes <= usage.used);
}

TEST(usage_agrees_with_statistics, .arena = 20 << 10)
{
	struct load l = {
		.model = &model_main,
		.random = { .state = 17 },
		.size_bits = MICA_HOSTED ? 18 : 10,
		.max_bytes = MICA_HOSTED ? 8 << 20 : 12 << 10,
		.max_blocks = model_room(MICA_HOSTED ? 3000 : 400),
	};

	model_reset(&model_main);
	compare();
	for (unsigned int i = 0; i < 20; i++) {
		load_run(&l, test_scaled(400));
		compare();
	}
	load_end(&l);
	compare();
	mica_collect(true);
	compare();
}

/* One block more or less is seen by its run, or its page. */
TEST(usage_follows_a_block, .arena = 1024)
{
	size_t size = test_within(100 << 10, 2);
	struct mica_usage before, now;
	void *p;

	REQUIRE(mica_usage(&before));
	p = mica_malloc(size);
	REQUIRE(p);
	REQUIRE(mica_usage(&now));
	CHECK_EQ(now.blocks, before.blocks + KNOWN(1));
	CHECK(now.block_bytes >= KNOWN(before.block_bytes + size));
	CHECK_EQ(now.live_least, before.live_least + KNOWN(mica_usable_size(p)));
	mica_free(p);
	REQUIRE(mica_usage(&now));
	CHECK_EQ(now.blocks, before.blocks);
	CHECK_EQ(now.block_bytes, before.block_bytes);
	CHECK_EQ(now.live_least, before.live_least);
}

/* A block that grows and shrinks where it lies stays one. */
TEST(usage_follows_a_resize, .arena = 2048)
{
	size_t size = test_within(200 << 10, 4);
	struct mica_usage before, now;
	void *p, *q;

	REQUIRE(mica_usage(&before));
	p = mica_malloc(2 * size);
	REQUIRE(p);
	q = mica_realloc(p, size);
	REQUIRE(q);
	p = mica_expand(q, size + size / 2);
	REQUIRE(mica_usage(&now));
	CHECK_EQ(now.blocks, before.blocks + KNOWN(1));
	CHECK_EQ(now.live_least, before.live_least + KNOWN(mica_usable_size(q)));
	mica_free(p ? p : q);
	REQUIRE(mica_usage(&now));
	CHECK_EQ(now.blocks, before.blocks);
	CHECK_EQ(now.block_bytes, before.block_bytes);
}

/* Regions of their own are counted with the rest. */
TEST(usage_of_a_huge_block, .needs = TEST_TABLE, .arena = 300 << 20)
{
	size_t size = (size_t)3 << MICA_UNIT_SHIFT;
	struct mica_usage before, now;
	void *p;

	REQUIRE(mica_usage(&before));
	p = mica_malloc(size);
	REQUIRE(p);
	REQUIRE(mica_usage(&now));
	CHECK_EQ(now.blocks, before.blocks + 1);
	CHECK_EQ(now.regions, before.regions + 1);
	CHECK(now.block_bytes >= before.block_bytes + size);
	CHECK_EQ(now.free, before.free);
	CHECK_EQ(now.head, before.head);
	mica_free(p);
	REQUIRE(mica_usage(&now));
	CHECK_EQ(now.blocks, before.blocks);
	CHECK_EQ(now.reserved, before.reserved);
}

TEST(peak_is_reset, .arena = 2048)
{
	size_t size = test_within(100 << 10, 2), low;
	void *p = mica_malloc(size);

	REQUIRE(p);
	low = mica_used();
	mica_free(p);
	CHECK(mica_peak() >= low);
	mica_peak_reset();
	CHECK_EQ(mica_peak(), mica_used());
	CHECK(mica_peak() < low || !low);
	p = mica_malloc(size);
	REQUIRE(p);
	CHECK_EQ(mica_peak(), mica_used());
	mica_free(p);
	CHECK(mica_peak() >= low);
}

/* Bad input: nothing is filled in. */
TEST(usage_refuses)
{
	struct mica_usage_class class = { .block_bytes = 7 };
	size_t n = 0;

	CHECK(!mica_usage(NULL));
	CHECK(!mica_usage_class(0, NULL));
	CHECK(!mica_usage_class(SIZE_MAX, &class));
	CHECK_EQ(class.block_bytes, 7);
	while (mica_usage_class(n, &class))
		n++;
	class.pages = 7;
	CHECK(!mica_usage_class(n, &class));
	CHECK_EQ(class.pages, 7);
}
