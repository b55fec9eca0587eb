/* SPDX-License-Identifier: MIT */
/*
 * Large pages that are asked for by name: as many as there are, on the nodes that
 * were named, in the time that was given; else a warning, and small ones.
 */
#include "../harness.h"
#include "core/region.h"
#include "port/fake/fake.h"

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

#include <string.h>

#define PAGE ((size_t)2 << 20)

static char said[512];
static size_t said_len;

static void say(void *context, const char *text, size_t len)
{
	(void)context;
	if (said_len + len < sizeof(said)) {
		memcpy(said + said_len, text, len);
		said_len += len;
	}
	said[said_len] = '\0';
}

static const struct mica_output saying = { say, NULL };

static void listen_to(bool on)
{
	said_len = 0;
	said[0] = '\0';
	mica_on_warning(on ? &saying : NULL);
}

static bool find_arena(const void *base, struct mica_region *region)
{
	for (size_t k = 0; mica_region_get(k, region); k++)
		if (region->arena.base == base)
			return true;
	return false;
}

TEST(huge_pages_are_reserved, .needs = TEST_TABLE)
{
	struct mica_huge_setup setup = {
		.page_bytes = PAGE, .node = 3, .only = true,
		.flags = MICA_REGION_EXCLUSIVE,
	};
	unsigned int places = fake_huge_places();
	struct mica_heap_setup bound = { 0 };
	struct mica_heap *heap;
	struct mica_region region;
	void *base = NULL, *p;
	size_t got = 0;

	fake_huge(10, 0, 4);
	listen_to(true);
	CHECK_EQ(mica_reserve_huge(8, &setup, &got, &base), 0);
	CHECK_EQ(got, 8);
	CHECK(!said_len);
	CHECK_EQ((uintptr_t)base % PAGE, 0);
	REQUIRE(find_arena(base, &region));
	CHECK_EQ(region.arena.bytes, 8 * PAGE);
	CHECK(region.exclusive && !strcmp(region.provider, "fake huge pages"));
	for (unsigned int k = 0; k < 8; k++)
		CHECK_EQ(fake_huge_node(k), 3);
	CHECK_EQ(fake_huge_node(8), -99);
	/* A heap takes from it, and nothing of it is ever purged. */
	bound.region = base;
	heap = mica_heap_new(&bound);
	REQUIRE(heap);
	p = mica_heap_malloc(heap, 3 << 20);
	REQUIRE(p);
	CHECK_EQ(mica_region_remove(base), MICA_ERROR_BUSY);
	memset(p, 1, 3 << 20);
	CHECK_INV(6, (uintptr_t)p - (uintptr_t)base < 8 * PAGE);
	mica_free(p);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	for (unsigned int k = 0; k < 6; k++) {
		fake_clock_add(2 * MICA_PURGE_DELAY_MS);
		mica_tick(100);
	}
	CHECK_EQ(((unsigned char *)p)[PAGE], 1);
	CHECK_MICA();
	CHECK_EQ(mica_region_remove(base), 0);
	CHECK_EQ(fake_huge_places(), places);
	listen_to(false);
}

TEST(huge_pages_are_interleaved, .needs = TEST_TABLE)
{
	struct mica_huge_setup setup = {
		.page_bytes = PAGE, .node = MICA_NODE_INTERLEAVE, .only = true,
	};
	void *base;

	fake_huge(8, 0, 3);
	CHECK_EQ(mica_reserve_huge(8, &setup, NULL, &base), 0);
	for (int k = 0; k < 8; k++)
		CHECK_EQ(fake_huge_node((unsigned int)k), k % 3);
	CHECK_EQ(mica_region_remove(base), 0);
	/* Over the first two; more than there are is all. */
	setup.nodes = 2;
	fake_huge(8, 0, 3);
	CHECK_EQ(mica_reserve_huge(8, &setup, NULL, &base), 0);
	CHECK_EQ(fake_huge_node(1), 1);
	CHECK_EQ(fake_huge_node(2), 0);
	CHECK_EQ(mica_region_remove(base), 0);
	setup.nodes = 9;
	fake_huge(8, 0, 3);
	CHECK_EQ(mica_reserve_huge(8, &setup, NULL, &base), 0);
	CHECK_EQ(fake_huge_node(3), 0);
	CHECK_EQ(mica_region_remove(base), 0);
}

TEST(huge_pages_are_too_few, .needs = TEST_TABLE)
{
	struct mica_huge_setup setup = { .page_bytes = PAGE, .node = -1 };
	size_t old = fake_limit(SIZE_MAX / 2), got = 0;
	unsigned int places = fake_huge_places();
	struct mica_region region;
	void *base = NULL;

	fake_huge(5, 0, 1);
	listen_to(true);
	CHECK_EQ(mica_reserve_huge(8, &setup, &got, &base), 0);
	CHECK_EQ(got, 5);
	CHECK(!strcmp(said,
		      "mica: warning: huge pages: 5 of 8, of 2048 KiB\n"));
	CHECK(find_arena(base, &region) && region.arena.bytes == 5 * PAGE);
	CHECK_EQ(mica_region_remove(base), 0);
	/* None: nothing if only these will do, else small ones. */
	setup.only = true;
	listen_to(true);
	base = &got;
	got = 77;
	CHECK_EQ(mica_reserve_huge(8, &setup, &got, &base), MICA_ERROR_REFUSED);
	CHECK(base == &got && got == 77);
	CHECK(!strcmp(said,
		      "mica: warning: huge pages: 0 of 8, of 2048 KiB\n"));
	CHECK_EQ(fake_huge_places(), places);
	setup.only = false;
	listen_to(true);
	CHECK_EQ(mica_reserve_huge(8, &setup, &got, &base), 0);
	CHECK_EQ(got, 0);
	CHECK(!strcmp(said, "mica: warning: huge pages: 0 of 8, of 2048 KiB; "
		      "small ones instead\n"));
	CHECK(find_arena(base, &region) && region.arena.bytes >= 8 * PAGE);
	CHECK(!strcmp(region.provider, "fake"));
	CHECK_EQ(mica_region_remove(base), 0);
	listen_to(false);
	fake_limit(old);
	CHECK_MICA();
}

