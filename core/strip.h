/* SPDX-License-Identifier: MIT */
/*
 * Stripping: the memory of a page goes back though its owner does not come.
 *
 * Others' frees list a full page on its owner's part, and only the owner settles
 * it. An owner that waits for something would keep all of it. So once more than
 * STRIP_FROM pages wait there, whoever frees a page's last block takes all blocks
 * by one exchange, as if they were allocated again: the word says LISTED with an
 * empty list. Nobody else has a block of the page then, no list leads into it,
 * and the owner, should it come, finds a page that is still full and leaves it.
 * The memory is decommitted, and the word says that all blocks are free, but in
 * no list (REMOTE_NOWHERE); the owner then settles a page without any content.
 *
 * This is safe for full pages alone: one that its owner is using would be found
 * without a list. That a page is full is known from its flags, which the owner
 * sets after it let go of the page, and clears when one of its own blocks comes
 * back. So they are looked at once all blocks are taken, when nothing is left that
 * could change them; if the page is not full, the list is put back as it was.
 * tools/protocol.pml shows why a look before that is not enough. Table layout: the
 * header does not lie in the page.
 */
#ifndef MICA_CORE_STRIP_H
#define MICA_CORE_STRIP_H

#include "page.h"
#include "purge.h"

#define STRIP_FROM 8u	/* pages: they and less are the owner's to settle */

static inline void part_count_listed(struct mica_part *part, int sign)
{
	if (LAYOUT_IS_TABLE)
		atomic_add(&part->nr_listed, (uintptr_t)(intptr_t)sign);
}

static inline uintptr_t page_bytes(const struct page *page)
{
	return (uintptr_t)class_page_slices(page->class) << MICA_SLICE_SHIFT;
}

/* A stripped page is settled. */
static inline void strip_count_less(const struct page *page)
{
	atomic_add(&mica_stripped_bytes, 0 - page_bytes(page));
}

/* It goes without being settled: its heap is destroyed. */
static inline void strip_forget(const struct page *page)
{
	if (LAYOUT_IS_TABLE && remote_is_stripped(load_relaxed(&page->remote)))
		strip_count_less(page);
}

#endif
