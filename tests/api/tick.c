/* SPDX-License-Identifier: MIT */
/* mica_tick(): at most so many units a call, until there is no more to do. */
#include "../model.h"
#include "../threads.h"
#include "core/large.h"
#include "core/part.h"

#define MANY 12
#define AN_HOUR 3600000		/* ms */

/* Nothing comes of age while it lasts. */
static void all_done(void)
{
	long delay = mica_option_get(MICA_OPTION_PURGE_DELAY);
	unsigned int calls = 0;

	mica_option_set(MICA_OPTION_PURGE_DELAY, AN_HOUR);
	while (mica_tick(4) && calls < 10000)
		calls++;
	CHECK(calls < 10000);
	CHECK(!mica_tick(1));
	mica_option_set(MICA_OPTION_PURGE_DELAY, delay);
	CHECK_MICA();
}

TEST(tick_ends)
{
	void *p[MANY];

	all_done();
	CHECK(!mica_tick(0));
	CHECK(!mica_tick(~0u));
	for (unsigned int i = 0; i < MANY; i++)
		p[i] = mica_malloc(8 + 16 * i);
	for (unsigned int i = 0; i < MANY; i++)
		mica_free(p[i]);
	all_done();
}

#if MICA_DEFERRED

static unsigned int nr_beats;

static void on_beat(bool force, uint64_t heartbeat, void *argument)
{
	(void)heartbeat, (void)argument;
	CHECK(!force);
	nr_beats++;
}

TEST(tick_calls_the_deferred_hook)
{
	long delay = mica_option_get(MICA_OPTION_PURGE_DELAY);

	all_done();
	mica_option_set(MICA_OPTION_PURGE_DELAY, AN_HOUR);
	while (mica_tick(4))
		;
	CHECK_EQ(mica_on_deferred(on_beat, NULL), 0);
	nr_beats = 0;
	CHECK(!mica_tick(0));
	CHECK_EQ(nr_beats, 0);
	CHECK(mica_tick(1));
	CHECK_EQ(nr_beats, 1);
	CHECK(!mica_tick(2));
	CHECK_EQ(nr_beats, 2);
	CHECK_EQ(mica_on_deferred(NULL, NULL), 0);
	CHECK(!mica_tick(1));
	CHECK_EQ(nr_beats, 2);
	mica_option_set(MICA_OPTION_PURGE_DELAY, delay);
}

#endif

#if MICA_STATS == 2

static struct mica_stats stats_now(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return stats;
}

#if CONTEXT_NESTS

/* Freed in the middle of an operation: one a unit. */
TEST(tick_frees_what_interrupts_deferred)
{
	struct mica_part *part = part_self();
	size_t live, size = CONTEXT_IS_SOLO ? 40 : CLASS_BYTES_MAX + 8;
	void *p[MANY];

	for (unsigned int i = 0; i < MANY; i++)
		REQUIRE((p[i] = mica_malloc(size)));
	all_done();
	live = stats_now().live_blocks;
	context_set_busy(part, 1);
	for (unsigned int i = 0; i < MANY; i++)
		mica_free(p[i]);
	context_set_busy(part, 0);
	for (unsigned int i = 0; CONTEXT_IS_SOLO && i < MANY; i++) {
		CHECK_EQ(stats_now().live_blocks, live - i);
		CHECK(mica_tick(1));
	}
	all_done();
	CHECK_EQ(stats_now().live_blocks, live - MANY);
}

#endif

#if TEST_PARALLEL

struct owned {
	void *blocks[MANY * 8];
	unsigned int n;
};

static void free_all(void *arg)
{
	struct owned *o = arg;

	while (o->n)
		mica_free(o->blocks[--o->n]);
}

/* What others freed comes back a page a unit. */
TEST(tick_settles_listed_pages, .contexts = 2)
{
	static struct owned o;
	size_t size = LAYOUT_IS_TABLE ? CLASS_BYTES_MAX / 2 : CLASS_BYTES_MAX;
	unsigned int ticks = 0;
	uint64_t retired;
	struct thread t;

	while (o.n < MANY * 8 && (o.blocks[o.n] = mica_malloc(size)))
		o.n++;
	REQUIRE(o.n == MANY * 8 || !LAYOUT_IS_TABLE);
	all_done();
	REQUIRE(thread_start(&t, free_all, &o));
	thread_join(&t);
	retired = stats_now().pages_retired;
	while (mica_tick(1) && ticks < 1000) {
		uint64_t now = stats_now().pages_retired;

		CHECK(now <= retired + 1);
		retired = now;
		ticks++;
	}
	CHECK(!LAYOUT_IS_TABLE || ticks >= MANY / 2);
	CHECK_MICA();
}

#endif

/* Runs whose delay has passed: a provider call a unit. */
TEST(tick_purges_within_its_budget, .arena = ARENA_OF(64 << 20, 0),
     .needs = TEST_LAZY | TEST_CLOCK)
{
	long delay = mica_option_get(MICA_OPTION_PURGE_DELAY);
	char *p[2 * MANY];
	uint64_t before, now;
	unsigned int k;

	mica_collect(true);
	CHECK_EQ(mica_option_set(MICA_OPTION_PURGE_DELAY, 20), 0);
	for (k = 0; k < 2 * MANY; k++) {
		REQUIRE((p[k] = mica_malloc((size_t)256 << 10)));
		fill(p[k], 100, 1);
	}
	for (k = 0; k < 2 * MANY; k += 2)
		mica_free(p[k]);
	before = stats_now().purges;
	mica_tick(3);
	for (k = 0; k < 4; k++) {
		test_target.sleep_ms(25);
		mica_tick(0);
		now = stats_now().purges;
		CHECK_EQ(now, before);
		if (k < 1)
			mica_tick(1);	/* begins a generation, no run is old */
		before = stats_now().purges;
	}
	for (k = 0; k < 100 && mica_tick(3); k++) {
		now = stats_now().purges;
		CHECK(now <= before + 3);
		before = now;
	}
	test_target.sleep_ms(25);
	while (mica_tick(1)) {
		now = stats_now().purges;
		CHECK(now <= before + 1);
		before = now;
	}
	CHECK(before >= MANY);
	for (k = 1; k < 2 * MANY; k += 2)
		mica_free(p[k]);
	CHECK_EQ(mica_option_set(MICA_OPTION_PURGE_DELAY, delay), 0);
	CHECK_MICA();
}

#endif