TEST(huge_pages_take_too_long, .needs = TEST_TABLE)
{
	struct mica_huge_setup setup = {
		.page_bytes = PAGE, .node = -1, .only = true, .timeout_ms = 25,
	};
	size_t got = 0;
	void *base;

	fake_huge(100, 10, 1);
	listen_to(true);
	CHECK_EQ(mica_reserve_huge(8, &setup, &got, &base), 0);
	CHECK_EQ(got, 3);	/* the fourth would begin after 30 */
	CHECK(!strcmp(said,
		      "mica: warning: huge pages: 3 of 8, of 2048 KiB\n"));
	CHECK_EQ(mica_region_remove(base), 0);
	listen_to(false);
	fake_huge(0, 0, 1);
}

TEST(huge_pages_refuse_bad_input, .needs = TEST_TABLE)
{
	struct mica_huge_setup setup = { .page_bytes = PAGE };
	unsigned int places = fake_huge_places();
	size_t got = 77;
	void *base = &got;

	fake_huge(10, 0, 1);
	CHECK_EQ(mica_reserve_huge(0, &setup, &got, &base), MICA_ERROR_INVALID);
	CHECK_EQ(mica_reserve_huge(SIZE_MAX / 2, &setup, &got, &base),
		 MICA_ERROR_INVALID);
	CHECK_EQ(mica_reserve_huge(SIZE_MAX / PAGE, &setup, &got, &base),
		 MICA_ERROR_INVALID);
	setup.page_bytes = 3 << 20;
	CHECK_EQ(mica_reserve_huge(1, &setup, &got, &base), MICA_ERROR_INVALID);
	setup.page_bytes = 4096;
	CHECK_EQ(mica_reserve_huge(1, &setup, &got, &base), MICA_ERROR_INVALID);
	setup = (struct mica_huge_setup){ .page_bytes = PAGE, .node = -3 };
	CHECK_EQ(mica_reserve_huge(1, &setup, &got, &base), MICA_ERROR_INVALID);
	setup = (struct mica_huge_setup){ .page_bytes = PAGE,
					  .flags = MICA_REGION_FLAGS + 1 };
	CHECK_EQ(mica_reserve_huge(1, &setup, &got, &base), MICA_ERROR_INVALID);
	setup = (struct mica_huge_setup){ .page_bytes = PAGE,
					  .attributes = MICA_ATTRIBUTES + 1 };
	CHECK_EQ(mica_reserve_huge(1, &setup, &got, &base), MICA_ERROR_INVALID);
	CHECK(base == &got && got == 77);
	CHECK_EQ(fake_huge_places(), places);
	CHECK_EQ(fake_huge_node(0), -99);
	fake_huge(0, 0, 1);
}

static bool set(enum mica_option option, long value)
{
	return mica_option_set(option, value) == 0;
}

/* As the hosted libraries do before main(). */
TEST(options_reserve, .needs = TEST_TABLE)
{
	struct mica_region region;
	size_t before, k = 0, bytes = 0, old = fake_limit(SIZE_MAX / 2);
	struct mica_stats stats;

	mica_stats(&stats);
	before = stats.regions;
	CHECK_EQ(mica_reserve_by_options(), 0);
	fake_huge(4, 0, 2);
	CHECK(set(MICA_OPTION_RESERVE_MEMORY, 4 << 10));
	CHECK(set(MICA_OPTION_RESERVE_LARGE_PAGES, 4));
	CHECK(set(MICA_OPTION_RESERVE_NODE, MICA_NODE_INTERLEAVE));
	CHECK_EQ(mica_reserve_by_options(), 2);
	mica_stats(&stats);
	CHECK_EQ(stats.regions, before + 2);
	CHECK_EQ(fake_huge_node(3), 1);
	/* None is left: a warning, and nothing instead. */
	CHECK(set(MICA_OPTION_RESERVE_MEMORY, 0));
	listen_to(true);
	CHECK_EQ(mica_reserve_by_options(), 0);
	CHECK(!strcmp(said,
		      "mica: warning: huge pages: 0 of 4, of 2048 KiB\n"));
	listen_to(false);
	CHECK(set(MICA_OPTION_RESERVE_LARGE_PAGES, 0));
	CHECK(set(MICA_OPTION_RESERVE_NODE, MICA_NODE_ANY));
	while (mica_region_get(k, &region)) {
		bytes = region.bytes;
		if ((bytes >= 4 << 20 && bytes < 5 << 20) ||
		    bytes == 4 * PAGE)
			CHECK_EQ(mica_region_remove(region.arena.base), 0);
		else
			k++;
	}
	mica_stats(&stats);
	CHECK_EQ(stats.regions, before);
	fake_limit(old);
}

#endif
