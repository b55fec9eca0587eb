/* SPDX-License-Identifier: MIT */
/*
 * core/page.h from inside: the counts of every page add up (invariant 3), it
 * is on one queue at most (4), and moves as page.h says.
 */
#include "core/geometry.h"

#if !CONTEXT_IS_SOLO

#include "../model.h"
#include "core/page.h"

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

/* How often is @page on the queue of its class? The queue is a ring. */
static unsigned int queued(const struct page *page)
{
	const struct page *first = part_self()->queue[page->class], *p = first;
	unsigned int n = 0;

	if (!first)
		return 0;
	do {
		n += p == page;
		p = p->next;
	} while (p != first);
	return n;
}

static void check_page(struct page *page)
{
	bool current = part_self()->current[page->class] == page;
	const struct list *list = current ? &part_self()->list[page->class]
					  : &page->local;

	CHECK_INV(3, page->carved <= page->capacity);
	CHECK_INV(3, page_used(page) + list_length(list->head) ==
		     page->carved);
	CHECK_INV(4, queued(page) == !!(page->flags & PAGE_QUEUED));
	CHECK_INV(4, !(current && page->flags & (PAGE_QUEUED | PAGE_FULL)));
	CHECK_EQ(page_is_current(page), current);
	CHECK(page->list == list);
	CHECK(page_owner(page) == part_self());
}

static void check_pages(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		struct page *page = blocks[i] ? page_of(blocks[i]) : NULL;

		if (page)
			check_page(page);
	}
}

/*
 * Fills the gaps. Returns how many of all blocks lie in pages; some are runs
 * of their own.
 */
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

TEST(page_counts_add_up, .arena = ARENA)
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
TEST(page_blocks_lie_in_it, .arena = ARENA)
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
		CHECK_INV(7, at / bytes < page->carved);
		CHECK_EQ(mica_usable_size(blocks[i]), bytes);
		CHECK(page_of((char *)blocks[i] + bytes - 1) == page);
	}
	release(0, 1);
}

/* Fresh blocks are carved a bounded number at a time. */
TEST(page_carves_in_batches, .arena = ARENA)
{
	struct page *page, *last = NULL;
	unsigned int carved = 0;

	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i] = mica_malloc(SIZE);
		REQUIRE(blocks[i]);
		fill(blocks[i], SIZE, i);
		page = page_of(blocks[i]);
		if (page && page == last) {
			size_t batch = page->carved - carved;

			CHECK(batch <= MICA_CARVE_BLOCKS);
			CHECK(batch <= 1 || batch * SIZE <= MICA_CARVE_BYTES);
		}
		last = page;
		carved = page ? page->carved : 0;
	}
	release(0, 1);
}

/* Full: on no queue. One block back: on it once. All back: empty. */
TEST(page_full_and_back, .arena = ARENA)
{
	struct page *full = NULL;
	unsigned int i;

	allocate();
	for (i = 0; i < BLOCKS && !full; i++) {
		struct page *page = page_of(blocks[i]);

		full = page && page->flags & PAGE_FULL ? page : NULL;
	}
	if (LAYOUT_IS_TABLE) {
		CHECK(!full);	/* a page of the table holds more than these */
		release(0, 1);
		return;
	}
	REQUIRE(full);
	CHECK_EQ(queued(full), 0);
	CHECK_EQ(remote_state(full->remote), REMOTE_FULL);
	CHECK_EQ(page_used(full), full->capacity);
	mica_free(blocks[i - 1]);
	blocks[i - 1] = NULL;
	CHECK(!(full->flags & PAGE_FULL));
	CHECK_EQ(queued(full), 1);
	CHECK_EQ(remote_state(full->remote), REMOTE_OWNED);
	CHECK_EQ(page_used(full), full->capacity - 1u);
	check_page(full);
	release(0, 1);
}

/* Every class's page has the blocks that fit it, and no more. */
TEST(page_capacity_of_every_class,
     .arena = LAYOUT_IS_TABLE ? 1 << 20 : 1500)
{
	for (unsigned int c = 0; c < NR_CLASSES; c++) {
		size_t bytes = class_bytes(c);
		void *p = mica_malloc(bytes);
		struct page *page = page_of(p);

		REQUIRE(p);
		if (page) {
			size_t space = page_space(class_page_slices(c));

			CHECK_EQ(page->capacity, space / bytes);
			CHECK(page->capacity >= 2);
			CHECK_EQ(page->class, c);
			check_page(page);
		} else {
			CHECK(!LAYOUT_IS_TABLE);
		}
		mica_free(p);
	}
}

#endif
