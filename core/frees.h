/* SPDX-License-Identifier: MIT */
/*
 * Frees under way, on several cores, of what the current part does not have.
 *
 * A core that deletes a heap takes the heap's parts from the other cores, who
 * do not hear of it. So a core says when it frees what its current part does not
 * have, and only then looks whose the page is; the deleter, once it has said
 * whose it is from now on, waits until none that might have looked before is
 * still at it: inside the guard, and so for a bounded time. An interrupt in the
 * middle leaves the count as it was. The same goes for who collects a heap: a core
 * that finds no other part takes the one that is being collected, so that nobody
 * waits for more than one such section.
 *
 * A thread has no need of it: nobody takes a part from one, see heap_part.c.
 */
#ifndef MICA_CORE_FREES_H
#define MICA_CORE_FREES_H

#include "heap.h"

#if HEAPS_SHARED && MICA_CONTEXT != MICA_CONTEXT_THREAD

/* A part's word while the calling core collects it. */
static inline uintptr_t part_word_collected(void)
{
	return (uintptr_t)(part_main(part_self()) - mica_parts) <<
	       PART_WORD_SHIFT | PART_COLLECTED;
}

static inline void frees_begin(void)
{
	uintptr_t *frees = &part_main(part_self())->frees;

	store_seq(frees, load_relaxed(frees) + 1);
}

static inline void frees_end(void)
{
	uintptr_t *frees = &part_main(part_self())->frees;

	store_release(frees, load_relaxed(frees) - 1);
}

/*
 * After frees_begin(), where the caller does not go by its own part alone: is
 * @part still its context's, or in its hands?
 */
static inline bool part_is_held(struct mica_part *part)
{
	struct mica_part *main = part_main(part_self());
	uintptr_t context = load_seq(&part->context);

	return part == main || context == (uintptr_t)main ||
	       context == part_word_collected();
}

/* Ordered after frees_begin(). */
#define page_owner_now(page) word_to_ptr(load_seq(&(page)->part))
#define FREES_TOLD 1

#else

#if HEAPS_SHARED
static inline uintptr_t part_word_collected(void)
{
	return PART_COLLECTED;
}
#endif

static inline void frees_begin(void)
{
}

static inline void frees_end(void)
{
}

static inline bool part_is_held(struct mica_part *part)
{
	(void)part;
	return true;
}

#define page_owner_now(page) page_owner(page)
#define FREES_TOLD 0

#endif

#endif
