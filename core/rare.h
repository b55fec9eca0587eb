/* SPDX-License-Identifier: MIT */
/*
 * Rare classes: tag layout, where a page that holds one block is a loss.
 *
 * A small request is served by a run of its own while it is rare: its class
 * has no page, and less than MICA_RARE_BYTES live in runs of the size that it
 * takes. A class with a page stays with pages, so that its single blocks die
 * out. Runs are counted by their size, which is all that free knows of one, and
 * the requests of a class take runs of two sizes. All this decides nothing but
 * where the next block lies, so with several contexts it may be off by a few.
 */
#ifndef MICA_CORE_RARE_H
#define MICA_CORE_RARE_H

#include "part.h"
#include "tally.h"

/* One core that has pages from the first block on counts nothing. */
#define RARE_COUNTS (!LAYOUT_IS_TABLE && (MICA_RARE_BYTES || !CONTEXT_IS_SOLO))

#if CONTEXT_IS_SOLO

/* What is rare in one heap may not be so in another. */
static __always_inline struct rare *rare_of(unsigned int heap)
{
	return &mica_parts[HEAPS_SOLO ? heap : 0].rare;
}

static __always_inline struct rare *rare_own(void)
{
	return &part_self()->rare;
}

#else

extern struct rare mica_rare __internal;

static __always_inline struct rare *rare_of(unsigned int heap)
{
	(void)heap;
	return &mica_rare;
}

static __always_inline struct rare *rare_own(void)
{
	return &mica_rare;
}

#endif

/* The heap that run @i counts for, as far as heaps are told apart here. */
static inline unsigned int rare_heap(const struct runs *r, slice_t i)
{
	return HEAPS_SOLO ? run_heap(r, i) : 0;
}

/* Where runs of @slices are counted; or a large number: they serve no class. */
static inline size_t rare_key(slice_t slices)
{
	return (slices - RUN_MIN_SLICES) >> MICA_GRANULE_SHIFT;
}

/*
 * rare_note(heap, slices, sign): a run of @slices begins (@sign 1) or ends (-1) to
 * hold a block of @heap. rare_note_page(heap, class, sign): a page of @class is
 * opened or released. Where all heaps, or the one, count as one, there is no such
 * argument: callers would pay for it.
 */
#if HEAPS_SOLO
#define OF_HEAP unsigned int heap,
#define THE_HEAP heap,
#define rare_noted() rare_of(heap)
#else
#define OF_HEAP
#define THE_HEAP
#define rare_noted() rare_own()
#endif

/* One core counts exactly; elsewhere a lost update must not wrap around. */
static inline void rare_add(OF_HEAP size_t key, int32_t bytes)
{
	uint32_t *live = &rare_noted()->bytes[key], now = tag_load(live);

	if (!CONTEXT_IS_SOLO && bytes < 0 && now < (uint32_t)-bytes)
		bytes = -(int32_t)now;
	tag_store(live, now + (uint32_t)bytes);
}

static inline void rare_note_run(OF_HEAP slice_t slices, int32_t sign)
{
	size_t key = rare_key(slices);

	tally_block(slices, sign);
	if (RARE_COUNTS && key < RARE_KEYS)
		rare_add(THE_HEAP key, sign * (int32_t)slices);
}

static inline void rare_note_pages(OF_HEAP unsigned int class, int32_t sign)
{
	uint16_t *pages = &rare_noted()->pages[class];
	int32_t now;

	tally_page(class, sign);
	if (!RARE_COUNTS)
		return;
	now = tag_load(pages) + sign;
	if (CONTEXT_IS_SOLO || now >= 0)
		tag_store(pages, (uint16_t)now);
}

#if HEAPS_SOLO
#define rare_note rare_note_run
#define rare_note_page rare_note_pages
#else
#define rare_note(heap, slices, sign) \
	((void)(heap), rare_note_run(slices, sign))
#define rare_note_page(heap, class, sign) \
	((void)(heap), rare_note_pages(class, sign))
#endif

#undef OF_HEAP
#undef THE_HEAP

static inline bool run_is_rare(slice_t slices)
{
	return tag_load(&rare_own()->bytes[rare_key(slices)]) < MICA_RARE_BYTES;
}

/* Is a request of @class that takes a run of @slices? */
static inline bool runs_are_rare(unsigned int class, slice_t slices)
{
	if (!RARE_COUNTS ||
	    (NR_CLASSES > LINEAR_CLASSES && class >= LINEAR_CLASSES))
		return false;
	return !tag_load(&rare_own()->pages[class]) &&
	       run_is_rare(slices);
}

/* Would its requests be, without one of its pages? */
static inline bool class_was_rare(unsigned int class)
{
	size_t least;

	if (LAYOUT_IS_TABLE)
		return false;
	if (tag_load(&rare_own()->pages[class]) > 1)
		return false;
	if (class >= LINEAR_CLASSES)
		return true;
	least = class ? class_bytes(class - 1) + 1 : 1;
	return run_is_rare(run_slices_for(least)) &&
	       run_is_rare(run_slices_for(class_bytes(class)));
}

#endif
