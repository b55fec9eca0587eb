/* SPDX-License-Identifier: MIT */
/*
 * Faults of the provider while heaps come, are filled, and go: for each hook, for
 * every N until none fails. Invariant 8: a caller sees NULL and nothing else;
 * what a heap had is the main heap's afterwards, or gone, and nothing is lost.
 */
#include "../model.h"
#include "core/region.h"
#include "fresh.h"

#if MICA_HEAPS

#define KIB ((size_t)1 << 10)
#define UNIT (MICA_LAYOUT == MICA_LAYOUT_TABLE ? 64 * KIB : KIB)
#define HUGE ((size_t)70 << 20)
#define FAULTS_MAX 2000
#define ALL 1000000

static bool thorough;	/* with a huge block, and regions of its own */

static bool region_fits(void)
{
	struct mica_region info;
	size_t n = 0;

	while (mica_region_get(n, &info))
		n++;
	return n < NR_REGIONS;
}

static struct mica_heap *make(struct mica_heap *parent, uint32_t flags)
{
	const struct mica_heap_setup setup = {
		.name = "faulty", .parent = parent, .flags = flags,
		.hard_quota = (size_t)1 << 30,
	};
	struct mica_heap *heap = mica_heap_new(&setup);

	CHECK(heap);	/* it asks for no memory */
	return heap;
}

/* A heap that is refused something has what it had; mica_check() adds that up. */
static void *want(struct mica_heap *heap, size_t size)
{
	struct mica_heap_usage before, after;
	void *p;

	mica_heap_usage(heap, &before);
	p = mica_heap_malloc(heap, size);
	if (p) {
		CHECK(mica_heap_of(p) == heap);
		return p;
	}
	CHECK_INV(8, fake_failed());
	mica_heap_usage(heap, &after);
	CHECK_INV(8, after.used_bytes <= before.used_bytes &&
		     after.total_bytes <= before.total_bytes);
	CHECK_MICA();
	return NULL;
}

/* @keep: the model knows them. */
static void fill_heap(struct mica_heap *heap, bool keep)
{
	unsigned int i;
	size_t size;
	void *p;

	for (i = 0; i < 40; i++) {
		size = i < 30 ? 8 + i * 7 : (i - 29) * UNIT;
		p = want(heap, size);
		if (p && keep)
			model_add(&model_main, p, size, MICA_GRANULE);
		if (p && !keep && i % 5 == 0)
			mica_free(p);
	}
	if (MICA_LAYOUT == MICA_LAYOUT_TABLE && thorough && !keep)
		want(heap, HUGE);
}

static void grow_some(struct mica_heap *heap)
{
	void *p;

	for (unsigned int i = 0; i < model_main.nr; i += 7) {
		size_t size = model_main.blocks[i].size * 3 / 2;

		p = mica_heap_realloc(heap, (void *)model_main.blocks[i].addr,
				      size);
		if (p)
			model_moved(&model_main, i, p, size, MICA_GRANULE);
		else
			CHECK_INV(8, fake_failed());
	}
}

/* One is deleted and its blocks live on, another goes with all that it had. */
static void scenario(void)
{
	size_t limit = fake_limit(MICA_LAYOUT == MICA_LAYOUT_TABLE ?
				  SIZE_MAX / 2 : (size_t)1 << 28);
	struct mica_heap *top = make(NULL, 0), *kept = make(top, 0), *gone;
	struct mica_heap_usage usage;

	gone = make(top, thorough ? MICA_HEAP_SEPARATE : 0);
	REQUIRE(top && kept && gone);
	model_reset(&model_main);
	fill_heap(kept, true);
	fill_heap(gone, false);
	grow_some(kept);
	mica_collect(true);
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(gone), 0);
	CHECK_MICA();
	CHECK_EQ(mica_heap_delete(kept), 0);
	CHECK_MICA();
	CHECK_EQ(mica_heap_usage(top, &usage), 0);
	CHECK_INV(6, usage.total_bytes == 0);
	CHECK_EQ(mica_heap_destroy(top), 0);
	CHECK_INV(7, model_verify_all(&model_main));
	model_free_all(&model_main);
	mica_collect(true);
	CHECK_MICA();
	CHECK_EQ(fake_breaches(), 0);
	fake_limit(limit);
}

/* Run by name in a fresh process; FAKE_FAIL says what fails. */
TEST(fault_scenario_of_heaps)
{
	unsigned int failed;

	thorough = region_fits();
	scenario();
	failed = fake_failed();
	fake_fail(FAKE_RESERVE, 0, 0);
	thorough = false;
	test_print("# faults %u\n", failed);
}

static void warm(enum fake_hook hook, unsigned int count)
{
	size_t before = mica_used();
	unsigned int n = 1, hit;

	do {
		fake_fail(hook, n, count);
		scenario();
		hit = fake_failed();
		fake_fail(hook, 0, 0);
		if (test_failed())
			test_print("# hook %u, call %u\n", hook, n);
		CHECK(n++ < FAULTS_MAX);
	} while (hit && !test_failed());
	mica_collect(true);
	/* A thread's part of what was deleted waits for the next thread. */
	if (MICA_CONTEXT == MICA_CONTEXT_THREAD)
		CHECK(mica_used() <= before + n * 64 * KIB);
	else
		CHECK_EQ(mica_used(), before);
}

TEST(faults_of_heaps_when_warm)
{
	scenario();	/* what a context keeps for heaps, it keeps */
	for (unsigned int hook = 0; hook < FAKE_HOOKS; hook++) {
		warm((enum fake_hook)hook, 1);
		warm((enum fake_hook)hook, ALL);
	}
}

TEST(faults_of_heaps_from_the_start)
{
	static const char name[] = "fault_scenario_of_heaps";
	bool lazy = test_target.offers() & TEST_LAZY;

	CHECK(fresh(name, FAKE_RESERVE, 1) > 1);	/* its own region, too */
	CHECK(fresh(name, FAKE_RESERVE, ALL) > 0);
	CHECK(fresh(name, FAKE_RELEASE, ALL) > 0 ||
	      MICA_LAYOUT != MICA_LAYOUT_TABLE);
	CHECK(fresh(name, FAKE_COMMIT, 1) > 0 || !lazy);
	CHECK(fresh(name, FAKE_COMMIT, ALL) > 0 || !lazy);
	CHECK(fresh(name, FAKE_DECOMMIT, ALL) > 0 || !lazy);
}

#endif
