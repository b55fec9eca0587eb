/* SPDX-License-Identifier: MIT */
/*
 * The remote word of a page: what other contexts freed, and the page's
 * state, in one atomic word, so that both change together.
 *
 *	state : 2, number of blocks : 13, first block in granules : the rest
 *
 * OWNED      the owner takes the list when it next needs blocks
 * FULL       the owner does not look; the next remote free lists the page
 * LISTED     on its owner's list of pages, or about to be; never released
 * ABANDONED  nobody's; whoever changes the state has claimed the page
 *
 * A push is one compare-and-swap that succeeds; taking the list is one
 * exchange and no walk. tools/protocol.pml models the protocol.
 */
#ifndef MICA_CORE_REMOTE_H
#define MICA_CORE_REMOTE_H

#include "layout.h"

enum remote_state {
	REMOTE_OWNED,
	REMOTE_FULL,
	REMOTE_LISTED,
	REMOTE_ABANDONED,
};

enum {
	REMOTE_STATE_MASK = 3,
	REMOTE_COUNT_AT = 2,
	REMOTE_COUNT_MASK = (1 << 13) - 1,
	REMOTE_BLOCK_AT = 15,
};

#define REMOTE_LIST_MASK (~(uintptr_t)REMOTE_STATE_MASK)

_Static_assert(MICA_SLICE_SHIFT - MICA_GRANULE_SHIFT < 13 &&
	       MICA_PAGE_SHIFT - MICA_GRANULE_SHIFT < 13,
	       "the blocks of a page must fit the count");

static inline enum remote_state remote_state(uintptr_t word)
{
	return (enum remote_state)(word & REMOTE_STATE_MASK);
}

static inline uint32_t remote_count(uintptr_t word)
{
	return word >> REMOTE_COUNT_AT & REMOTE_COUNT_MASK;
}

static inline struct block *remote_block(const struct page *page, uintptr_t start,
					 uintptr_t word)
{
	(void)page;
	if (!remote_count(word))
		return NULL;
	return (struct block *)(start + (word >> REMOTE_BLOCK_AT
					 << MICA_GRANULE_SHIFT));
}

static inline uintptr_t remote_offset(uintptr_t start, const struct block *block)
{
	return (((uintptr_t)block - start) >> MICA_GRANULE_SHIFT)
	       << REMOTE_BLOCK_AT;
}

/* The state that a push leaves behind. */
static inline enum remote_state remote_after_push(enum remote_state state,
						  bool may_claim)
{
	if (state == REMOTE_FULL)
		return REMOTE_LISTED;
	return state == REMOTE_ABANDONED && may_claim ? REMOTE_OWNED : state;
}

/*
 * Push a block. The caller acts on the state before: FULL, list the page;
 * ABANDONED, it is the caller's (if @may_claim). The page may be gone
 * after the push in any other state. Return: false, nothing done, when the
 * block is the list's first: freed twice.
 */
static inline bool remote_push(struct page *page, uintptr_t start,
			       struct block *block, bool may_claim,
			       enum remote_state *before)
{
	uintptr_t old = load_relaxed(&page->remote), new;

	do {
		if (unlikely(remote_block(page, start, old) == block))
			return false;
		block->next = remote_block(page, start, old);
		*before = remote_state(old);
		new = remote_offset(start, block) |
		      (uintptr_t)(remote_count(old) + 1) << REMOTE_COUNT_AT |
		      remote_after_push(*before, may_claim);
	} while (!atomic_cas(&page->remote, &old, new));
	return true;
}

/* Take the list, keep the state. Return: the blocks, *@count of them. */
static inline struct block *remote_take(struct page *page, uint32_t *count)
{
	uintptr_t old = atomic_and(&page->remote, REMOTE_STATE_MASK);

	*count = remote_count(old);
	return remote_block(page, page_start(page), old);
}

/* Change the state if it is @from, whatever the list. */
static inline bool remote_change(struct page *page, enum remote_state from,
				 enum remote_state to)
{
	uintptr_t old = load_relaxed(&page->remote);

	do {
		if (remote_state(old) != from)
			return false;
	} while (!atomic_cas(&page->remote, &old,
			     (old & REMOTE_LIST_MASK) | to));
	return true;
}

/* OWNED becomes FULL, unless a remote free came in between. */
static inline bool remote_set_full(struct page *page)
{
	uintptr_t old = REMOTE_OWNED;

	while (!atomic_cas(&page->remote, &old, REMOTE_FULL))
		if (old != REMOTE_OWNED)
			return false;
	return true;
}

#endif
