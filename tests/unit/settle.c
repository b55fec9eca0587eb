/* SPDX-License-Identifier: MIT */
/*
 * core/settle.h from inside: a page that a remote free listed stays until its
 * owner has settled it, even when it is empty by then.
 */
#include "core/geometry.h"

#if !CONTEXT_IS_SOLO

#include "../model.h"
#include "../threads.h"
#include "core/page.h"

/* Some pages full; tag layout: the first blocks are runs. */
#define SIZE (LAYOUT_IS_TABLE ? CLASS_BYTES_MAX / 4 : CLASS_BYTES_MAX)
#define BLOCKS (LAYOUT_IS_TABLE ? 48 : TEST_PARALLEL ? 96 : 1)

struct victim {
	void *blocks[BLOCKS];
	struct page *page;	/* full, and no longer the current one */
	bool ends;		/* or, in refill(): frees some itself */
};

static struct page *page_of(const void *p)
{
	struct runs *r = p ? map_find((uintptr_t)p) : NULL;

	return r ? page_at(r, (uintptr_t)p) : NULL;
}

/* The first block that is still there in the victim's page, or -1. */
static int next_of_page(const struct victim *v)
{
	for (int i = 0; i < BLOCKS; i++)
		if (v->blocks[i] && page_of(v->blocks[i]) == v->page)
			return i;
	return -1;
}

static void free_one(void *arg)
{
	struct victim *v = arg;
	int i = next_of_page(v);

	REQUIRE(i >= 0);
	mica_free(v->blocks[i]);
	v->blocks[i] = NULL;
	CHECK_EQ(remote_state(v->page->remote), REMOTE_LISTED);
}

/* Leaves the victim's page empty: one block listed, the others free. */
static void empty_a_listed_page(struct victim *v)
{
	struct thread t;
	int i;

	for (i = 0; i < BLOCKS; i++) {
		v->blocks[i] = mica_malloc(SIZE);
		REQUIRE(v->blocks[i]);
	}
	for (i = 0; i < BLOCKS && !v->page; i++)
		if (page_of(v->blocks[i]) &&
		    page_of(v->blocks[i])->flags & PAGE_FULL)
			v->page = page_of(v->blocks[i]);
	REQUIRE(v->page);
	REQUIRE(thread_start(&t, free_one, v));
	thread_join(&t);
	while ((i = next_of_page(v)) >= 0) {
		mica_free(v->blocks[i]);
		v->blocks[i] = NULL;
	}
	CHECK(page_is_empty(v->page));
	CHECK_EQ(remote_state(v->page->remote), REMOTE_LISTED);
}

static void own(void *arg)
{
	struct victim *v = arg;

	empty_a_listed_page(v);
	if (v->ends || test_failed())
		return;
	/* In vain: what empty pages hold is let go of, but not this one. */
	CHECK(!mica_malloc(hide_size(PTRDIFF_MAX)));
	CHECK_EQ(remote_state(v->page->remote), REMOTE_LISTED);
	CHECK_EQ(run_kind(page_runs(v->page), page_run(v->page)), RUN_PAGE);
}

static void settle_later(bool ends)
{
	static struct victim v;
	struct mica_stats before, after;
	struct thread t;

	mica_collect(true);
	mica_stats(&before);
	v = (struct victim){ .ends = ends };
	REQUIRE(thread_start(&t, own, &v));
	thread_join(&t);
	CHECK_MICA();
	for (int i = 0; i < BLOCKS; i++)
		mica_free(v.blocks[i]);
	mica_collect(true);
	mica_stats(&after);
	CHECK_EQ(after.live_blocks, before.live_blocks);
	CHECK(after.pages <= before.pages);
	CHECK_MICA();
}

