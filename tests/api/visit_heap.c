/* SPDX-License-Identifier: MIT */
/*
 * Areas of a heap whose context has ended: nobody's, and told so, until another
 * context takes them over. Invariant 4.
 */
#include "heap.h"
#include "../threads.h"

#if MICA_HEAPS

static struct mica_heap *left_heap;

/* So many that a page is opened for them. */
static void leave_in_heap(void *arg)
{
	(void)arg;
	for (unsigned int k = 0; k < 300; k++)
		CHECK(mica_heap_malloc(left_heap, 16));
}

static bool see_left_area(void *context, const struct mica_area *area)
{
	size_t *counts = context;

	if (area->heap == left_heap && area->is_page) {
		counts[0]++;
		counts[1] += area->is_abandoned;
	}
	return true;
}

static void see_left_areas(size_t *counts)
{
	struct mica_visit cursor = { 0 };

	counts[0] = counts[1] = 0;
	while (mica_visit_areas(&cursor, 7, see_left_area, counts) ==
	       MICA_VISIT_MORE)
		;
}

TEST(visit_sees_what_is_left_in_a_heap, .contexts = 2,
     .arena = ARENA_OF(4 << 20, 64 << 10))
{
	struct mica_heap_stats stats;
	size_t counts[2];
	struct thread t;
	void *p;

	left_heap = mica_heap_new(NULL);
	REQUIRE(left_heap && thread_start(&t, leave_in_heap, NULL));
	thread_join(&t);
	see_left_areas(counts);
	CHECK_INV(4, counts[0] >= 1);
	CHECK(counts[1] == counts[0]);
	CHECK(!mica_heap_stats(left_heap, &stats));
	CHECK(stats.abandoned_pages == counts[0]);
	/* Who allocates there next has them. */
	p = mica_heap_malloc(left_heap, 16);
	CHECK(p);
	see_left_areas(counts);
	CHECK(counts[1] == 0);
	CHECK_EQ(mica_heap_destroy(left_heap), 0);
}

#endif
