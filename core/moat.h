/* SPDX-License-Identifier: MIT */
/*
 * Moats: memory that nobody may touch, around what mica keeps of a region and
 * between regions, at MICA_HARDEN 3 where a provider can forbid access.
 *
 *	head | moat | runs ... | moat		and the next region's head
 *
 * The first is what lies between the head and the first slice; the second is a
 * slice that the region gives up for it, or, behind a huge block, a granule.
 * Whoever cannot forbid access, or will not, is left alone: the memory is only
 * unused then.
 */
#ifndef MICA_CORE_MOAT_H
#define MICA_CORE_MOAT_H

#include "region.h"

/* Forbid or allow access to [@from, @to), of @p. Return: was it done? */
bool moat_set(const struct mica_provider *p, uintptr_t from, uintptr_t to,
	      bool on) __internal;

/* The same for both moats of @region. Provider calls: outside the guard. */
void moat_region(struct region *region, bool on) __internal;

/* Bytes behind the runs of a region, or behind a huge block, of @p. */
static inline size_t moat_bytes(const struct mica_provider *p, bool huge)
{
	if (!GUARD_PAGES || !p->protect || p->granule > SLICE_BYTES)
		return 0;
	return huge ? MAX_OF(p->granule, (size_t)MICA_GRANULE) : SLICE_BYTES;
}

#endif
