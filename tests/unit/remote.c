/* SPDX-License-Identifier: MIT */
/* core/remote.h: the word of a page that others free into, state by state. */
#include "core/geometry.h"

#if !CONTEXT_IS_SOLO

#include "../model.h"
#include "core/remote.h"

/* Blocks of some page; only addresses and links matter here. */
static struct {
	_Alignas(16) unsigned char bytes[16];
} cells[8];

static struct block *cell(unsigned int i)
{
	return (struct block *)&cells[i];
}

static uintptr_t start(void)
{
	return (uintptr_t)cells;
}

static void push(struct page *page, unsigned int i, bool may_claim,
		 enum remote_state before)
{
	enum remote_state seen = REMOTE_OWNED;

	CHECK(remote_push(page, start(), cell(i), may_claim, &seen));
	CHECK_EQ(seen, before);
}

TEST(remote_pushes_and_counts)
{
	struct page page = { .remote = REMOTE_OWNED };

	for (unsigned int i = 0; i < 8; i++) {
		push(&page, i, true, REMOTE_OWNED);
		CHECK_EQ(remote_count(page.remote), i + 1);
		CHECK_EQ(remote_state(page.remote), REMOTE_OWNED);
		CHECK(remote_block(start(), page.remote) == cell(i));
	}
	for (unsigned int i = 7; i > 0; i--)
		CHECK(block_next(cell(i)) == cell(i - 1));
	CHECK(!block_next(cell(0)));
}

TEST(remote_sees_a_second_free)
{
	struct page page = { .remote = REMOTE_OWNED };
	enum remote_state seen;
	uintptr_t word;

	push(&page, 3, true, REMOTE_OWNED);
	word = page.remote;
	CHECK(!remote_push(&page, start(), cell(3), true, &seen));
	CHECK_EQ(page.remote, word);
	push(&page, 4, true, REMOTE_OWNED);
}

TEST(remote_states_after_a_push)
{
	struct page page = { .remote = REMOTE_FULL };

	push(&page, 0, true, REMOTE_FULL);
	CHECK_EQ(remote_state(page.remote), REMOTE_LISTED);
	push(&page, 1, true, REMOTE_LISTED);
	CHECK_EQ(remote_state(page.remote), REMOTE_LISTED);
	page.remote = REMOTE_ABANDONED;
	push(&page, 2, false, REMOTE_ABANDONED);
	CHECK_EQ(remote_state(page.remote), REMOTE_ABANDONED);
	push(&page, 3, true, REMOTE_ABANDONED);
	CHECK_EQ(remote_state(page.remote), REMOTE_OWNED);
	CHECK_EQ(remote_count(page.remote), 2);
}

TEST(remote_changes_state_only_from)
{
	struct page page = { .remote = REMOTE_OWNED };

	push(&page, 5, true, REMOTE_OWNED);
	CHECK(!remote_change(&page, REMOTE_FULL, REMOTE_LISTED));
	CHECK(remote_change(&page, REMOTE_OWNED, REMOTE_ABANDONED));
	CHECK_EQ(remote_state(page.remote), REMOTE_ABANDONED);
	CHECK_EQ(remote_count(page.remote), 1);
	CHECK(remote_block(start(), page.remote) == cell(5));
}

/* A page with a remote block must not be called full: it would be lost. */
TEST(remote_set_full_only_if_empty)
{
	struct page page = { .remote = REMOTE_OWNED };

	CHECK(remote_set_full(&page));
	CHECK_EQ(page.remote, REMOTE_FULL);
	page.remote = REMOTE_OWNED;
	push(&page, 1, true, REMOTE_OWNED);
	CHECK(!remote_set_full(&page));
	CHECK_EQ(remote_state(page.remote), REMOTE_OWNED);
	CHECK_EQ(remote_count(page.remote), 1);
}

/* The most blocks a page can have are counted, and the farthest is found. */
TEST(remote_word_is_wide_enough)
{
	size_t granules = (LAYOUT_IS_TABLE ? SLICE_BYTES * PAGE_SLICES_MAX
					   : PAGE_BYTES) >> MICA_GRANULE_SHIFT;
	uintptr_t last = (granules - 1) << MICA_GRANULE_SHIFT;
	uintptr_t full = (uintptr_t)(REMOTE_COUNT_MASK - 1) << REMOTE_COUNT_AT;
	uintptr_t word = remote_pushed(full, granules - 1, false);

	CHECK(remote_block(0, word) == (struct block *)last);
	CHECK_EQ(remote_count(word), REMOTE_COUNT_MASK);
	CHECK_EQ(remote_state(word), REMOTE_OWNED);
	CHECK(PAGE_BYTES >> MICA_GRANULE_SHIFT <= REMOTE_COUNT_MASK);
}

#endif
