// SPDX-License-Identifier: MIT
/* Remote frees, and the pages they bring back; settle.h has the theory. */
#include "geometry.h"

#if !CONTEXT_IS_SOLO

#include "settle.h"
#include "abandon.h"
#include "owned.h"
#include "purge.h"
#include "strip.h"

/*
 * No longer LISTED or ABANDONED. Return: false if the page is still full:
 * its owner took the blocks before it was settled.
 */
static bool page_unlist(struct page *page)
{
	uintptr_t old = load_relaxed(&page->remote), new;
	bool full, stripped;

	do {
		stripped = remote_is_stripped(old);
		full = page->flags & PAGE_FULL && !remote_count(old);
		new = (stripped ? 0 : old & REMOTE_LIST_MASK) |
		      (full ? REMOTE_FULL : REMOTE_OWNED);
	} while (!atomic_cas(&page->remote, &old, new));
	if (full)
		return false;
	if (page->flags & PAGE_FULL) {
		page_set_flag(page, PAGE_FULL, false);
		page->local.used = page->carved;
	}
	if (stripped) {		/* empty, and so it is released at once */
		strip_count_less(page);
		page->local.used = 0;
	}
	return true;
}

/*
 * Take what others freed into the page's own list, so that the last local
 * free finds the page empty. Cost: GATHER_MAX; a longer list stays where it
 * is until the class is refilled.
 */
static void page_gather(struct mica_part *part, struct page *page)
{
	struct block *first, *last;
	uint32_t count = remote_count(load_relaxed(&page->remote));

	if (!count || (page->local.head && count > GATHER_MAX))
		return;
	first = last = remote_take(page, &count);
	page->local.used -= count;
	page_count_taken(part, count);
	if (page->local.head) {
		while (--count && last)
			last = block_follow(last, &page->local.used);
		if (!last) {	/* broken: all of both lists is out of use */
			page->local.head = NULL;
			page->local.used = page->carved;
			return;
		}
		block_link(last, page->local.head);
	}
	page->local.head = first;
}

/* Abandoned it was nobody's, listed its owner's. */
static void page_change_owner(struct mica_part *part, struct page *page)
{
	struct mica_part *old = page_owner(page);

	if (old == part)
		return;
	store_relaxed(&page->part, (uintptr_t)part);
	part_count_owned(part, 1);
	if (old)
		part_lost_page(old);
}

void page_settle(struct mica_part *part, struct page *page)
{
	page_change_owner(part, page);
	if (!page_unlist(page) || page_is_current(page))
		return;
	page_gather(part, page);
	if (page_is_empty(page)) {
		if (page->flags & PAGE_QUEUED)
			page_dequeue(part, page);
		page_release(part, page);
	} else if (!(page->flags & PAGE_QUEUED)) {
		page_enqueue(part, page);
	}
}

/* The next page listed on @part, which is taken off; or NULL. */
static __always_inline struct page *page_next_listed(struct mica_part *part)
{
	struct page *page = part->settling;

	if (!page) {
		if (likely(!load_relaxed(&part->listed)))
			return NULL;
		page = word_to_ptr(atomic_xchg(&part->listed, 0));
		if (!page)	/* this context has ended: somebody else has it */
			return NULL;
	}
	part->settling = page->listed_next;
	part_count_listed(part, -1);
	return page;
}

bool page_settle_one(struct mica_part *part)
{
	return page_settle_with(part, part);
}

bool page_settle_with(struct mica_part *part, struct mica_part *listed)
{
	struct page *page = page_next_listed(listed);

	if (page)
		page_settle(part, page);
	return page;
}

void page_settle_listed(struct mica_part *part)
{
	unsigned int n;

	for (n = 0; n < DRAIN_BUDGET && page_settle_one(part); n++)
		;
}

/*
 * What was listed on an ended part is settled by whoever sees it: by one
 * context at a time, and while none reuses the part. Cost: the pages that
 * were listed since somebody last looked, one for each context at most.
 */
static void page_settle_ended(struct mica_part *part, struct mica_part *ended)
{
	struct page *page, *next;
	uintptr_t life;

	do {
		life = PART_ENDED;
		while (!atomic_cas(&ended->ended, &life, PART_DRAINED))
			if (life != PART_ENDED)
				return;
		page = word_to_ptr(atomic_xchg(&ended->listed, 0));
		for (; page; page = next) {
			next = page->listed_next;
			part_count_listed(ended, -1);
			page_settle(part, page);
		}
		store_seq(&ended->ended, PART_ENDED);
	} while (load_seq(&ended->listed));
}

