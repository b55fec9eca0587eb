/* SPDX-License-Identifier: MIT */
/* What the files about heaps share: the parts that contexts have of them. */
#ifndef MICA_CORE_HEAP_PART_H
#define MICA_CORE_HEAP_PART_H

#include "context.h"
#include "heap.h"

#if HEAPS_SHARED

/* The calling context's part of @heap, which lives; NULL: there is no memory. */
struct mica_part *part_of(const struct mica_heap *heap) __internal;

/* The same, if there is one: none is made. */
struct mica_part *part_of_or_none(const struct mica_heap *heap) __internal;

/* The word that says what this context takes from: @part, which is its own. */
#if CONTEXT_IS_THREAD
static inline void part_set_now(struct mica_part *part)
{
	*mica_port_part() = part;
}
#else
static inline void part_set_now(struct mica_part *part)
{
	struct mica_part *main = part_main(part);

	store_relaxed(&mica_part_now[main - mica_parts],
		      (uintptr_t)(part - main));
}
#endif

/* The same, and who destroys @part's heap leaves it to this context. */
void part_look_at(struct mica_part *part) __internal;

/* Its parts: the first, NULL if there is none, then the next. */
struct mica_part *heap_part_first(const struct mica_heap *heap) __internal;
struct mica_part *heap_part_next(const struct mica_heap *heap,
				 struct mica_part *part) __internal;

/* Take the parts of a heap that ends, whoever has them. May wait. */
void parts_claim(struct mica_heap *heap) __internal;

/* All that it had is gone: it is for another heap. */
void part_clear(struct mica_part *part) __internal;

/* The heap was deleted: nobody's parts, and the caller's, follow. */
void parts_move(struct mica_heap *heap) __internal;

/* And no page is theirs any more. */
void parts_moved(struct mica_heap *heap) __internal;

#elif MICA_HEAPS

/* The one part of @heap. */
struct mica_part *part_of(const struct mica_heap *heap) __internal;

static inline void part_set_now(struct mica_part *part)
{
	store_relaxed(&mica_part_solo, part);
}

static inline void part_look_at(struct mica_part *part)
{
	part_set_now(part);
}

/* Give back what it keeps for later. */
void part_collect(struct mica_part *part) __internal;

#endif

#if MICA_HEAPS

/* Take what others listed, let go of empty pages: the caller's and nobody's. */
void heap_collect(struct mica_heap *heap) __internal;

/*
 * From now on nobody else ends @heap, it is current here no more, and its
 * parents do not count it. Return: 0, or what is wrong.
 */
int heap_take_leave(struct mica_heap *heap) __internal;

/* It is gone: another may begin there. */
void heap_leaves_place(struct mica_heap *heap) __internal;

#endif

#endif
