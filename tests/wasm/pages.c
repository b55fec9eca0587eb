/* SPDX-License-Identifier: MIT */
/* Pages that are kept though they are empty. */
#include "memory.h"

#if MICA_KEEP_PAGES

#define KIB ((size_t)1 << 10)
#define SIZES 32u

/* Its address is the same, and no page is opened for it, or given back. */
TEST(lone_block_has_its_page)
{
	struct mica_stats before, after;
	void *p = mica_malloc(16), *q;

	mica_free(p);
	mica_stats(&before);
	for (int k = 0; k < 100; k++) {
		q = mica_malloc(16);
		CHECK(q == p);
		mica_free(q);
	}
	mica_stats(&after);
	CHECK_EQ(after.pages_opened, before.pages_opened);
	CHECK_EQ(after.used_bytes, before.used_bytes);
	CHECK_MICA();
}

/* Each class keeps one page, not more, whatever came and went. */
TEST(one_page_of_a_class_is_kept)
{
	static void *p[8000];
	struct mica_region region;
	unsigned int k;

	mica_free(mica_malloc(16));
	for (k = 0; k < 8000; k++)
		REQUIRE(p[k] = mica_malloc(48));
	while (k--)
		mica_free(p[k]);
	CHECK_MICA();
	REQUIRE(mica_region_get(0, &region));
	CHECK(mica_largest() >= region.bytes / 2);
	mica_collect(true);
	CHECK(mica_largest() >= region.bytes - 8 * KIB);
	CHECK_MICA();
}

/* Invariant 8: what is kept serves a request before one fails, or memory grows. */
TEST(kept_pages_are_released_in_need)
{
	static void *p[SIZES];
	struct mica_region region;
	size_t all;
	void *q;

	mica_free(mica_malloc(300 * KIB));	/* all classes have pages */
	for (unsigned int k = 0; k < SIZES; k++)
		REQUIRE(p[k] = mica_malloc((k + 1) * 16u));
	for (unsigned int k = 0; k < SIZES; k++)
		mica_free(p[k]);
	REQUIRE(mica_region_get(0, &region));
	all = region.bytes;
	memory = (struct memory){ .refuse_at = 1, .refuse_more = ~0u };
	q = mica_malloc(all - 8 * KIB);
	CHECK(q);
	mica_free(q);
	memory = (struct memory){ 0 };
	CHECK_MICA();
}

/* One block of each class is no reason to grow: where no page can be had it is a run. */
TEST(small_programs_stay_small)
{
	static void *p[SIZES];
	uintptr_t end;
	unsigned int k;

	mica_free(mica_malloc(16));
	end = memory_end();
	for (k = 0; k < SIZES; k++)
		REQUIRE(p[k] = mica_malloc((k + 1) * 16u));
	CHECK(memory_end() <= end + WASM_PAGE);
	CHECK_MICA();
	while (k--)
		mica_free(p[k]);
}

#endif
