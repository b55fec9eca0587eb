/* SPDX-License-Identifier: MIT */
/*
 * The header of a page where one core owns every page (solo.h): no word for
 * others to write, the free blocks and their count in the page itself.
 *
 * A page is queued, on the ring of its class, or full, and then nowhere.
 * Only the head of a ring may have no block left, so that malloc looks at
 * two pages at most: what comes to a ring has a block, and comes last.
 *
 * `used` counts the frees to come until the page has an event: the blocks
 * in use of a queued page (0: empty), 1 of a full one, whose true number is
 * parked meanwhile. So free has one test for both.
 *
 * A page that is kept though it is empty (KEEPS_PAGES) counts one block more than it
 * has from then on, so that it has no such event.
 */
#ifndef MICA_CORE_PAGE_SOLO_H
#define MICA_CORE_PAGE_SOLO_H

struct page {
	struct block *free;
	uint16_t used;
	uint16_t parked;		/* full: blocks in use; else 0 */
	struct page *next, *prev;
	uint16_t fresh;			/* from the page to what is not carved */
	uint8_t class;
	uint8_t heap;			/* its number; see heap_solo.c */
};

#define PAGE_HEAD_BYTES \
	((sizeof(struct page) + MICA_GRANULE - 1) & ~(MICA_GRANULE - 1))

/* Bytes from page_start() in which blocks have been carved. */
static inline size_t page_extent(const struct page *page)
{
	return page->fresh - PAGE_HEAD_BYTES;
}

static inline bool page_has_room(const struct page *page)
{
	return page->fresh + class_bytes(page->class) <=
	       PAGE_BYTES - sizeof(uint32_t);
}

/* Take the first of its free blocks, of which there is one. */
static __always_inline void page_pop(struct page *page)
{
	uint32_t used = page->used + 1u;

	page->free = block_follow(page->free, &used);
	page->used = (uint16_t)used;
}

#if KEEPS_PAGES

extern struct page *mica_kept[NR_CLASSES] __internal;	/* or NULL */

static inline bool page_is_kept(const struct page *page)
{
	return mica_kept[page->class] == page;
}

#else
#define page_is_kept(page) ((void)(page), false)
#endif

/* ---- what checks and statistics ask of either kind of page ----------------- */

static inline uint32_t page_used(const struct page *page)
{
	return (page->parked ? page->parked : page->used) -
	       (uint32_t)page_is_kept(page);
}

static inline size_t page_carved(const struct page *page)
{
	return page_extent(page) / class_bytes(page->class);
}

static inline size_t page_capacity(const struct page *page)
{
	return (PAGE_BYTES - PAGE_HEAD_BYTES - sizeof(uint32_t)) /
	       class_bytes(page->class);
}

static inline const struct block *page_free_list(const struct page *page)
{
	return page->free;
}

static inline bool page_is_full(const struct page *page)
{
	return page->parked;
}

static inline bool page_is_queued(const struct page *page)
{
	return !page->parked;
}

static inline bool page_is_current(const struct page *page)
{
	(void)page;
	return false;
}

static inline uint32_t page_nr_remote(const struct page *page)
{
	(void)page;
	return 0;
}

static inline const struct block *page_remote_list(const struct page *page)
{
	(void)page;
	return NULL;
}

#endif
