/* SPDX-License-Identifier: MIT */
/*
 * Solo: malloc and free on one core, tag layout: a microcontroller.
 *
 * Nobody else takes part, so the guard is all the locking there is, and the
 * slow paths go straight to pages and runs. malloc pops the free list of
 * the first page queued for the size's class; the slow path carves a block,
 * goes on to the next page, takes a run of its own while the class is rare,
 * or opens a page. free finds the page by one byte of its cell.
 *
 * The one thing that can come in between is an interrupt above the guard,
 * and of it only a free: it cannot touch a page or a run in the middle of
 * an operation, so it pushes the block, page's or run, on one atomic list.
 * A trip through the slow path of malloc that a queued page serves, which is
 * short, frees one of these for good. mica_collect() frees them all, and so
 * does a malloc that would fail, leaving the guard after each.
 */
#ifndef MICA_CORE_SOLO_H
#define MICA_CORE_SOLO_H

#include "locate.h"
#include "part.h"
#include "report.h"

/*
 * All of malloc but the pop of a linear class; entered inside the guard,
 * which it leaves. Cost: one deferred block freed, or one page opened or run
 * taken; before it fails, one turn for each deferred block and for each of
 * MICA_REGIONS_MAX regions, and NR_CLASSES looks.
 */
void *solo_malloc_slow(size_t size, mica_port_guard_t guard) __internal;

/*
 * Free what is no plain push: a run, a page's event, anything in another
 * region than the first, what is wrong. Entered inside the guard, which it
 * leaves.
 */
void solo_free_slow(void *p, mica_port_guard_t guard) __internal;

/* Free in the middle of an operation: from an interrupt above the guard. */
void solo_defer(void *p) __internal;

/* Does a queued page have a block of @class? */
static inline bool class_has_block(const struct mica_part *part,
				   unsigned int class)
{
	const struct page *page = part->queue[class];

	return page && (page->free || page->next != page ||
			page_has_room(page));
}

/* Take @block, the first that is free, from its page. */
static __always_inline void solo_pop(struct page *page,
				     const struct block *block)
{
	if (HARDEN_BLOCKS) {
		page_pop(page);
		return;
	}
	page->free = block->next;
	page->used++;
}

static __always_inline void *engine_malloc(size_t size)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);
	struct block *block;
	struct page *page;

	if (context_refused(part))
		return report_refusal();
	if (likely(size - 1 < LINEAR_BYTES)) {
		page = part->queue[class_of_linear(size)];
		if (likely(page) && likely(page->free)) {
			block = page->free;
			solo_pop(page, block);
			context_leave(part, guard);
			return block;
		}
	}
	return solo_malloc_slow(size, guard);
}

/*
 * A block of @class, if its first page has one and that is in
 * order; else NULL, and nothing has changed.
 */
static __always_inline void *engine_pop(unsigned int class)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);
	struct block *block = NULL, *next;
	struct page *page;

	if (context_refused(part))
		return NULL;
	page = part->queue[class];
	if (likely(page) && likely(page->free) &&
	    block_follow_soon(page->free, &next)) {
		block = page->free;
		page->free = next;
		page->used++;
	}
	context_leave(part, guard);
	return block;
}

/* Does @p lie in a page of the first region? */
static __always_inline bool solo_in_page(const struct mica_part *part, void *p)
{
	uintptr_t address = (uintptr_t)p, offset = address - part->base;

	if (MICA_HARDEN && unlikely(rotate_right(offset, MICA_GRANULE_SHIFT) >=
				    part->granules))
		return false;
	if (!MICA_HARDEN && MAP_ENTRIES > 1 &&
	    unlikely(offset >> MICA_GRANULE_SHIFT >= part->granules))
		return false;
	if (!MICA_HARDEN && unlikely(!p))
		return false;
	return *(part->cells + (address >> MICA_PAGE_SHIFT));
}

/* Push, unless the page has an event or the block is there already. */
static __always_inline bool solo_push(struct page *page, void *p)
{
	struct block *block = p, *head = page->free;
	unsigned int used = page->used - 1u;

	if (unlikely((MICA_HARDEN && head == block) || !used))
		return false;
	block_link(block, head);
	page->free = block;
	page->used = (uint16_t)used;
	return true;
}

/* Where nothing is asked first, the long way begins as the short one, and is as fast. */
#define FREE_HAS_ONE_WAY \
	(MICA_WASM && PREFER_SMALL && !MICA_HARDEN && MAP_ENTRIES == 1 && \
	 MICA_CONTEXT == MICA_CONTEXT_SINGLE)

static __always_inline void engine_free(void *p)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);

	if (FREE_HAS_ONE_WAY) {
		solo_free_slow(p, guard);
		return;
	}
	if (context_refused(part)) {
		solo_defer(p);
		return;
	}
	if (likely(solo_in_page(part_main(part), p)) &&
	    likely(solo_push(page_around((uintptr_t)p), p)))
		context_leave(part, guard);
	else
		solo_free_slow(p, guard);
}

/* Free the block @p, which is @at: all is known to be in order. */
static __always_inline void engine_free_at(void *p, const struct location *at)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);

	if (context_refused(part)) {
		solo_defer(p);
		return;
	}
	if (likely(at->page) && likely(solo_push(at->page, p)))
		context_leave(part, guard);
	else
		solo_free_slow(p, guard);
}

#endif
