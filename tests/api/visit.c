/* SPDX-License-Identifier: MIT */
/*
 * Visits find every block that lives and no other, each once, in steps of any
 * size, while others allocate. Invariants 1, 3 and 7.
 */
#include "../stress/load.h"
#include "../threads.h"

/* What a visit saw, against the model. */
struct seen {
	const struct model *model;
	size_t blocks, bytes, strangers;
	uintptr_t last;
	unsigned int stop_after;	/* 0: never */
	uint8_t times[MODEL_BLOCKS];	/* by the index in the model */
};

static struct seen seen;

static bool see_block(void *context, const struct mica_area *area, void *block)
{
	struct seen *s = context;
	unsigned int i = 0;

	s->blocks++;
	s->bytes += area->block_bytes;
	CHECK((uintptr_t)block >= (uintptr_t)area->start);
	CHECK((uintptr_t)block + area->block_bytes <=
	      (uintptr_t)area->start + area->bytes);
	CHECK_INV(7, mica_usable_size(block) == area->block_bytes);
	while (i < s->model->nr && s->model->blocks[i].addr != (uintptr_t)block)
		i++;
	if (i < s->model->nr)
		s->times[i]++;
	else
		s->strangers++;
	return !s->stop_after || --s->stop_after;
}

static void see_nothing(const struct model *m)
{
	__builtin_memset(&seen, 0, sizeof(seen));
	seen.model = m;
}

/* The whole of it in steps of @budget. */
static void see_all(unsigned int budget)
{
	struct mica_visit cursor = { 0 };
	size_t before;
	int step;

	do {
		before = seen.blocks;
		step = mica_visit_blocks(&cursor, budget, see_block, &seen);
		CHECK(seen.blocks - before <= budget);
	} while (step == MICA_VISIT_MORE);
	CHECK_EQ(step, MICA_VISIT_DONE);
	CHECK_EQ(mica_visit_blocks(&cursor, budget, see_block, &seen),
		 MICA_VISIT_DONE);
}

static void check_all(unsigned int budget)
{
	struct mica_stats stats;

	see_nothing(&model_main);
	see_all(budget);
	mica_stats(&stats);
	CHECK_INV(3, seen.blocks == stats.live_blocks);
	CHECK_INV(3, seen.bytes == stats.live_bytes);
	CHECK_INV(3, seen.blocks == model_main.nr + seen.strangers);
	for (unsigned int i = 0; i < model_main.nr; i++)
		CHECK(seen.times[i] == 1);
}

static struct load load_of(uint64_t seed)
{
	struct load l = {
		.model = &model_main,
		.random = { .state = seed },
		.size_bits = MICA_HOSTED ? 18 : 10,
		.max_bytes = MICA_HOSTED ? 8 << 20 : 12 << 10,
		.max_blocks = model_room(MICA_HOSTED ? 800 : 200),
	};

	return l;
}

TEST(visit_sees_each_block_once, .arena = 20 << 10)
{
	static const unsigned int budgets[] = { 1, 7, 100000 };
	struct load l = load_of(23);

	model_reset(&model_main);
	check_all(1);
	for (unsigned int i = 0; i < 6; i++) {
		load_run(&l, test_scaled(300));
		check_all(budgets[i % 3]);
	}
	load_end(&l);
	check_all(3);
}

/* Many of a size have pages, and steps end in the middle of these. */
static void many_of(size_t size, unsigned int n)
{
	model_reset(&model_main);
	while (n-- && !test_failed())
		model_add(&model_main, mica_malloc(size), size, 1);
	for (unsigned int i = 0; i < model_main.nr; i += 5)
		mica_free(model_take(&model_main, i));
	check_all(1);
	check_all(7);
	model_free_all(&model_main);
}

TEST(visit_goes_on_within_a_page, .arena = 8 << 10)
{
	many_of(24, 120);
	many_of(56, 80);
	if (MICA_LAYOUT == MICA_LAYOUT_TABLE) {
		many_of(20000, 30);
		many_of(50000, 30);
	}
}

