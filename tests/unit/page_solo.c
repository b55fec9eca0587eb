/* SPDX-License-Identifier: MIT */
/*
 * core/page_solo.h from inside: the counts of every page add up (invariant 3),
 * it is on the ring of its class or full (4), and only the head of a ring may
 * have no block left.
 */
#include "core/geometry.h"

#if CONTEXT_IS_SOLO

#include "../model.h"
#include "core/engine.h"

#define SIZE 48
#define BLOCKS (TEST_ARENA_MOST < 64 << 10 ? 60 : 200)
#define ARENA ((size_t)BLOCKS * 70)

static void *blocks[BLOCKS];

static struct page *page_of(const void *p)
{
	struct runs *r = map_find((uintptr_t)p);

	return r ? page_at(r, (uintptr_t)p) : NULL;
}

static unsigned int list_length(const struct block *b)
{
	unsigned int n = 0;

	for (; b; b = b->next)
		n++;
	return n;
}

/* How often is @page on the ring of its class? */
static unsigned int queued(const struct page *page)
{
	const struct page *first = part_self()->queue[page->class], *p = first;
	unsigned int n = 0;

	if (!first)
		return 0;
	do {
		n += p == page;
		CHECK(p == first || p->free || page_has_room(p));
		CHECK(p->next->prev == p);
		p = p->next;
	} while (p != first);
	return n;
}

static void check_page(const struct page *page)
{
	size_t carved = page_carved(page);

	CHECK_INV(3, carved <= page_capacity(page));
	CHECK_INV(3, page_used(page) + list_length(page->free) == carved);
	CHECK_INV(4, queued(page) == (page_is_full(page) ? 0 : 1));
	CHECK(!page_is_full(page) || (!page->free && page->used == 1));
}

static void check_pages(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		struct page *page = blocks[i] ? page_of(blocks[i]) : NULL;

		if (page)
			check_page(page);
	}
}

/* Fills the gaps. Returns how many of all blocks lie in pages. */
static unsigned int allocate(void)
{
	unsigned int in_pages = 0;

	for (unsigned int i = 0; i < BLOCKS; i++) {
		if (!blocks[i]) {
			blocks[i] = mica_malloc(SIZE);
			if (!CHECK(blocks[i]))
				return 0;
			fill(blocks[i], SIZE, i);
		}
		in_pages += page_of(blocks[i]) != NULL;
	}
	return in_pages;
}

static void release(unsigned int first, unsigned int step)
{
	for (unsigned int i = first; i < BLOCKS; i += step) {
		if (!blocks[i])
			continue;
		CHECK_INV(7, filled(blocks[i], SIZE, i));
		mica_free(blocks[i]);
		blocks[i] = NULL;
	}
}

TEST(solo_page_counts_add_up, .arena = ARENA)
{
	CHECK(allocate() > BLOCKS / 2);
	check_pages();
	release(0, 3);
	check_pages();
	release(1, 3);
	check_pages();
	CHECK(allocate() > BLOCKS / 2);
	check_pages();
	release(0, 1);
}

/* Blocks lie inside their page, a multiple of the class apart. */
TEST(solo_page_blocks_lie_in_it, .arena = ARENA)
{
	allocate();
	for (unsigned int i = 0; i < BLOCKS; i++) {
		struct page *page = page_of(blocks[i]);
		size_t bytes, at;

		if (!page)
			continue;
		bytes = class_bytes(page->class);
		at = (uintptr_t)blocks[i] - page_start(page);
		CHECK_EQ(page->class, class_of(SIZE));
		CHECK_INV(7, at % bytes == 0);
		CHECK_INV(7, at + bytes <= page_extent(page));
		CHECK_INV(7, (uintptr_t)blocks[i] + bytes <=
			     (uintptr_t)page + PAGE_BYTES - TAG_BYTES);
		CHECK_EQ(mica_usable_size(blocks[i]), bytes);
		CHECK(page_of((char *)blocks[i] + bytes - 1) == page);
	}
	release(0, 1);
}

/* Fresh blocks are carved a few at a time, and taken before more are. */
TEST(solo_page_carves_in_batches, .arena = ARENA)
{
	struct page *page, *last = NULL;
	size_t carved = 0, batch;

	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i] = mica_malloc(SIZE);
		REQUIRE(blocks[i]);
		fill(blocks[i], SIZE, i);
		page = page_of(blocks[i]);
		batch = page && page == last ? page_carved(page) - carved : 0;
		CHECK(batch <= MICA_CARVE_BLOCKS);
		CHECK(!batch || list_length(page->free) == batch - 1);
		last = page;
		carved = page ? page_carved(page) : 0;
	}
	release(0, 1);
}

/* Full: on no ring. One block back: on it, last. All back: gone. */
TEST(solo_page_full_and_back, .arena = ARENA)
{
	struct page *full = NULL, *first;
	struct runs *r;
	unsigned int i, k;

	allocate();
	for (i = 0; i < BLOCKS && !full; i++) {
		struct page *page = page_of(blocks[i]);

		full = page && page_is_full(page) ? page : NULL;
	}
	REQUIRE(full);
	CHECK_EQ(queued(full), 0);
	CHECK_EQ(page_used(full), page_capacity(full));
	for (k = BLOCKS - 1; page_of(blocks[k]) == full || !page_of(blocks[k]);)
		REQUIRE(k--);
	mica_free(blocks[k]);		/* so that another page is first */
	blocks[k] = NULL;
	first = part_self()->queue[full->class];
	REQUIRE(first);
	mica_free(blocks[i - 1]);
	blocks[i - 1] = NULL;
	CHECK(!page_is_full(full));
	CHECK_EQ(queued(full), 1);
	CHECK(part_self()->queue[full->class] == first);
	CHECK(first->prev == full);
	CHECK_EQ(page_used(full), page_capacity(full) - 1u);
	check_page(full);
	r = map_find((uintptr_t)full);
	for (i = 0; i < BLOCKS; i++)
		if (blocks[i] && page_of(blocks[i]) == full) {
			mica_free(blocks[i]);
			blocks[i] = NULL;
		}
	mica_collect(true);	/* it may be kept */
	CHECK(!cell_is_page(r, (uintptr_t)full));
	release(0, 1);
}

/* The first page of a ring is given back: the next one is first. */
TEST(solo_page_first_goes, .arena = ARENA)
{
	struct page *const *head = &part_self()->queue[class_of(SIZE)];
	struct page *first, *next;

	allocate();
	for (unsigned int i = 0; i < BLOCKS; i++) {
		struct page *page = page_of(blocks[i]);

		if (page && page_is_full(page)) {
			mica_free(blocks[i]);
			blocks[i] = NULL;
		}
	}
	first = *head;
	REQUIRE(first && first->next != first);
	next = first->next;
	for (unsigned int i = 0; i < BLOCKS; i++)
		if (blocks[i] && page_of(blocks[i]) == first) {
			mica_free(blocks[i]);
			blocks[i] = NULL;
		}
	REQUIRE(*head == next);	/* else walks along the ring do not end */
	CHECK_MICA();
	check_pages();
	release(0, 1);
}

/* No class has a page too short for two of its blocks. */
TEST(solo_page_capacity_of_every_class)
{
	for (unsigned int c = 0; c < NR_CLASSES; c++) {
		struct page page = { .class = (uint8_t)c,
				     .fresh = PAGE_HEAD_BYTES };
		size_t n = 0;

		for (; page_has_room(&page); n++)
			page.fresh += (uint16_t)class_bytes(c);
		CHECK_EQ(n, page_capacity(&page));
		CHECK(n >= 2);
	}
}

#endif
