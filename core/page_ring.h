/* SPDX-License-Identifier: MIT */
/*
 * Where one core owns every page: how pages join rings, and leave them.
 *
 * There is one for each class, see ring.h. The full pages of a heap are on a ring,
 * too, that nobody takes from: who ends the heap finds them there. Those of the
 * main heap are nowhere.
 */
#ifndef MICA_CORE_PAGE_RING_H
#define MICA_CORE_PAGE_RING_H

#include "part.h"

static __fast_inline void page_ring(struct page **head, struct page *page)
{
	struct page *first = *head, *last;

	if (!first) {
		*head = page->next = page->prev = page;
		return;
	}
	last = first->prev;
	page->next = first;
	page->prev = last;
	last->next = page;
	first->prev = page;
}

static __fast_inline void page_enqueue(struct mica_part *part,
				       struct page *page)
{
	page_ring(&part->queue[page->class], page);
}

static __always_inline void page_unring(struct page **head, struct page *page)
{
	struct page *next = page->next, *prev = page->prev;

	next->prev = prev;
	prev->next = next;
	if (*head == page)
		*head = next == page ? NULL : next;
}

static __fast_or_small void page_dequeue(struct mica_part *part,
					 struct page *page, unsigned int class)
{
	page_unring(&part->queue[class], page);
}

#if HEAPS_SOLO

/* The part that has the page. */
static inline struct mica_part *page_part(struct mica_part *part,
					  const struct page *page)
{
	(void)part;
	return &mica_parts[page->heap];
}

/* It has just left its queue, or is to be there next. */
static inline void page_is_filled(struct mica_part *part, struct page *page)
{
	if (page->heap)
		page_ring(&part->full, page);
}

static inline void page_not_filled(struct mica_part *part, struct page *page)
{
	if (page->heap)
		page_unring(&part->full, page);
}

static inline void page_set_heap(struct page *page, const struct mica_part *part)
{
	page->heap = (uint8_t)part_number(part);
}

#else

static __always_inline struct mica_part *page_part(struct mica_part *part,
						   const struct page *page)
{
	(void)page;
	return part;
}

static inline void page_is_filled(struct mica_part *part, struct page *page)
{
	(void)part, (void)page;
}

static inline void page_not_filled(struct mica_part *part, struct page *page)
{
	(void)part, (void)page;
}

static inline void page_set_heap(struct page *page, const struct mica_part *part)
{
	(void)page, (void)part;
}

#endif

#endif
