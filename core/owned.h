/* SPDX-License-Identifier: MIT */
/*
 * How many pages name a part their owner: with none, it is for any heap.
 *
 * Its context counts while it lives, with plain stores: nobody else does then.
 * Once it has ended, whoever settles what was listed there takes off one for each
 * page, by an atomic operation, since several come one after another, and one
 * perhaps as the context ends.
 */
#ifndef MICA_CORE_OWNED_H
#define MICA_CORE_OWNED_H

#include "part.h"

#if !CONTEXT_IS_SOLO

/* What is the part's own of what it says of a load: of a life that is over. */
static inline void part_forget_load(struct mica_part *part)
{
	part->pages = part->pages_most = 0;
	part->idle = 0;
}

#if HEAPS_SHARED && MICA_CONTEXT == MICA_CONTEXT_THREAD

/*
 * @n pages more name @part their owner, says this one. As it ends, others who
 * settle what was listed there count, too.
 */
static inline void part_count_owned(struct mica_part *part, int n)
{
	if (unlikely(part->ending))
		atomic_add(&part->owned, (uintptr_t)(intptr_t)n);
	else
		store_relaxed(&part->owned, load_relaxed(&part->owned) +
					    (uintptr_t)(intptr_t)n);
}

/* One less, says who settles it: the owner has ended. */
static inline void part_lost_page(struct mica_part *ended)
{
	atomic_add(&ended->owned, ~(uintptr_t)0);
}

/* Of one that has ended: is nothing left in it, nor will be listed there? */
static inline bool part_is_bare(const struct mica_part *part)
{
	return !load_acquire(&part->owned);
}

static inline void part_set_bare(struct mica_part *part)
{
	store_relaxed(&part->owned, 0);
}

#else

static inline void part_count_owned(struct mica_part *part, int n)
{
	(void)part, (void)n;
}

static inline void part_lost_page(struct mica_part *ended)
{
	(void)ended;
}

static inline bool part_is_bare(const struct mica_part *part)
{
	(void)part;
	return false;
}

static inline void part_set_bare(struct mica_part *part)
{
	(void)part;
}

#endif

#endif

#endif