/*
 * Push @page, LISTED just now by this context, on its owner's list. If the
 * owner has ended meanwhile, its list is this context's to settle.
 */
static void page_list(struct mica_part *part, struct page *page)
{
	struct mica_part *owner = page_owner(page);
	uintptr_t head = load_relaxed(&owner->listed);

	part_count_listed(owner, 1);
	do {
		page->listed_next = word_to_ptr(head);
	} while (!atomic_cas(&owner->listed, &head, (uintptr_t)page));
	if (part)
		count_in(part, pages_listed, 1);
	if (CONTEXT_ENDS && part && load_seq(&owner->ended) != PART_LIVE)
		page_settle_ended(part, owner);
}

/* A remote free found @page in state @before, which was not OWNED. */
static __noinline void page_pushed(struct mica_part *part, struct page *page,
				   enum remote_state before)
{
	if (before == REMOTE_FULL)
		page_list(part, page);
	else if (before == REMOTE_ABANDONED && part)
		page_claimed(part, page);
}

/* ---- stripping: strip.h has the theory ---------------------------------------- */

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

/* Has its owner much that is not settled? It may be nobody's just now. */
static inline bool page_owner_waits(struct page *page)
{
	const struct mica_part *owner = page_owner(page);

	return owner && load_relaxed(&owner->nr_listed) > STRIP_FROM;
}

/* Is @page's last block being freed, and might nobody come to settle it? */
static inline bool page_may_strip(struct page *page, uintptr_t word)
{
	return remote_count(word) + 1 == page->capacity &&
	       remote_state(word) == REMOTE_LISTED &&
	       load_relaxed(&page->flags) & PAGE_FULL &&
	       page_owner_waits(page) &&
	       option_value(PURGE_DELAY) >= 0 &&
	       purge_is_worth(page_bytes(page));
}

/* The blocks are this context's, all of them: their memory goes. */
static void page_memory_goes(struct page *page)
{
	struct region *region = region_of_runs(page_runs(page));
	unsigned int budget = PAGE_SLICES_MAX;

	if (region->provider && region->provider->decommit)
		run_decommit(region, page_run(page),
			     class_page_slices(page->class), &budget);
	atomic_add(&mica_stripped_bytes, page_bytes(page));
}

/* As if the blocks of @list, which the word lost to this context, were pushed. */
static void page_put_list(struct mica_part *part, struct page *page,
			  uintptr_t list)
{
	uintptr_t old = load_relaxed(&page->remote), new;

	do {
		new = list | remote_state(remote_pushed(old, 0, part != NULL));
	} while (!atomic_cas(&page->remote, &old, new));
	if (remote_state(old) != REMOTE_OWNED)
		page_pushed(part, page, remote_state(old));
}

/*
 * The word may have gone and come back since it was looked at: whether the page
 * is full is certain only now that no block of it is in anybody's hands.
 */
static __noinline bool page_strip(struct mica_part *part, struct page *page,
				  uintptr_t word)
{
	if (!atomic_cas(&page->remote, &word, REMOTE_LISTED))
		return false;
	if (unlikely(!(load_relaxed(&page->flags) & PAGE_FULL))) {
		page_put_list(part, page, word & REMOTE_LIST_MASK);
		return false;
	}
	page_memory_goes(page);
	page_put_list(part, page, REMOTE_NOWHERE << REMOTE_BLOCK_AT |
		      (uintptr_t)page->capacity << REMOTE_COUNT_AT);
	if (part) {
		part->idle |= purge_is_idle();
		purge_count(part);
	}
	return true;
}

#else

static inline bool page_may_strip(struct page *page, uintptr_t word)
{
	(void)page, (void)word;
	return false;
}

static inline bool page_strip(struct mica_part *part, struct page *page,
			      uintptr_t word)
{
	(void)part, (void)page, (void)word;
	return false;
}

#endif

bool page_free_remote(struct mica_part *part, struct page *page,
		      struct block *block)
{
	uintptr_t word = load_acquire(&page->remote);
	enum remote_state before;

	if (unlikely(page_may_strip(page, word)) &&
	    remote_block(page_start(page), word) != block &&
	    page_strip(part, page, word))
		return true;
	if (!remote_push(page, page_start(page), block, part != NULL, &before))
		return false;
	if (unlikely(before != REMOTE_OWNED))
		page_pushed(part, page, before);
	return true;
}

#endif
