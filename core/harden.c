// SPDX-License-Identifier: MIT
/* Random words, and lists that are broken; harden.h has the theory. */
#include <mica/mica.h>
#include "engine.h"
#include "report.h"

#if HARDEN_BLOCKS

uintptr_t mica_harden_key, mica_harden_state = 1;
uintptr_t mica_harden_broken;		/* struct block *, the last one */

/* Odd words differ from those that others may draw at once; one stays. */
void harden_begin(void)
{
	uintptr_t none = 0;
	uint64_t seed;

	if (load_relaxed(&mica_harden_key))
		return;
	seed = mica_port_random() ^ mica_port_clock_ms();
	seed ^= (uintptr_t)&none;
	seed *= 0x9e3779b97f4a7c15u;
	store_relaxed(&mica_harden_state, (uintptr_t)(seed >> 32) | 1);
	seed = (seed ^ seed >> 29) * 0xbf58476d1ce4e5b9u;
	while (!atomic_cas(&mica_harden_key, &none,
			   (uintptr_t)(seed ^ seed >> 32) | 1))
		if (none)
			return;
}

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