/* Blocks that live from the begin to the end are seen once, come what may. */
TEST(visit_while_blocks_come_and_go, .arena = 24 << 10)
{
	struct load l = load_of(29);
	struct mica_visit cursor = { 0 };
	struct random random = { .state = 31 };
	void *other[24] = { NULL };
	unsigned int k;
	int step;

	model_reset(&model_main);
	load_run(&l, test_scaled(300));
	see_nothing(&model_main);
	do {
		step = mica_visit_blocks(&cursor, 1 + random_below(&random, 9),
					 see_block, &seen);
		for (unsigned int i = 0; i < 6; i++) {
			k = random_below(&random, 24);
			mica_free(other[k]);
			other[k] = mica_malloc(random_size(&random,
							   l.size_bits - 2));
		}
	} while (step == MICA_VISIT_MORE);
	CHECK_EQ(step, MICA_VISIT_DONE);
	for (unsigned int i = 0; i < model_main.nr; i++)
		CHECK_INV(1, seen.times[i] == 1);
	for (k = 0; k < 24; k++)
		mica_free(other[k]);
	load_end(&l);
}

static bool free_block(void *context, const struct mica_area *area, void *block)
{
	unsigned int *left = context;

	(void)area;
	mica_free(block);
	return --*left;
}

/* The callback may free what it is shown, and say when it is enough. */
TEST(visit_frees_what_it_sees, .arena = 8 << 10)
{
	struct mica_visit cursor = { 0 };
	struct mica_stats stats;
	unsigned int left = 30;
	int step;

	mica_stats(&stats);
	if (stats.live_blocks)
		return;		/* somebody else's: not ours to free */
	for (unsigned int i = 0; i < 40; i++)
		CHECK(mica_malloc(8 + 4 * i));
	do {
		step = mica_visit_blocks(&cursor, 4, free_block, &left);
	} while (step == MICA_VISIT_MORE);
	CHECK_EQ(step, MICA_VISIT_STOPPED);
	mica_stats(&stats);
	CHECK_EQ(stats.live_blocks, 10);
	left = 100;
	do {
		step = mica_visit_blocks(&cursor, 4, free_block, &left);
	} while (step == MICA_VISIT_MORE);
	CHECK_EQ(left, 90);
}

/* ---- areas and regions ------------------------------------------------------ */

struct areas {
	size_t pages, used, live_bytes, abandoned, unsettled;
	uintptr_t wanted;	/* an address to look for */
	bool found;
};

static bool see_area(void *context, const struct mica_area *area)
{
	struct areas *a = context;

	a->pages += area->is_page;
	a->used += area->used;
	a->live_bytes += area->used * area->block_bytes;
	a->abandoned += area->is_abandoned;
	a->unsettled += area->is_page && !area->settled;
	CHECK_INV(3, area->used <= area->blocks);
	CHECK_INV(3, area->blocks * area->block_bytes <= area->bytes);
	if (a->wanted - (uintptr_t)area->start < area->bytes)
		a->found = true;
	return true;
}

static struct areas areas_now(uintptr_t wanted)
{
	struct areas areas = { .wanted = wanted };
	struct mica_visit cursor = { 0 };

	while (mica_visit_areas(&cursor, 3, see_area, &areas) ==
	       MICA_VISIT_MORE)
		;
	return areas;
}

TEST(visit_of_areas_adds_up, .arena = 20 << 10)
{
	struct load l = load_of(37);
	struct mica_stats stats;
	struct areas areas;

	model_reset(&model_main);
	for (unsigned int i = 0; i < 4; i++) {
		load_run(&l, test_scaled(300));
		mica_stats(&stats);
		areas = areas_now(model_main.nr ? model_main.blocks[0].addr : 0);
		CHECK_INV(3, areas.pages == stats.pages);
		CHECK_INV(3, areas.used == stats.live_blocks);
		CHECK_INV(3, areas.live_bytes == stats.live_bytes);
		CHECK(areas.found || !model_main.nr);
	}
	load_end(&l);
}

struct regions {
	size_t nr, bytes;
};

static bool see_region(void *context, const struct mica_region *region)
{
	struct regions *r = context;

	r->nr++;
	r->bytes += region->bytes;
	return true;
}

