/* SPDX-License-Identifier: MIT */
/*
 * Remote frees, and settling the pages they bring back.
 *
 * A context that frees a block of another's page pushes it on the page's
 * remote word (remote.h). If that finds the page full it lists the page:
 * one more push, on the atomic list of the owner's part, and its last touch.
 * The owner settles what is listed on its trips through the slow path: the
 * page is its own again, on the queue, or released if nothing is left in it.
 *
 * If the owner's context has ended, whoever listed the page settles what is
 * listed there with itself; the life word of the part keeps that apart from
 * a new context that takes the part.
 */
#ifndef MICA_CORE_SETTLE_H
#define MICA_CORE_SETTLE_H

#include "page.h"

/*
 * Free a block of a page that another part owns. @part: the caller's own,
 * or NULL for none. Cost: two atomic operations; when the page has nobody,
 * a page settled. Return: false if the block was freed just before.
 */
bool page_free_remote(struct mica_part *part, struct page *page,
		      struct block *block) __internal;

/* Make @page, on no other part's queue, @part's: queue it, or release it. */
void page_settle(struct mica_part *part, struct page *page) __internal;

/* Settle one of @listed's pages with @part. Return: was there one? */
bool page_settle_with(struct mica_part *part,
		      struct mica_part *listed) __internal;

/* Settle up to DRAIN_BUDGET pages that remote frees listed. */
bool page_settle_one(struct mica_part *part) __internal;
void page_settle_listed(struct mica_part *part) __internal;

#endif
