/* SPDX-License-Identifier: MIT */
/* Random loads in one context, with mica_check() as they go. */
#include "load.h"

#define ROUNDS 20

/*
 * Each round fills up and, every other time, drains completely. A machine
 * whose memory ends may refuse a few requests, but only one whose memory
 * ends.
 */
static void stress(unsigned int seed, unsigned int size_bits, size_t max_bytes,
		   unsigned int max_blocks, unsigned int steps)
{
	struct load l = {
		.model = &model_main,
		.random = { .state = seed },
		.size_bits = size_bits,
		.max_bytes = max_bytes,
		.max_blocks = model_room(max_blocks),
	};

	model_reset(&model_main);
	steps = test_scaled(steps);
	for (unsigned int i = 0; i < ROUNDS && !test_failed(); i++) {
		load_run(&l, steps / ROUNDS + 1);
		CHECK_MICA();
		CHECK(model_verify_all(&model_main));
		if (i % 2)
			load_end(&l);
	}
	load_end(&l);
	if (!(test_target.offers() & TEST_FINITE))
		CHECK_EQ(l.refused, 0);
	else
		CHECK(l.refused <= steps / 50);
}

TEST(stress_tiny, .arena = 2500)
{
	stress(1, 6, test_within(8 << 10, 3), 500, 200000);
}

TEST(stress_small, .arena = 32 << 10)
{
	stress(2, 9, 16 << 10, 1000, 200000);
}

TEST(stress_packets, .arena = 40 << 10)
{
	stress(3, 11, 20 << 10, 200, 100000);
}

TEST(stress_many_small, .arena = 4 << 20)
{
	stress(4, 10, 2 << 20, MODEL_BLOCKS - 1, 400000);
}

TEST(stress_medium, .arena = 48 << 20)
{
	stress(5, 19, 16 << 20, 400, 20000);
}

TEST(stress_large, .arena = 256 << 20)
{
	stress(6, 24, 96 << 20, 100, 4000);
}

/* All sizes up to 256 MiB. */
TEST(stress_huge, .arena = 1024u << 20)
{
	stress(7, 28, 512 << 20, 40, 800);
}

/* One block of each power of two at a time, and their neighbours. */
TEST(every_size_to_256_mib, .arena = 512 << 20)
{
	for (size_t size = 1; size <= 256 << 20; size *= 2) {
		model_reset(&model_main);
		for (int i = -1; i <= 1 && size > 1; i++) {
			size_t near = size + (size_t)i;

			if (size <= 64 << 20)
				model_add(&model_main, mica_malloc(near), near,
					  MICA_GRANULE);
		}
		model_add(&model_main, mica_malloc(size), size, MICA_GRANULE);
		model_free_all(&model_main);
		CHECK_MICA();
	}
}

/*
 * Fill with small blocks, free every second, ask for what does not fit in
 * the gaps, drain in random order: merges on both sides, everywhere.
 */
TEST(stress_comb, .arena = 2500)
{
	size_t size = test_within(600, 30);
	struct random r = { .state = 9 };
	struct mica_stats before, after;

	mica_collect(true);
	mica_stats(&before);
	for (unsigned int round = 0; round < test_scaled(20) + 1; round++) {
		model_reset(&model_main);
		for (unsigned int i = 0; i < 24; i++)
			REQUIRE(model_add(&model_main, mica_malloc(size), size,
					  MICA_GRANULE));
		for (unsigned int i = 0; i < 12; i++)
			mica_free(model_take(&model_main, i));
		CHECK_MICA();
		REQUIRE(model_add(&model_main, mica_malloc(2 * size + 100),
				  2 * size + 100,
				  MICA_GRANULE));
		while (model_main.nr)
			mica_free(model_take(&model_main, random_below(
					     &r, model_main.nr)));
		mica_collect(true);
		CHECK_MICA();
	}
	mica_stats(&after);
	CHECK_EQ(after.used_bytes, before.used_bytes);
}

/* The same with runs of the table layout's size. */
TEST(stress_comb_of_runs, .arena = 128 << 20, .needs = TEST_TABLE)
{
	struct random r = { .state = 10 };
	struct mica_stats before, after;

	mica_collect(true);
	mica_stats(&before);
	model_reset(&model_main);
	for (unsigned int i = 0; i < 60; i++) {
		size_t size = (i % 5 + 3) << 18;

		REQUIRE(model_add(&model_main, mica_malloc(size), size,
				  MICA_GRANULE));
	}
	for (unsigned int i = 0; i < 30; i++)
		mica_free(model_take(&model_main, i));
	CHECK_MICA();
	while (model_main.nr) {
		mica_free(model_take(&model_main,
				     random_below(&r, model_main.nr)));
		CHECK_MICA();
	}
	mica_collect(true);
	mica_stats(&after);
	CHECK(after.runs_allocated > before.runs_allocated);
	CHECK(after.runs_freed > before.runs_freed);
	CHECK(after.runs_split > before.runs_split);
	CHECK(after.runs_merged > before.runs_merged);
	CHECK_EQ(after.used_bytes, before.used_bytes);
}

/* A full page that gets a block back serves again, oldest gap or newest. */
TEST(full_pages_are_queued, .arena = 3000)
{
	struct mica_stats before, after;
	unsigned int n = MICA_LAYOUT == MICA_LAYOUT_TABLE ? 8000 :
		model_room(test_within(300 * 40, 1) / 40);

	mica_stats(&before);
	model_reset(&model_main);
	for (unsigned int i = 0; i < n; i++)
		REQUIRE(model_add(&model_main, mica_malloc(32), 32,
				  MICA_GRANULE));
	for (unsigned int i = 0; i < n / 2; i++)	/* of every page some */
		mica_free(model_take(&model_main, i * 5 % model_main.nr));
	mica_stats(&after);
	CHECK(after.pages_queued > before.pages_queued);
	for (unsigned int i = 0; i < n / 2; i++)
		REQUIRE(model_add(&model_main, mica_malloc(32), 32,
				  MICA_GRANULE));
	CHECK_MICA();
	mica_stats(&after);
	/* With one page, or two, there may be none to go on to. */
	CHECK(after.refills > before.refills || MICA_PAGE_SHIFT > 12 ||
	      after.pages_opened == before.pages_opened + 1);
	CHECK(after.carves > before.carves);
	CHECK(after.pages_opened > before.pages_opened);
	model_free_all(&model_main);
}