TEST(visit_of_regions, .arena = 1024)
{
	struct regions regions = { 0, 0 };
	struct mica_visit cursor = { 0 };
	struct mica_stats stats;

	mica_free(mica_malloc(1));
	while (mica_visit_regions(&cursor, 1, see_region, &regions) ==
	       MICA_VISIT_MORE)
		;
	mica_stats(&stats);
	CHECK_EQ(regions.nr, stats.regions);
	CHECK_EQ(regions.bytes, stats.reserved);
}

/* They lie in no list: the map leads to them. */
TEST(visit_of_huge_blocks, .needs = TEST_TABLE, .arena = 300 << 20)
{
	size_t size = ((size_t)1 << MICA_UNIT_SHIFT) + 4096;
	struct regions regions = { 0, 0 };
	struct mica_visit cursor = { 0 };
	struct mica_stats stats;
	char *p = mica_malloc(size);
	char *q = mica_malloc_aligned_at(size, 1 << 20, 64);

	REQUIRE(p && q);
	mica_stats(&stats);
	CHECK(areas_now((uintptr_t)p).found);
	CHECK(areas_now((uintptr_t)q + size - 1).found);
	CHECK_EQ(areas_now(0).used, stats.live_blocks);
	while (mica_visit_regions(&cursor, 100, see_region, &regions) ==
	       MICA_VISIT_MORE)
		;
	CHECK_EQ(regions.nr, stats.regions);
	mica_free(p);
	CHECK(!areas_now((uintptr_t)p).found);
	mica_free(q);
}

/* ---- bad input --------------------------------------------------------------- */

TEST(visit_refuses, .arena = 64)
{
	struct mica_visit cursor = { 0 }, end = { SIZE_MAX, UINTPTR_MAX };
	struct mica_visit nowhere = { 12345, 678 };
	unsigned int left = 1;
	void *p = mica_malloc(8);

	CHECK_EQ(mica_visit_blocks(NULL, 1, free_block, &left),
		 MICA_ERROR_INVALID);
	CHECK_EQ(mica_visit_blocks(&cursor, 1, NULL, NULL), MICA_ERROR_INVALID);
	CHECK_EQ(mica_visit_blocks(&cursor, 0, free_block, &left),
		 MICA_ERROR_INVALID);
	CHECK_EQ(mica_visit_areas(NULL, 1, see_area, NULL), MICA_ERROR_INVALID);
	CHECK_EQ(mica_visit_areas(&cursor, 1, NULL, NULL), MICA_ERROR_INVALID);
	CHECK_EQ(mica_visit_areas(&cursor, 0, see_area, NULL),
		 MICA_ERROR_INVALID);
	CHECK_EQ(mica_visit_regions(NULL, 1, see_region, NULL),
		 MICA_ERROR_INVALID);
	CHECK_EQ(mica_visit_regions(&cursor, 1, NULL, NULL),
		 MICA_ERROR_INVALID);
	CHECK_EQ(mica_visit_regions(&cursor, 0, see_region, NULL),
		 MICA_ERROR_INVALID);
	CHECK_EQ(cursor.region, 0);
	CHECK_EQ(cursor.address, 0);
	CHECK_EQ(mica_visit_blocks(&end, 9, free_block, &left),
		 MICA_VISIT_DONE);
	while (mica_visit_blocks(&nowhere, 999, free_block, &left) ==
	       MICA_VISIT_MORE)
		;
	CHECK_EQ(left, 1);
	mica_free(p);
}

/* ---- others at it ---------------------------------------------------------------- */

#define LEFT 40

static void *left_behind[LEFT];

static void leave_blocks(void *arg)
{
	(void)arg;
	for (unsigned int i = 0; i < LEFT; i++)
		CHECK(left_behind[i] = mica_malloc(PAGED(112)));
	/* Lest the last page is full: full ones are not abandoned. */
	mica_free(left_behind[LEFT - 1]);
	left_behind[LEFT - 1] = NULL;
}

static bool see_left(void *context, const struct mica_area *area, void *block)
{
	size_t *counts = context;

	for (unsigned int i = 0; i < LEFT; i++)
		if (left_behind[i] == block) {
			counts[0]++;
			counts[1] += area->is_abandoned;
		}
	return true;
}

