// SPDX-License-Identifier: MIT
/* Abandoned pages; abandon.h has the theory. */
#include "geometry.h"

#if !CONTEXT_IS_SOLO

#include "abandon.h"
#include "own.h"
#include "owned.h"
#include "settle.h"

/* How many pages of a class are abandoned: most of the time, none. */
static uintptr_t nr_abandoned[CONTEXT_ENDS ? NR_CLASSES : 1];
static uintptr_t claim_cursor;

#define WORD_BITS (sizeof(uintptr_t) * 8)

static uintptr_t *page_bit(struct page *page, uintptr_t *mask)
{
	struct runs *r = page_runs(page);
	size_t idx = abandoned_idx(r, page);

	*mask = (uintptr_t)1 << (idx % WORD_BITS);
	return abandoned_word(r, page->class, idx / WORD_BITS);
}

void page_abandon(struct mica_part *part, struct page *page)
{
	uintptr_t mask, *word = page_bit(page, &mask);
	uintptr_t old = load_acquire(&page->remote);

	own_forget(part, page);
	store_relaxed(&page->part, 0);
	atomic_or(word, mask);
	atomic_add(&nr_abandoned[page->class], 1);
	do {
		if (page->local.used == remote_count(old)) {
			atomic_and(word, ~mask);
			atomic_add(&nr_abandoned[page->class],
				   ~(uintptr_t)0);
			page_release(part, page);
			return;
		}
	} while (!atomic_cas(&page->remote, &old,
			     (old & REMOTE_LIST_MASK) | REMOTE_ABANDONED));
	part_count_owned(part, -1);
	count_in(part, pages_abandoned, 1);
}

void page_claimed(struct mica_part *part, struct page *page)
{
	uintptr_t mask, *word;

	if (!CONTEXT_ENDS)
		return;
	word = page_bit(page, &mask);
	atomic_and(word, ~mask);
	atomic_add(&nr_abandoned[page->class], ~(uintptr_t)0);
	count_in(part, pages_claimed, 1);
	page_settle(part, page);
}

/* Claim the page of one set bit of @class in @region. Lock held. */
static struct page *claim_in(struct region *region, unsigned int class)
{
	struct runs *r = &region->runs;
	size_t w, n = abandoned_words(r);
	struct page *page;
	uintptr_t bits;

	for (w = 0; w < n; w++) {
		bits = load_acquire(abandoned_word(r, class, w));
		if (!bits)
			continue;
		page = abandoned_page(r, w * WORD_BITS + bit_lowest(bits));
		if (remote_change(page, REMOTE_ABANDONED, REMOTE_OWNED))
			return page;
	}
	return NULL;
}

bool page_claim(struct mica_part *part, unsigned int class)
{
	size_t n = load_acquire(&mica_nr_regions), k, at;
	struct region *region;
	struct page *page;

	if (!CONTEXT_ENDS || likely(!load_relaxed(&nr_abandoned[class])))
		return false;
	at = load_relaxed(&claim_cursor);
	for (k = 0; k < n && k < CLAIM_REGIONS; k++, at++) {
		at = at >= n ? 0 : at;
		region = load_acquire(&mica_regions[at]);
		/* The lock keeps the page from being released meanwhile. */
		if (!region || !space_enter(region))
			continue;
		page = claim_in(region, class);
		space_leave(region);
		if (page) {
			store_relaxed(&claim_cursor, at);
			page_claimed(part, page);
			return true;
		}
	}
	store_relaxed(&claim_cursor, at >= n ? 0 : at);
	return false;
}

#endif
