/* SPDX-License-Identifier: MIT */
/* core/solo.h: what interrupts above the guard have freed comes back. */
#include "../harness.h"
#include "core/engine.h"

#if CONTEXT_IS_SOLO && CONTEXT_NESTS

#define SMALL 64
#define BLOCKS 64	/* enough that the class is not rare */

/* Is a block that is a run still in use? */
static bool in_use(const void *p)
{
	struct runs *r = map_find((uintptr_t)p);
	slice_t i;

	return run_of_block(r, (uintptr_t)p, &i) == RUN_BLOCK;
}

/* Nothing to pop, but something to carve: the slow path will be cheap. */
static bool will_carve(void)
{
	const struct page *page = part_self()->queue[class_of(SMALL)];

	return page && !page->free && page_has_room(page);
}

/* A cheap trip through the slow path frees one of them, and no more. */
TEST(solo_cheap_trips_free_one_deferred, .arena = 8 << 10)
{
	void *p[BLOCKS] = { NULL }, *run[2], *fence[2];
	unsigned int n = 0;

	for (unsigned int k = 0; k < 2; k++) {
		run[k] = mica_malloc(300);
		fence[k] = mica_malloc(300);
		REQUIRE(run[k] && fence[k]);
	}
	while (!will_carve() && n < BLOCKS - 1) {
		p[n] = mica_malloc(SMALL);
		REQUIRE(p[n++]);
	}
	REQUIRE(will_carve());
	solo_defer(run[0]);
	solo_defer(run[1]);
	CHECK(in_use(run[0]) && in_use(run[1]));
	p[n] = mica_malloc(SMALL);
	CHECK_EQ(in_use(run[0]) + in_use(run[1]), 1);
	mica_collect(true);
	CHECK(!in_use(run[0]) && !in_use(run[1]));
	for (unsigned int i = 0; i <= n; i++)
		mica_free(p[i]);
	mica_free(fence[0]);
	mica_free(fence[1]);
}

/* Memory has run out: what was deferred is as good as free. */
TEST(solo_deferred_serves_what_would_fail, .needs = TEST_FINITE)
{
	size_t size = 8 << 10;
	void **list = NULL, **next, *p;

	while (size > 64 && size > test_target.arena() / 4)
		size /= 2;
	while ((p = mica_malloc(size))) {
		*(void **)p = list;
		list = p;
	}
	for (unsigned int i = 0; i < 3 && list; i++) {
		next = *list;
		solo_defer(list);
		list = mica_malloc(size);
		REQUIRE(list);
		*list = next;
	}
	CHECK(!mica_malloc(size));
	for (; list; list = next) {
		next = *list;
		solo_defer(list);
	}
	mica_collect(true);
}

#endif
