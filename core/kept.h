/* SPDX-License-Identifier: MIT */
/*
 * Kept: one core, and with MICA_KEEP_PAGES the first page of each class that has
 * become empty stays, so that a block that comes and goes alone opens no page and
 * gives none back. It counts one block more than live in it, so that free() sees
 * nothing else than in any other page. It goes when memory is short, or collected.
 */
#ifndef MICA_CORE_KEPT_H
#define MICA_CORE_KEPT_H

#include "part.h"

#if KEEPS_PAGES

/* @page has become empty. Return: does it stay? */
static __always_inline bool page_keep(struct page *page)
{
	struct page **kept = &mica_kept[page->class];

	if (*kept)
		return false;
	*kept = page;
	page->used = 1;
	return true;
}

/* One that stayed and is empty still, as any other from now on; or NULL. */
static __always_inline struct page *page_unkeep(void)
{
	struct page *page;

	for (unsigned int class = NR_CLASSES; class--;) {
		page = mica_kept[class];
		if (!page || page->used != 1 || page->parked)
			continue;
		mica_kept[class] = NULL;
		return page;
	}
	return NULL;
}

#else

static __always_inline bool page_keep(struct page *page)
{
	(void)page;
	return false;
}

#endif

#endif
