/* SPDX-License-Identifier: MIT */
/*
 * The checker's own test: each invariant is violated on purpose, in the
 * structures themselves, and must be reported by its number. Invariants 7
 * and 8 are what callers see; other tests defend them.
 */
#include "../harness.h"
#include "core/engine.h"

#define SIZE 48
#define BLOCKS (TEST_ARENA_MOST < 64 << 10 ? 60 : 120)
#define ARENA ((size_t)BLOCKS * 60)

static void *blocks[BLOCKS];

#if CONTEXT_IS_SOLO

/* The page that the class's next block comes from. */
static struct page *some_current(void)
{
	return part_self()->queue[class_of(SIZE)];
}

static struct block **free_list(struct page *page)
{
	return &page->free;
}

static void used_add(struct page *page, int n)
{
	page->used = (uint16_t)(page->used + n);
}

static void carved_add(struct page *page, int n)
{
	page->fresh = (uint16_t)(page->fresh + n * (int)class_bytes(page->class));
}

#else

static struct page *some_current(void)
{
	return part_self()->current[class_of(SIZE)];
}

static struct block **free_list(struct page *page)
{
	return &page->list->head;
}

static void used_add(struct page *page, int n)
{
	page->list->used += (uint32_t)n;
}

static void carved_add(struct page *page, int n)
{
	page->carved = (uint16_t)(page->carved + n);
}

#endif

static bool blocks_make(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i] = mica_malloc(SIZE);
		if (!CHECK(blocks[i]))
			return false;
	}
	/* The latest come from the current page, and go back to its list. */
	for (unsigned int i = BLOCKS - 2; i < BLOCKS; i++) {
		mica_free(blocks[i]);
		blocks[i] = NULL;
	}
	return CHECK(some_current()) && CHECK_MICA();
}

static void blocks_free(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++)
		mica_free(blocks[i]);
	CHECK_MICA();
}

static struct runs *some_runs(void)
{
	return map_find((uintptr_t)blocks[1]);
}

/* The first run of some_runs() that is free or in use, as wanted. */
static slice_t run_that_is(bool is_free)
{
	struct runs *r = some_runs();
	slice_t i = r->first_slice;

	while (i < runs_end(r) && (run_kind(r, i) == RUN_FREE) != is_free)
		i += run_slices(r, i);
	return i < runs_end(r) ? i : 0;
}

#if MICA_LAYOUT == MICA_LAYOUT_TABLE
static uint32_t *bounds_word(struct runs *r, slice_t i)
{
	return &r->pages[i].slices;
}

#define ONE_SLICE 1u
#else
static uint32_t *bounds_word(struct runs *r, slice_t i)
{
	return run_tag(r, i);
}

#define ONE_SLICE (RUN_UNIT << TAG_SIZE_AT)
#endif

TEST(check_names_invariant_1, .arena = ARENA)
{
	struct runs *r;
	uint32_t *word;
	slice_t i;

	REQUIRE(blocks_make());
	r = some_runs();
	i = run_that_is(false);
	REQUIRE(i);
	word = bounds_word(r, i);
	*word -= ONE_SLICE;
	CHECK_EQ(mica_check(), 1);
	*word += ONE_SLICE;
	CHECK_MICA();
	blocks_free();
}

TEST(check_names_invariant_2, .arena = ARENA)
{
	struct runs *r;
	uint32_t *link, old;
	slice_t i;

	REQUIRE(blocks_make());
	r = some_runs();
	i = run_that_is(true);
	REQUIRE(i);
	link = run_link_prev(r, i);
	old = *link;
	*link = r->first_slice + RUN_MIN_SLICES;	/* aligned: a Cortex-M0 asks for it */
	CHECK_EQ(mica_check(), 2);
	*link = old;
	CHECK_MICA();
	link = run_link_next(r, i);
	old = *link;
	*link = i;
	CHECK_EQ(mica_check(), 2);
	*link = old;
	blocks_free();
}

TEST(check_names_invariant_3, .arena = ARENA)
{
	struct page *page;
	struct block *head, *next;

	REQUIRE(blocks_make());
	page = some_current();
	used_add(page, 1);
	CHECK_EQ(mica_check(), 3);
	used_add(page, -2);
	CHECK_EQ(mica_check(), 3);
	used_add(page, 1);
	CHECK_MICA();
	head = *free_list(page);
	REQUIRE(head);
	*free_list(page) = (struct block *)((uintptr_t)head + 1);
	CHECK_EQ(mica_check(), 3);
	*free_list(page) = head;
	next = head->next;
	head->next = head;
	CHECK_EQ(mica_check(), 3);
	head->next = next;
	carved_add(page, 1);
	CHECK_EQ(mica_check(), 3);
	carved_add(page, -1);
	blocks_free();
}

#if CONTEXT_IS_SOLO

TEST(check_names_invariant_4, .arena = ARENA)
{
	struct page *page, *next;

	REQUIRE(blocks_make());
	page = some_current();
	next = page->next;
	part_self()->queue[page->class] = NULL;
	CHECK_EQ(mica_check(), 4);
	part_self()->queue[page->class] = page;
	page->class++;
	CHECK_EQ(mica_check(), 3);
	page->class--;
	CHECK(page->next == next);
	CHECK_MICA();
	blocks_free();
}

#else

TEST(check_names_invariant_4, .arena = ARENA)
{
	struct page *page;
	uint8_t flags;

	REQUIRE(blocks_make());
	page = some_current();
	flags = page->flags;
	page->flags |= PAGE_QUEUED;
	CHECK_EQ(mica_check(), 4);
	page->flags = flags;
	CHECK_MICA();
	blocks_free();
}

TEST(check_names_invariant_5, .arena = ARENA)
{
	struct page *page;
	uintptr_t part;

	REQUIRE(blocks_make());
	page = some_current();
	part = page->part;
	page->part = 0;
	CHECK_EQ(mica_check(), 5);
	page->part = part;
	CHECK_MICA();
	blocks_free();
}

#endif

TEST(check_names_invariant_6, .arena = ARENA)
{
	REQUIRE(blocks_make());
	mica_used_bytes += RUN_UNIT_BYTES;
	CHECK_EQ(mica_check(), 6);
	mica_used_bytes -= RUN_UNIT_BYTES;
	CHECK_MICA();
	blocks_free();
}
