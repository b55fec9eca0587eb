/* SPDX-License-Identifier: MIT */
/* core/own.h: the cache knows the pages of its part, and no others. */
#include "core/geometry.h"

#if !CONTEXT_IS_SOLO

#include "../harness.h"
#include "core/own.h"
#include "core/page.h"

#define SIZE 112

TEST(own_pages_are_known_and_forgotten, .needs = TEST_TABLE, .arena = 4 << 20)
{
	void *p = mica_malloc(SIZE);
	struct list *list = NULL;
	struct page *page;
	uintptr_t address;

	REQUIRE(p);
	address = (uintptr_t)hide(p);
	page = page_at(map_find(address), address);
	REQUIRE(page);
	CHECK(own_find(part_self(), address, &list) && list == page->list);
	CHECK(!own_find(part_self(), address + 1, &list));
	CHECK(!own_find(part_self(), 0, &list));
	mica_free(p);
	mica_collect(true);
	REQUIRE(run_kind(page_runs(page), page_run(page)) != RUN_PAGE);
	CHECK(!own_find(part_self(), address, &list));
}

#endif
