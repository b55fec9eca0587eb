/* SPDX-License-Identifier: MIT */
/*
 * Rare classes: tag layout, where a page that holds one block is a loss.
 *
 * A small request is served by a run of its own while its class is rare:
 * while fewer bytes live in such runs than a page has. Live small runs are
 * counted by size wherever a block that is a run comes, goes or changes
 * size; the count decides nothing but where the next block lies, so with
 * threads it may be off by a few.
 */
#ifndef MICA_CORE_RARE_H
#define MICA_CORE_RARE_H

#include "layout.h"

extern uint16_t mica_small_runs[NR_CLASSES] __internal;

/* The class whose blocks a run of @slices is taken for; or a large number. */
static inline size_t rare_class(slice_t slices)
{
	return (slices - 2 * MICA_GRANULE) >> MICA_GRANULE_SHIFT;
}

/* A run of @slices begins or ends to hold a block. */
static inline void rare_note(slice_t slices, int change)
{
	size_t class = rare_class(slices);
	unsigned int n;

	if (LAYOUT_IS_TABLE || class >= LINEAR_CLASSES)
		return;
	n = tag_load(&mica_small_runs[class]);
	if (change > 0 || n > 0)
		tag_store(&mica_small_runs[class],
			  (uint16_t)(n + (unsigned int)change));
}

static inline bool class_is_rare(unsigned int class)
{
	if (LAYOUT_IS_TABLE ||
	    (NR_CLASSES > LINEAR_CLASSES && class >= LINEAR_CLASSES))
		return false;
	return (size_t)tag_load(&mica_small_runs[class]) * (class + 1) <
	       PAGE_BYTES >> MICA_GRANULE_SHIFT;
}

#endif