TEST(visit_sees_abandoned_blocks, .contexts = 2,
     .arena = ARENA_OF(4 << 20, 64 << 10))
{
	struct mica_visit cursor = { 0 };
	size_t counts[2] = { 0, 0 };
	struct thread t;

	REQUIRE(thread_start(&t, leave_blocks, NULL));
	thread_join(&t);
	while (mica_visit_blocks(&cursor, 5, see_left, counts) ==
	       MICA_VISIT_MORE)
		;
	CHECK_EQ(counts[0], LEFT - 1);
	CHECK(counts[1] > 0 || MICA_LAYOUT == MICA_LAYOUT_TAG);
	for (unsigned int i = 0; i < LEFT; i++)
		mica_free(left_behind[i]);
}

/* What others freed and the owner has not taken yet is free all the same. */
static void free_odd_ones(void *arg)
{
	(void)arg;
	for (unsigned int i = 1; i < LEFT; i += 2) {
		mica_free(left_behind[i]);
		left_behind[i] = NULL;
	}
}

TEST(visit_knows_remote_frees, .contexts = 2,
     .arena = ARENA_OF(4 << 20, 64 << 10))
{
	struct mica_visit cursor = { 0 };
	size_t counts[2] = { 0, 0 };
	struct mica_stats stats;
	struct areas areas;
	struct thread t;

	for (unsigned int i = 0; i < LEFT; i++)
		CHECK(left_behind[i] = mica_malloc(PAGED(112)));
	REQUIRE(thread_start(&t, free_odd_ones, NULL));
	thread_join(&t);
	while (mica_visit_blocks(&cursor, 5, see_left, counts) ==
	       MICA_VISIT_MORE)
		;
	CHECK_EQ(counts[0], LEFT / 2);
	cursor = (struct mica_visit){ 0 };
	see_nothing(&model_main);
	see_all(5);
	mica_stats(&stats);
	CHECK_INV(3, seen.blocks == stats.live_blocks);
	areas = areas_now(0);
	CHECK_INV(3, areas.used == stats.live_blocks);
	CHECK(areas.unsettled == 0 || MICA_CORES > 1);
	for (unsigned int i = 0; i < LEFT; i += 2)
		mica_free(left_behind[i]);
}

#if TEST_PARALLEL

static void *quit_now;

static void churn(void *arg)
{
	struct random random = { .state = 41 + *(unsigned int *)arg };
	void *mine[64] = { NULL };

	while (!shared_load(&quit_now)) {
		unsigned int k = random_below(&random, 64);

		mica_free(mine[k]);
		mine[k] = mica_malloc(random_size(&random, 12));
		if (MICA_LAYOUT == MICA_LAYOUT_TABLE && !random_below(&random, 512))
			mica_free(hide(mica_malloc(((size_t)1 << MICA_UNIT_SHIFT)
						   + 1)));
	}
	for (unsigned int k = 0; k < 64; k++)
		mica_free(mine[k]);
}

/* The visitor's own blocks live all the time: each is seen once each time. */
TEST(visit_while_threads_allocate, .contexts = 4, .needs = TEST_FAST,
     .arena = ARENA_OF(512 << 20, 256 << 10))
{
	unsigned int numbers[3] = { 0, 1, 2 };
	struct thread threads[3];
	unsigned int started = 0;

	shared_store(&quit_now, NULL);
	for (unsigned int i = 0; i < LEFT; i++)
		CHECK(left_behind[i] = mica_malloc(8 + i * 20));
	while (started < 3 &&
	       thread_start(&threads[started], churn, &numbers[started]))
		started++;
	for (unsigned int round = 0; round < test_scaled(100); round++) {
		struct mica_visit cursor = { 0 };
		size_t counts[2] = { 0, 0 };

		while (mica_visit_blocks(&cursor, 50, see_left, counts) ==
		       MICA_VISIT_MORE)
			;
		CHECK_INV(1, counts[0] == LEFT);
		if (round % 10 == 0)
			areas_now(0);
	}
	shared_store(&quit_now, &quit_now);
	while (started)
		thread_join(&threads[--started]);
	for (unsigned int i = 0; i < LEFT; i++)
		mica_free(left_behind[i]);
}

#endif
