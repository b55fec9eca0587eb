/* SPDX-License-Identifier: MIT */
/*
 * The ring of a class: where one core owns every page, those that may have a
 * block, and what one takes from them.
 *
 * All but the first page join last. Only the first may have no block left,
 * which the next malloc of its class finds out: it leaves the ring then, and
 * comes back with the next free of one of its blocks. page_solo.h has what a
 * page keeps for that.
 */
#ifndef MICA_CORE_RING_H
#define MICA_CORE_RING_H

#include "page_ring.h"
#include "rare.h"
#include "shuffle.h"

/*
 * The head of the ring of @class is full: its next free is an event. Return:
 * the next page of the ring, or NULL.
 */
static __fast_inline struct page *page_park(struct mica_part *part,
					    struct page *page,
					    unsigned int class)
{
	page->parked = page->used;
	page->used = 1;
	page_dequeue(part, page, class);
	page_is_filled(part, page);
	return part->queue[class];
}

/* Carve a batch in random order. There is room for one. */
static inline void page_shuffle(struct page *page)
{
	size_t bytes = class_bytes(page->class), n;
	uintptr_t at = (uintptr_t)page + page->fresh;

	n = (PAGE_BYTES - TAG_BYTES - page->fresh) / bytes;
	n = MIN_OF(n, (size_t)MICA_CARVE_BLOCKS);
	page->fresh = (uint16_t)(page->fresh + n * bytes);
	page->free = shuffle_link(at, bytes, n);
	count_all(carves, 1);
}

/* As page_take(): a batch in random order is carved, and one taken. */
static inline void *page_take_hard(struct page *page)
{
	struct block *block;

	if (!page->free && !page_has_room(page))
		return NULL;
	if (!page->free)
		page_shuffle(page);
	block = page->free;
	page_pop(page);
	return block;
}

/* A block of a page: from its list, or carved. NULL: it is full. */
static __fast_inline void *page_take(struct page *page)
{
	struct block *block = page->free;
	size_t fresh = page->fresh;

	if (HARDEN_BLOCKS)
		return page_take_hard(page);
	if (block) {
		page->free = block_next(block);
	} else {
		if (!page_has_room(page))
			return NULL;
		page->fresh = (uint16_t)(fresh + class_bytes(page->class));
		block = (struct block *)((uintptr_t)page + fresh);
		count_all(carves, 1);
	}
	page->used++;
	return block;
}

/* The first of its class, with one block in use. Return: that block. */
static __fast_inline void *page_open(struct mica_part *part, struct page *page,
				     unsigned int class)
{
	page->free = NULL;
	page->used = 1;
	page->parked = 0;
	page->next = page;
	page->prev = page;
	page->fresh = (uint16_t)(PAGE_HEAD_BYTES + class_bytes(class));
	page->class = (uint8_t)class;
	page_set_heap(page, part);
	part->queue[class] = page;
	rare_note_page(part_number(part), class, 1);
	count_all(pages_opened, 1);
	if (!HARDEN_BLOCKS)
		return (char *)page + PAGE_HEAD_BYTES;
	page->fresh = (uint16_t)PAGE_HEAD_BYTES;
	page->used = 0;
	return page_take(page);
}

/* A block of the class's queue. Cost: two pages looked at. */
static __fast_inline void *class_take(struct mica_part *part,
				      unsigned int class)
{
	struct page *page = part->queue[class];
	void *block;

	if (!page)
		return NULL;
	block = page_take(page);
	if (likely(block))
		return block;
	page = page_park(part, page, class);
	if (!page)
		return NULL;
	count_all(refills, 1);
	return page_take(page);
}

/*
 * @page has just carved one block: what it would carve next goes on its list,
 * so that mallocs find it there. Cost: MICA_CARVE_BLOCKS - 1 blocks.
 */
static __noinline void page_carve_ahead(struct page *page)
{
	size_t bytes = class_bytes(page->class), fresh = page->fresh;
	struct block **link = &page->free, *block;
	unsigned int left = MICA_CARVE_BLOCKS;

	if (HARDEN_BLOCKS)	/* whole batches were carved */
		return;
	while (--left && fresh + bytes <= PAGE_BYTES - TAG_BYTES) {
		block = (struct block *)((uintptr_t)page + fresh);
		*link = block;
		link = &block->next;
		fresh += bytes;
	}
	*link = NULL;
	page->fresh = (uint16_t)fresh;
}

#endif
