/* SPDX-License-Identifier: MIT */
/*
 * Growing: the region of a memory that can be had by and by, and only as a whole:
 * WebAssembly's. MICA_PORT_GROWS; one context on the tag layout.
 *
 * As much is asked for as a request needs beyond what is free at the region's
 * end, in steps of the port's. What comes follows the region, and is one with the free
 * run there. Or somebody else has had the memory grow since: then what lies
 * between is a run that is held for good, up to and with the first bytes of what
 * is mica's, since the next run's tag lies before it.
 *
 * What lies above its base is the region's or will be, be it in use or a gap: no
 * other region may lie there, and it is never taken back.
 *
 * A region grows to 2^MICA_REGION_SHIFT bytes, or the end of the address space. The
 * cells of its pages move to a run of twice their size when they have no room for
 * more, and the old ones stay where they are: that run is held for good, too. All
 * of them take less than three bytes for each page that there could be.
 */
#ifndef MICA_CORE_GROW_H
#define MICA_CORE_GROW_H

#include "part.h"

#if MICA_PORT_GROWS

_Static_assert(CONTEXT_IS_SOLO && MICA_CONTEXT == MICA_CONTEXT_SINGLE,
	       "memory grows in builds for a single context, tag layout");

/* The region that grows, or NULL. */
extern struct region *mica_growing __internal;

/* Where other regions must not lie: there will be gaps. */
static inline bool grow_covers(const struct mica_span *span)
{
	return (uintptr_t)span->base + span->bytes > mica_port_grow_base();
}

/*
 * Have it begin, or grow by a run of @bytes and more; at most RUN_BYTES_MAX. Provider calls:
 * one that asks where the memory ends, one that makes it grow. Other cost: a
 * byte for each page, when cells move. Return: did it?
 */
bool region_grow(size_t bytes) __internal;

/* The same behind run @i of @region, so that it can have @size bytes. */
bool region_grow_behind(struct region *region, slice_t i,
			size_t size) __internal;

#else

#define mica_growing ((struct region *)NULL)

static inline bool grow_covers(const struct mica_span *span)
{
	(void)span;
	return false;
}

static inline bool region_grow(size_t bytes)
{
	(void)bytes;
	return false;
}

static inline bool region_grow_behind(struct region *region, slice_t i,
				      size_t size)
{
	(void)region, (void)i, (void)size;
	return false;
}

#endif

#endif
