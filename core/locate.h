/* SPDX-License-Identifier: MIT */
/*
 * From an address to the block that begins there, or to what is wrong.
 *
 * Level 0 sees: addresses outside every region, misaligned ones, those that
 * no block can have (a page's head, what is not carved yet, the inside of a
 * run), and runs that are free. Cost: constant.
 */
#ifndef MICA_CORE_LOCATE_H
#define MICA_CORE_LOCATE_H

#include "region.h"
#include "report.h"

struct location {
	struct region *region;
	struct page *page;	/* NULL: the block is run @i */
	slice_t i;
};

static inline enum fault locate_run(uintptr_t address, struct location *at)
{
	switch (run_of_block(&at->region->runs, address, &at->i)) {
	case RUN_BLOCK:
		return FAULT_NONE;
	case RUN_FREE:
	case RUN_DEFERRED:
		return FAULT_TWICE;
	default:
		return FAULT_WILD;
	}
}

static inline enum fault locate(const void *p, struct location *at)
{
	uintptr_t address = (uintptr_t)p, start;
	bool misaligned = address & (MICA_GRANULE - 1);
	enum fault fault;

	at->region = region_of(address);
	if (!at->region)
		return FAULT_WILD;
	if (!LAYOUT_IS_TABLE && misaligned)
		return FAULT_MISALIGNED;
	at->page = page_at(&at->region->runs, address);
	if (!at->page) {
		/* Only a block aligned at an offset may be misaligned. */
		fault = locate_run(address, at);
		return fault && misaligned ? FAULT_MISALIGNED : fault;
	}
	if (misaligned)
		return FAULT_MISALIGNED;
	start = page_start(at->page);
	if (address < start || address - start >= page_extent(at->page))
		return FAULT_WILD;
	return FAULT_NONE;
}

#endif
