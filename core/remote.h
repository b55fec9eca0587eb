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
	REMOTE_COUNT_FIELD = REMOTE_COUNT_MASK << REMOTE_COUNT_AT,
	REMOTE_BLOCK_AT = 15,
};

#define REMOTE_LIST_MASK (~(uintptr_t)REMOTE_STATE_MASK)

/* All blocks are free, but in no list: their memory went back (strip.h). */
#define REMOTE_NOWHERE (~(uintptr_t)0 >> REMOTE_BLOCK_AT)

static inline bool remote_is_stripped(uintptr_t word)
{
	return word >> REMOTE_BLOCK_AT == REMOTE_NOWHERE;
}

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

static inline struct block *remote_block(uintptr_t start, uintptr_t word)
{
	if (!(word & REMOTE_COUNT_FIELD) || remote_is_stripped(word))
		return NULL;
	return (struct block *)(start + (word >> REMOTE_BLOCK_AT
					 << MICA_GRANULE_SHIFT));
}

/* The word after one more block at @at (in granules) was pushed. */
static inline uintptr_t remote_pushed(uintptr_t old, uintptr_t at,
				      bool may_claim)
{
	uintptr_t new = at << REMOTE_BLOCK_AT |
			((old & (REMOTE_COUNT_FIELD | REMOTE_STATE_MASK)) +
			 (1u << REMOTE_COUNT_AT));

	if (likely(remote_state(old) == REMOTE_OWNED))
		return new;
	if (remote_state(old) == REMOTE_FULL)
		return new - REMOTE_FULL + REMOTE_LISTED;
	if (remote_state(old) == REMOTE_ABANDONED && may_claim)
		return new - REMOTE_ABANDONED + REMOTE_OWNED;
	return new;
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
	uintptr_t at = ((uintptr_t)block - start) >> MICA_GRANULE_SHIFT;
	uintptr_t old = load_relaxed(&page->remote);

	do {
		if (unlikely(remote_block(start, old) == block))
			return false;
		block_link(block, remote_block(start, old));
	} while (!atomic_cas(&page->remote, &old,
			     remote_pushed(old, at, may_claim)));
	*before = remote_state(old);
	return true;
}

/* Take the list, keep the state. Return: the blocks, *@count of them. */
static inline struct block *remote_take(struct page *page, uint32_t *count)
{
	uintptr_t old = atomic_and(&page->remote, REMOTE_STATE_MASK);

	*count = remote_count(old);
	return remote_block(page_start(page), old);
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
