/* SPDX-License-Identifier: MIT */
/*
 * Rare classes: tag layout, where a page that holds one block is a loss.
 *
 * A small request is served by a run of its own while its class is rare:
 * has no page, and less than MICA_RARE_BYTES live in such runs. A class with
 * a page stays with pages, so that its single blocks die out. Each class has
 * one weight: the bytes in runs of their own, and MICA_RARE_BYTES for each
 * page. It decides nothing but where the next block lies, so with several
 * contexts it may be off by a few.
 */
#ifndef MICA_CORE_RARE_H
#define MICA_CORE_RARE_H

#include "part.h"
#include "tally.h"

#if CONTEXT_IS_SOLO

static __always_inline uint32_t *rare_weight(size_t class)
{
	return &part_self()->weight[class];
}

#else

extern uint32_t mica_rare_weight[NR_CLASSES] __internal;

static __always_inline uint32_t *rare_weight(size_t class)
{
	return &mica_rare_weight[class];
}

#endif

/* One core counts exactly; elsewhere a lost update must not wrap around. */
static inline void rare_add(size_t class, int32_t bytes)
{
	uint32_t weight = tag_load(rare_weight(class));

	if (!CONTEXT_IS_SOLO && bytes < 0 && weight < (uint32_t)-bytes)
		bytes = -(int32_t)weight;
	tag_store(rare_weight(class), weight + (uint32_t)bytes);
}

/* The class whose blocks a run of @slices is taken for; or a large number. */
static inline size_t rare_class(slice_t slices)
{
	return (slices - 2 * MICA_GRANULE) >> MICA_GRANULE_SHIFT;
}

/* A run of @slices begins (@sign 1) or ends (-1) to hold a block. */
static inline void rare_note(slice_t slices, int32_t sign)
{
	size_t class = rare_class(slices);

	tally_block(slices, sign);
	if (!LAYOUT_IS_TABLE && class < LINEAR_CLASSES)
		rare_add(class, sign * (int32_t)slices);
}

/* A page of @class is opened (@sign 1) or released (-1). */
static inline void rare_note_page(unsigned int class, int32_t sign)
{
	tally_page(class, sign);
	if (!LAYOUT_IS_TABLE)
		rare_add(class, sign * MICA_RARE_BYTES);
}

static inline bool class_is_rare(unsigned int class)
{
	if (LAYOUT_IS_TABLE ||
	    (NR_CLASSES > LINEAR_CLASSES && class >= LINEAR_CLASSES))
		return false;
	return tag_load(rare_weight(class)) < MICA_RARE_BYTES;
}

/* Would it be, without one of its pages? */
static inline bool class_was_rare(unsigned int class)
{
	return !LAYOUT_IS_TABLE &&
	       tag_load(rare_weight(class)) < 2 * MICA_RARE_BYTES;
}

#endif
