/* SPDX-License-Identifier: MIT */
/* Walk the runs of a region, in the order of their addresses. Lock held. */
#ifndef MICA_CORE_WALK_H
#define MICA_CORE_WALK_H

#include "region.h"

/* Cost: runs. Stops where the bounds are broken: see check.c. */
static inline void walk_runs(struct region *region,
			     void (*visit)(struct region *region, slice_t i,
					   void *context),
			     void *context)
{
	struct runs *r = &region->runs;
	slice_t i, n;

	for (i = r->first_slice; i < runs_end(r); i += n) {
		n = run_slices(r, i);
		if (!n)
			return;
		visit(region, i, context);
	}
}

/*
 * A run at @address or before, from which steps of walk_next() lead to the run
 * there: the nearest that a place tells of, or the region's first. Cost: places
 * without a page; table layout: PAGE_SLICES_MAX.
 */
static inline slice_t walk_begin(const struct runs *r, uintptr_t address)
{
	uintptr_t first = run_address(r, r->first_slice), begin;
	slice_t i = r->first_slice;
	enum run_kind kind;
	unsigned int n;
	size_t k;

	if (address <= first)
		return i;
	if (address >= run_address(r, runs_end(r)))
		return runs_end(r);
	begin = align_down(r->base, PAGE_BYTES);
	k = (address - begin) >> MICA_PAGE_SHIFT;
	for (n = 0; !LAYOUT_IS_TABLE || n < PAGE_SLICES_MAX; n++, k--) {
		if (begin + ((uintptr_t)k << MICA_PAGE_SHIFT) <= first)
			return r->first_slice;
		kind = run_in_place(r, k, &i);
		if (kind == RUN_PAGE || kind == RUN_BLOCK)
			return i;
	}
	return run_at(r, address);
}

/* Table layout: what begins in a slice is known by its entry, run or not. */
static inline slice_t walk_next(const struct runs *r, slice_t i)
{
	enum run_kind kind = LAYOUT_IS_TABLE ? run_kind(r, i) : RUN_PAGE;
	slice_t n = kind == RUN_PAGE || kind == RUN_BLOCK ? run_slices(r, i) : 1;

	return n ? i + n : runs_end(r);
}

#endif
