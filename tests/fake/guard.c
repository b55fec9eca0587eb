/* SPDX-License-Identifier: MIT */
/*
 * The guard of `core` builds: interrupts at its edges allocate and free, and
 * one above it frees at any instruction, also in the middle of a guarded
 * section. The fake counts every call inside the guard as a breach.
 */
#include "../stress/load.h"
#include "core/large.h"
#include "port/fake/fake.h"

#include <string.h>

#define KEPT 16

static struct {
	void *block[KEPT];
	size_t size[KEPT];
	unsigned int runs;
	struct random random;
} isr;

/* One interrupt: check and free an old block, get a new one. */
static void isr_allocates(void)
{
	unsigned int i = isr.runs++ % KEPT;
	size_t size = random_size(&isr.random, 8);

	CHECK(!fake_guarded());
	if (isr.block[i]) {
		CHECK_INV(7, filled(isr.block[i], isr.size[i], i));
		mica_free(isr.block[i]);
	}
	isr.block[i] = mica_malloc(size);
	isr.size[i] = size;
	if (isr.block[i])
		fill(isr.block[i], size, i);
}

static void isr_end(void)
{
	fake_interrupt(NULL, 0);
	for (unsigned int i = 0; i < KEPT; i++) {
		mica_free(isr.block[i]);
		isr.block[i] = NULL;
	}
}

static struct load some_load(uint64_t seed)
{
	model_reset(&model_main);
	return (struct load){
		.model = &model_main,
		.random = { .state = seed },
		.size_bits = 10,
		.max_bytes = 24 << 10,
		.max_blocks = 400,
	};
}

TEST(interrupts_at_the_guard, .needs = TEST_GUARD)
{
	struct load l = some_load(4);
	unsigned int guards = fake_guards();

	isr.random.state = 99;
	for (unsigned int every = 1; every < 20; every += 3) {
		fake_interrupt(isr_allocates, every);
		load_run(&l, test_scaled(20000));
		isr_end();
		CHECK_MICA();
	}
	load_end(&l);
	CHECK(isr.runs > 100);
	CHECK(fake_guards() > guards);
	CHECK_EQ(fake_breaches(), 0);
}

static unsigned int nr_reclaims;

static bool on_reclaim(size_t size, uint32_t attributes)
{
	(void)size, (void)attributes;
	CHECK(!fake_guarded());
	nr_reclaims++;
	return false;
}

static void isr_wants_too_much(void)
{
	isr.runs++;
	CHECK(!mica_malloc(REQUEST_LIMIT));
}

/* The program is asked to free something by tasks only. */
TEST(interrupts_do_not_reclaim, .needs = TEST_GUARD)
{
	void *p = mica_malloc(10);

	REQUIRE(p);
	isr.runs = nr_reclaims = 0;
	mica_on_reclaim(on_reclaim);
	fake_fail(FAKE_RESERVE, 1, 1000);
	fake_interrupt(isr_wants_too_much, 1);
	mica_free(p);
	fake_interrupt(NULL, 0);
	CHECK(isr.runs > 0);
	CHECK_EQ(nr_reclaims, 0);
	CHECK(!mica_malloc(hide_size(REQUEST_LIMIT)));
	CHECK_EQ(nr_reclaims, 1);
	fake_fail(FAKE_RESERVE, 0, 0);
	mica_on_reclaim(NULL);
}

static unsigned int times_seen[400];

static bool see_own(void *context, const struct mica_area *area, void *block)
{
	(void)context, (void)area;
	for (unsigned int i = 0; i < model_main.nr; i++)
		times_seen[i] += model_main.blocks[i].addr == (uintptr_t)block;
	return true;
}

/* A visit leaves the guard all the time: what lives through it is seen once. */
TEST(interrupts_between_steps_of_a_visit, .needs = TEST_GUARD)
{
	struct load l = some_load(6);

	for (unsigned int every = 1; every < 20; every += 3) {
		struct mica_visit cursor = { 0 };

		load_run(&l, test_scaled(1000));
		memset(times_seen, 0, sizeof(times_seen));
		fake_interrupt(isr_allocates, every);
		while (mica_visit_blocks(&cursor, 1 + every % 3, see_own,
					 NULL) == MICA_VISIT_MORE)
			;
		isr_end();
		for (unsigned int i = 0; i < model_main.nr; i++)
			CHECK_INV(1, times_seen[i] == 1);
	}
	load_end(&l);
	CHECK_EQ(fake_breaches(), 0);
}

/*
 * The statistics leave the guard after every few places; what comes in between
 * may change everything but what was there all the time.
 */
