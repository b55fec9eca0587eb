/* SPDX-License-Identifier: MIT */
/* The word that says who has a part of a heap, and how a part begins and is empty. */
#ifndef MICA_CORE_HEAP_WORD_H
#define MICA_CORE_HEAP_WORD_H

#include "heap_part.h"
#include "owned.h"

static inline bool part_change(struct mica_part *part, uintptr_t from, uintptr_t to)
{
	uintptr_t seen = from;

	while (!atomic_cas(&part->context, &seen, to))
		if (seen != from)
			return false;
	return true;
}

static inline uintptr_t word_nobody(const struct mica_heap *heap)
{
	return (uintptr_t)heap_number(heap) << PART_WORD_SHIFT | PART_NOBODY;
}

static inline bool word_is(uintptr_t context, unsigned int kind)
{
	return (context & PART_WORD_MASK) == kind;
}

/* Whose it is, once nobody collects it. May wait. */
static inline uintptr_t part_context(const struct mica_part *part)
{
	unsigned int spins = 0;
	uintptr_t context;

	while (word_is(context = load_seq(&part->context), PART_COLLECTED))
		mica_port_relax(spins++);
	return context;
}

/* It is @main's from now on; a core's part has lived until it is a heap's. */
static inline void part_begin(struct mica_part *part, const struct mica_heap *heap,
		       struct mica_part *main)
{
	part->main = main;
	part->use = 0;
	store_relaxed(&part->ended, PART_LIVE);
	store_seq(&part->heap, (uintptr_t)heap);
}

/* Nothing is in it, and nothing points to it but what is found to be stale. */
static inline void part_reset(struct mica_part *part)
{
	__builtin_memset(part->list, 0, sizeof(part->list));
	__builtin_memset(part->current, 0, sizeof(part->current));
	__builtin_memset(part->queue, 0, sizeof(part->queue));
	part_wipe(part);
	store_relaxed(&part->listed, 0);
	store_relaxed(&part->nr_listed, 0);
	part->settling = NULL;
	part_forget_load(part);
	part_set_bare(part);
	store_seq(&part->heap, 0);
}

/*
 * The context uses it still: then it goes as that looks away, or a little later. In
 * the middle of a mica_heap_malloc() another than the one in use may be current.
 */
static inline bool part_is_in_use(const struct mica_part *part)
{
	return part == part_self() || load_relaxed(&part->use) & PART_CURRENT;
}

#endif
