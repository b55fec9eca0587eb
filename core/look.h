/* SPDX-License-Identifier: MIT */
/*
 * A look at one area, taken inside the guard and under its region's lock, so
 * that the run stays what it is: an owner who releases the page meanwhile finds
 * the region busy, and the run waits on its remote list.
 *
 * What of a page is free is marked, a bit a block. Its free lists are the
 * owner's: of a page of the caller's own, and on one core, they stand still. Of
 * another's they are read as they change: each link is checked to lie in the
 * page, the walk has a bound, and it is done again while what frames it moved.
 */
#ifndef MICA_CORE_LOOK_H
#define MICA_CORE_LOOK_H

#include <mica/visit.h>
#include "context.h"
#include "engine.h"

/* Blocks of a page: by number where that takes a division, else by granule. */
#define LOOK_BITS \
	((LAYOUT_IS_TABLE ? SLICE_BYTES : PAGE_BYTES) >> MICA_GRANULE_SHIFT)
#define LOOK_TRIES 4u

struct look {
	struct mica_area area;
	uintptr_t next;			/* behind it */
	uint32_t free[(LOOK_BITS + 31) / 32];
};

static inline size_t look_bit(const struct look *look, uintptr_t block)
{
	size_t offset = block - (uintptr_t)look->area.start;

	return LAYOUT_IS_TABLE ? offset / look->area.block_bytes :
				 offset >> MICA_GRANULE_SHIFT;
}

static inline bool look_is_free(const struct look *look, uintptr_t block)
{
	size_t k = look_bit(look, block);

	return look->free[k / 32] >> k % 32 & 1;
}

/* Tag layout: a thread's part is a run like any other, but no block. */
static inline bool run_is_part(const struct runs *r, slice_t i)
{
	return !LAYOUT_IS_TABLE && CONTEXT_IS_THREAD &&
	       part_keeps(run_address(r, i));
}

/* Run @i of @region is a page. Cost: its free blocks, LOOK_TRIES times. */
void look_at_page(struct look *look, struct mica_part *self,
		  struct region *region, slice_t i,
		  struct page *page) __internal;

/* It is a block. */
void look_at_run(struct look *look, struct region *region, slice_t i) __internal;

#endif
