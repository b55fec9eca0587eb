/* SPDX-License-Identifier: MIT */
/*
 * Pages: blocks of one class.
 *
 * A page is in one of these places:
 *	current   its free blocks are in its part's list of the class; the
 *		  owner's frees go there too
 *	queued    it has free blocks (local, remote or uncarved), and is on
 *		  its part's queue of the class
 *	full      it has none; on no queue; the owner's first free, or the
 *		  first remote one, brings it back
 *	abandoned see abandon.h
 * page->list says where the owner's free pushes, with a count beside the
 * list of the frees to come until the page has an event: blocks in use for
 * a queued page (0: empty), 1 for a full one. A current page of the table
 * layout counts one more than it has, so that it never has an event.
 *
 * Invariants kept here: 3 (counts add up), 4 (at most one queue), 5 (only
 * the owner writes).
 */
#ifndef MICA_CORE_PAGE_H
#define MICA_CORE_PAGE_H

#include "part.h"
#include "remote.h"
#include "space.h"

enum page_flags {
	PAGE_FULL = 1 << 0,
	PAGE_QUEUED = 1 << 1,
};

#define PAGE_HOLD (LAYOUT_IS_TABLE ? 1u : 0u)

static inline struct mica_part *page_owner(const struct page *page)
{
	return (struct mica_part *)load_relaxed(&page->part);
}

static inline bool page_is_current(const struct page *page)
{
	return page->list != &page->local;
}

/* Blocks out of the owner's hands: in use, or on the remote list. */
static inline uint32_t page_used(const struct page *page)
{
	if (page_is_current(page))
		return page->list->used - PAGE_HOLD;
	return page->flags & PAGE_FULL ? page->carved : page->local.used;
}

static inline size_t page_carved(const struct page *page)
{
	return page->carved;
}

static inline size_t page_capacity(const struct page *page)
{
	return page->capacity;
}

static inline const struct block *page_free_list(const struct page *page)
{
	return page->list->head;
}

static inline bool page_is_full(const struct page *page)
{
	return page->flags & PAGE_FULL;
}

static inline bool page_is_abandoned(const struct page *page)
{
	return remote_state(load_relaxed(&page->remote)) == REMOTE_ABANDONED;
}

static inline uint32_t page_nr_remote(const struct page *page)
{
	return remote_count(load_relaxed(&page->remote));
}

static inline const struct block *page_remote_list(struct page *page)
{
	return remote_block(page_start(page), load_relaxed(&page->remote));
}

/* By its owner; who strips pages of others looks at them, too (strip.h). */
static inline void page_set_flag(struct page *page, unsigned int flag, bool on)
{
	store_relaxed(&page->flags, (uint8_t)(on ? page->flags | flag :
						   page->flags & ~flag));
}

static inline bool page_is_queued(const struct page *page)
{
	return page->flags & PAGE_QUEUED;
}

/*
 * Is every block free? Remote ones count as free; those who freed them are
 * done with the page, hence the acquire.
 */
static inline bool page_is_empty(const struct page *page)
{
	return page_used(page) == remote_count(load_acquire(&page->remote));
}

/*
 * A remote list of @count blocks was taken. They are counted here and not
 * where they were freed: a context that only frees has no counters of its
 * own, and a word that all such contexts write costs more than the free.
 */
static inline void page_count_taken(struct mica_part *part, uint32_t count)
{
	count_in(part, remote_takes, 1);
	count_in(part, remote_frees, count);
}

/* ---- the slow path of malloc ---------------------------------------------- */

/*
 * The class's list is dry: find a block in the pages the part has.
 * Cost: DRAIN_BUDGET listed pages, one page filled. Return: NULL if none.
 */
struct block *page_refill(struct mica_part *part, unsigned int class) __internal;

/* Open a page of @class, make it current. Cost: space_take(), a carve. */
enum space_result page_open(struct mica_part *part, unsigned int class) __internal;

/* Does the part have a block of @class that it need not search for? */
static inline bool class_has_block(const struct mica_part *part,
				   unsigned int class)
{
	const struct page *page = part->current[class];

	return part->list[class].head || part->queue[class] ||
	       (page && page->carved < page->capacity);
}

/* A block of any larger class that has one. Cost: NR_CLASSES. */
struct block *page_fallback(struct mica_part *part, unsigned int class) __internal;

/* ---- the slow path of free -------------------------------------------------- */

/* page->list->used has become 0. */
void page_event(struct mica_part *part, struct page *page) __internal;

/* A free had an event, and nobody is at a page: what else is to go? Threads. */
void page_events_done(struct mica_part *part) __internal;

/* ---- moving pages ------------------------------------------------------------- */

/* Give the class's held blocks back to its current page and queue it. */
void page_put_current(struct mica_part *part, unsigned int class) __internal;

/* Put a page that has free blocks on its class's queue, or take it off. */
void page_enqueue(struct mica_part *part, struct page *page) __internal;
void page_dequeue(struct mica_part *part, struct page *page) __internal;

/* Release a page that is empty and on no queue. */
void page_release(struct mica_part *part, struct page *page) __internal;

/* Release a queued page if it is empty. */
void page_collect(struct mica_part *part, struct page *page) __internal;

/* Take a page that is not full from where it is. */
void page_withdraw(struct mica_part *part, struct page *page) __internal;

/* A full page got a block back: it has a place on the queue again. */
void page_unfull(struct mica_part *part, struct page *page) __internal;

/* Release an empty page that the class keeps. Return: true if it did. */
bool page_trim(struct mica_part *part, unsigned int class) __internal;

#endif