TEST(interrupts_between_turns_of_statistics, .needs = TEST_GUARD)
{
	struct load l = some_load(6);
	struct mica_stats stats;
	struct mica_usage usage;
	unsigned int guards;

	load_run(&l, test_scaled(2000));
	isr.random.state = 98;
	fake_interrupt(isr_allocates, 1);
	for (unsigned int i = 0; i < 20; i++) {
		guards = fake_guards();
		mica_stats(&stats);
		CHECK(fake_guards() - guards > 10);
		CHECK(stats.live_blocks >= l.model->nr);
		CHECK(stats.live_blocks <= l.model->nr + 2 * KEPT);
		CHECK(stats.live_bytes >= l.model->bytes);
		CHECK(mica_usage(&usage));
		CHECK(usage.used >= l.model->bytes);
		load_run(&l, 100);
	}
	isr_end();
	CHECK_MICA();
	load_end(&l);
	CHECK_EQ(fake_breaches(), 0);
}

#if MICA_LAYOUT == MICA_LAYOUT_TAG	/* others must not be in a call then */

static char lent[8192] __attribute__((aligned(16)));
static unsigned int nr_looks;

/* Another task takes a region back, and writes over all of it. */
static void task_removes(void)
{
	if (++nr_looks != 40)
		return;
	CHECK_EQ(mica_region_remove(lent), 0);
	__builtin_memset(lent, 0xff, sizeof(lent));
}

/* Other tests may have left as many regions as there can be, all empty. */
static void regions_make_room(void)
{
	struct mica_region region;
	size_t n = 0;

	while (mica_region_get(n, &region))
		n++;
	if (n < MICA_REGIONS_MAX)
		return;
	while (n-- && mica_region_get(n, &region))
		if (!mica_region_remove(region.base))
			return;
}

TEST(statistics_while_a_region_goes, .needs = TEST_GUARD)
{
	struct mica_stats before, stats;
	unsigned int guards;

	mica_free(mica_malloc(1));
	regions_make_room();
	mica_stats(&before);
	for (unsigned int at = 0; at < 60; at += 7) {
		REQUIRE(!mica_region_add(lent, sizeof(lent), 0));
		nr_looks = at;
		guards = fake_guards();
		fake_interrupt(task_removes, 1);
		mica_stats(&stats);
		fake_interrupt(NULL, 0);
		CHECK(fake_guards() > guards);
		CHECK(stats.regions >= before.regions);
		CHECK(stats.regions <= before.regions + 1);
		if (nr_looks < 40 || at >= 40)
			CHECK_EQ(mica_region_remove(lent), 0);
		CHECK_MICA();
	}
	CHECK_EQ(fake_breaches(), 0);
}

#endif

/* A region that an interrupt can find has all it needs, and holds no garbage. */
static void isr_looks(void)
{
	isr.runs++;
	CHECK_MICA();
}

TEST(interrupts_see_whole_regions, .needs = TEST_GUARD)
{
	void **list = NULL, **next, *p;

	isr.runs = 0;
	fake_interrupt(isr_looks, 1);
	while ((p = mica_malloc(4000))) {
		*(void **)p = list;
		list = p;
	}
	fake_interrupt(NULL, 0);
	for (; list; list = next) {
		next = *list;
		mica_free(list);
	}
	CHECK(isr.runs > 10);
}

/* ---- above the guard ---- */

static void *volatile mailbox;
static volatile unsigned int nr_taken;

static void nmi_frees(void)
{
	void *p = mailbox;

	if (!p)
		return;
	mailbox = NULL;
	nr_taken++;
	mica_free(p);
}

/* Enough live blocks of a class that it is served from pages. */
static void *common[64];

static void common_make(void)
{
	for (unsigned int i = 0; i < 64; i++) {
		common[i] = mica_malloc(24);
		CHECK(common[i]);
	}
}

static void common_free(void)
{
	for (unsigned int i = 0; i < 64; i++)
		mica_free(common[i]);
}

TEST(free_above_the_guard, .needs = TEST_GUARD)
{
	struct load l = some_load(5);
	struct mica_stats before, after;
	unsigned int most = 10000000;

	mica_collect(true);
	mica_stats(&before);
	common_make();
	fake_signal(nmi_frees, 200);	/* a virtual machine takes 20 us for each */
	for (unsigned int i = 0; i < most && (i < test_scaled(60000) ||
					      fake_signals_inside() < 50);
	     i++) {
		size_t size = i % 7 ? 24 : 900;

		if (!mailbox)
			mailbox = mica_malloc(size);
		load_run(&l, 5);
	}
	fake_signal(NULL, 0);
	mica_free(mailbox);
	mailbox = NULL;
	load_end(&l);
	common_free();
	mica_collect(true);
	CHECK_MICA();
	mica_stats(&after);
	CHECK_EQ(after.live_blocks, before.live_blocks);
	CHECK_EQ(after.used_bytes, before.used_bytes);
	CHECK(nr_taken > 10);
	CHECK(after.remote_frees > before.remote_frees);
	CHECK(after.runs_deferred > before.runs_deferred);
	CHECK_EQ(fake_breaches(), 0);
}