/* Of each full page one block, or of each that is not; not of the current. */
static unsigned int free_of_each(struct victim *v, bool full)
{
	struct page *page, *last = NULL;
	unsigned int n = 0;

	for (int i = 0; i < BLOCKS; i++) {
		page = page_of(v->blocks[i]);
		if (!page || page == last || page == v->page ||
		    full != (remote_state(page->remote) == REMOTE_FULL))
			continue;
		mica_free(v->blocks[i]);
		v->blocks[i] = NULL;
		last = page;
		n++;
	}
	return n;
}

static void free_of_full(void *arg)
{
	CHECK(free_of_each(arg, true) > 2);
}

static void own_and_refill(void *arg)
{
	struct mica_stats before, after;
	struct victim *v = arg;
	struct thread t;

	for (int i = 0; i < BLOCKS; i++) {
		v->blocks[i] = mica_malloc(SIZE);
		REQUIRE(v->blocks[i]);
		v->page = page_of(v->blocks[i]);	/* the current one */
	}
	REQUIRE(thread_start(&t, free_of_full, v));
	thread_join(&t);
	if (v->ends)
		CHECK(free_of_each(v, false) > 2);
	mica_stats(&before);
	for (int i = 0; i < BLOCKS; i++)
		v->blocks[i] = v->blocks[i] ? v->blocks[i] : mica_malloc(SIZE);
	mica_stats(&after);
	CHECK_EQ(after.pages_opened, before.pages_opened);
	for (int i = 0; i < BLOCKS; i++)
		mica_free(v->blocks[i]);
	CHECK_MICA();
}

static void refill(bool frees_itself)
{
	static struct victim v;
	struct thread t;

	v = (struct victim){ .ends = frees_itself };
	REQUIRE(thread_start(&t, own_and_refill, &v));
	thread_join(&t);
	mica_collect(true);
	CHECK_MICA();
}

/* Every block that others freed is found before a page is opened. */
TEST(settle_finds_all_that_is_listed, .contexts = 3, .arena = ARENA_OF(4 << 20, 64 << 10))
{
	refill(false);
}

/* The same where the owner has freed others of these pages meanwhile. */
TEST(settle_keeps_what_the_owner_freed, .contexts = 3, .arena = ARENA_OF(4 << 20, 64 << 10))
{
	refill(true);
}

TEST(settle_at_the_end_of_the_owner, .contexts = 3, .arena = ARENA_OF(4 << 20, 64 << 10))
{
	settle_later(true);
}

TEST(settle_after_a_trim, .contexts = 3, .arena = ARENA_OF(4 << 20, 64 << 10))
{
	settle_later(false);
}

static bool regions_held(bool hold)
{
	for (size_t k = 0; k < load_acquire(&mica_nr_regions); k++) {
		if (!mica_regions[k])
			continue;
		if (hold && !CHECK(region_try_lock(mica_regions[k])))
			return false;
		if (!hold)
			region_unlock(mica_regions[k]);
	}
	return true;
}

/*
 * Who holds a region's lock may be looking at the head of a page that its owner
 * gives back: until the lock is free, that says whose the page was. Invariant 5.
 */
TEST(settle_keeps_the_head_of_what_waits, .contexts = 2,
     .arena = ARENA_OF(8 << 20, 128 << 10))
{
	struct page *pages[BLOCKS];
	struct mica_part *owner;
	void *blocks[BLOCKS];
	unsigned int gone = 0;
	int i;

	for (i = 0; i < BLOCKS; i++) {
		blocks[i] = mica_malloc(SIZE);
		REQUIRE(blocks[i]);
		pages[i] = page_of(blocks[i]);
	}
	owner = part_self();
	REQUIRE(regions_held(true));
	for (i = 0; i < BLOCKS; i++)
		mica_free(blocks[i]);
	for (i = 0; i < BLOCKS; i++) {
		if (!pages[i] || page_of(blocks[i]))
			continue;
		gone++;
		CHECK_INV(5, page_owner(pages[i]) == owner);
	}
	regions_held(false);
	CHECK(gone);
	CHECK_MICA();
}

#endif
