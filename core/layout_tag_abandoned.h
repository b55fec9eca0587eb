/* SPDX-License-Identifier: MIT */
/*
 * Abandoned pages on the tag layout: one bit a cell, for each class, between
 * the lists and the cells. layout_tag.h includes this; abandon.h has the theory.
 */
#ifndef MICA_CORE_LAYOUT_TAG_ABANDONED_H
#define MICA_CORE_LAYOUT_TAG_ABANDONED_H

#define ABANDONED_BITS (sizeof(uintptr_t) * 8)

/* Cells that @bytes may touch, wherever they begin. */
static inline size_t runs_nr_cells(size_t bytes)
{
	return (bytes >> MICA_PAGE_SHIFT) + 2;
}

static inline size_t runs_nr_places(const struct runs *r)
{
	return runs_nr_cells(r->bytes);
}

static inline size_t abandoned_words_for(size_t bytes)
{
	return CONTEXT_ENDS ? (runs_nr_cells(bytes) + ABANDONED_BITS - 1) /
			      ABANDONED_BITS : 0;
}

static inline size_t abandoned_words(const struct runs *r)
{
	return abandoned_words_for(r->bytes);
}

#if CONTEXT_IS_SOLO

static inline void runs_set_abandoned(struct runs *r, uintptr_t bits)
{
	(void)r, (void)bits;
}

#else

static inline void runs_set_abandoned(struct runs *r, uintptr_t bits)
{
	r->abandoned = (uintptr_t *)bits;
}

static inline uintptr_t *abandoned_word(struct runs *r, unsigned int class,
					size_t w)
{
	return &r->abandoned[class * abandoned_words(r) + w];
}

#endif

static inline size_t abandoned_idx(const struct runs *r, struct page *page)
{
	return ((uintptr_t)page >> MICA_PAGE_SHIFT) -
	       (r->base >> MICA_PAGE_SHIFT);
}

static inline struct page *abandoned_page(struct runs *r, size_t idx)
{
	return (struct page *)(align_down(r->base, PAGE_BYTES) +
			       (idx << MICA_PAGE_SHIFT));
}

#endif
