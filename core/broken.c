// SPDX-License-Identifier: MIT
/* Lists that are broken, from MICA_HARDEN 2 on; block.h has the theory. */
#include "part.h"
#include "report.h"

#if HARDEN_BLOCKS

#if !CONTEXT_IS_SOLO
#include "page.h"
#endif

bool blocks_share_page(const struct block *a, const struct block *b)
{
	struct runs *r = map_find((uintptr_t)a);

	return !((uintptr_t)b & (MICA_GRANULE - 1)) &&
	       map_find((uintptr_t)b) == r &&
	       page_at(r, (uintptr_t)a) == page_at(r, (uintptr_t)b);
}

/*
 * All blocks that were carved are out of use, then: those of the list can be
 * found no more. A page that is current has its hold besides.
 */
uint32_t block_is_broken(const struct block *block)
{
	struct page *page = page_around((uintptr_t)block);

	store_relaxed(&mica_harden_broken, (uintptr_t)block);
	return (uint32_t)page_carved(page) +
	       (!CONTEXT_IS_SOLO && LAYOUT_IS_TABLE);
}

void harden_tell_broken(void)
{
	uintptr_t block = atomic_xchg(&mica_harden_broken, 0);

	if (block)
		report_fault(FAULT_LIST, "malloc", word_to_ptr(block));
}

#endif
