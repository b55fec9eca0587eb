/* SPDX-License-Identifier: MIT */
/*
 * Tallies: how many blocks are runs, and how many pages each class has.
 *
 * They are kept where runs are taken and given back, never where a page hands
 * out a block, so that malloc's and free's shortest ways know nothing of
 * them; what lives inside pages is therefore known by bounds alone. With
 * bytes in use (space.h) they say in a few words what a walk over all runs
 * would find out.
 */
#ifndef MICA_CORE_TALLY_H
#define MICA_CORE_TALLY_H

#include "layout.h"

#if MICA_HEAPS && MICA_LAYOUT == MICA_LAYOUT_TAG
#define TALLY_WORDS_FIELD \
	uintptr_t words;		/* bytes in which these runs name heaps */
#define tally_words() tally_of(words)
#define tally_add_words(n) tally_add(words, n)
#else
#define TALLY_WORDS_FIELD
#define tally_words() ((uintptr_t)0)
#define tally_add_words(n) ((void)(n))
#endif

struct tally_set {
	uintptr_t blocks;		/* that are runs, huge ones apart */
	uintptr_t bytes;		/* of these runs */
	TALLY_WORDS_FIELD
	uintptr_t pages[NR_CLASSES];
};

#if MICA_STATS
extern struct tally_set mica_tally __internal;
#define TALLIES 1
#define tally_of(name) load_relaxed(&mica_tally.name)
#define tally_add(name, n) \
	(CONTEXT_IS_SOLO ? (void)(mica_tally.name += (uintptr_t)(n)) : \
			   (void)atomic_add(&mica_tally.name, (uintptr_t)(n)))
#else
#define TALLIES 0
#define tally_of(name) ((uintptr_t)0)
#define tally_add(name, n) ((void)(n))
#endif

/* A run of @slices begins (@sign 1) or ends (-1) to hold a block. */
static inline void tally_block(slice_t slices, int32_t sign)
{
	intptr_t bytes = (intptr_t)((size_t)slices << MICA_SLICE_SHIFT);

	tally_add(blocks, sign);
	tally_add(bytes, bytes * sign);
}

/* Run @i, which may name a heap, begins (@sign 1) or ends (-1) to hold a block. */
static inline void tally_heap(const struct runs *r, slice_t i, int32_t sign)
{
	if (MICA_HEAPS && !LAYOUT_IS_TABLE && run_has_heap(r, i))
		tally_add_words((intptr_t)RUN_HEAP_BYTES * sign);
}

/* A page of @class is opened (@sign 1) or released (-1). */
static inline void tally_page(unsigned int class, int32_t sign)
{
	tally_add(pages[class], sign);
	(void)class;
}

/* Of the bytes of @blocks runs of @bytes, what their blocks can use. */
static inline size_t tally_usable(size_t blocks, size_t bytes)
{
	return bytes - blocks * (RUN_UNIT_BYTES - run_bytes(RUN_UNIT)) -
	       tally_words();
}

#endif
