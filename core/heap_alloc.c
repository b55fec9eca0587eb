// SPDX-License-Identifier: MIT
/*
 * Blocks of a heap, or of a part: mica_malloc() and its kin, with another heap
 * the calling context's current one meanwhile. Nobody else sees that: the word
 * is the context's own. Hooks that are called in between allocate there, too.
 *
 * They are the public ones, which tell hooks of the block and find its heap
 * current (wrap.c): in parentheses, a name is not the plain one's in builds
 * of one unit either (plain.h).
 */
#include <mica/mica.h>
#include "heap_part.h"
#include "plain.h"

#if MICA_HEAPS

#include "engine.h"

/* Return: the part that was current; NULL: there is no such heap, or no part. */
static __always_inline struct mica_part *heap_enter(struct mica_heap *heap)
{
	struct mica_part *part, *old;

	if (unlikely(!heap_lives(heap)))
		return NULL;
	part = part_of(heap);	/* it may begin the context */
	old = part_self();
	if (likely(part))
		part_set_now(part);
	return likely(part) ? old : NULL;
}

static __always_inline struct mica_part *part_enter(struct mica_part *part)
{
	struct mica_part *old = part_self();

	if (unlikely(!part))
		return NULL;
	part_set_now(part);
	return old;
}

static void *refuse(void *old, size_t size, size_t align)
{
	count_all(failures, 1);
	plain_refused(old, size, align);
	return NULL;
}

/* @refused: what was to be resized, or NULL, the bytes, the alignment. */
#define WITHIN(enter, call, refused...)					\
	do {								\
		struct mica_part *old = (enter);			\
		void *block;						\
									\
		if (unlikely(!old))					\
			return refuse(refused);				\
		block = (call);						\
		part_set_now(old);						\
		return block;						\
	} while (0)

/* ---- of a heap ----------------------------------------------------------------------- */

void *mica_heap_malloc(struct mica_heap *heap, size_t size)
{
	WITHIN(heap_enter(heap), (mica_malloc)(size), NULL, size, 1);
}

void *mica_heap_zalloc(struct mica_heap *heap, size_t size)
{
	WITHIN(heap_enter(heap), (mica_zalloc)(size), NULL, size, 1);
}

void *mica_heap_calloc(struct mica_heap *heap, size_t count, size_t size)
{
	WITHIN(heap_enter(heap), (mica_calloc)(count, size),
	       NULL, mul_or_max(count, size), 1);
}

void *mica_heap_mallocn(struct mica_heap *heap, size_t count, size_t size)
{
	WITHIN(heap_enter(heap), (mica_mallocn)(count, size),
	       NULL, mul_or_max(count, size), 1);
}

void *mica_heap_realloc(struct mica_heap *heap, void *p, size_t size)
{
	WITHIN(heap_enter(heap), (mica_realloc)(p, size), p, size, 1);
}

void *mica_heap_reallocn(struct mica_heap *heap, void *p, size_t count,
			 size_t size)
{
	WITHIN(heap_enter(heap), (mica_reallocn)(p, count, size),
	       p, mul_or_max(count, size), 1);
}

/* Refused for its heap, it is freed as for any other reason. */
void *mica_heap_reallocf(struct mica_heap *heap, void *p, size_t size)
{
	void *block = mica_heap_realloc(heap, p, size);

	if (!block)
		(mica_free)(p);
	return block;
}

void *mica_heap_malloc_aligned(struct mica_heap *heap, size_t size,
			       size_t align)
{
	WITHIN(heap_enter(heap), (mica_malloc_aligned)(size, align),
	       NULL, size, align);
}

void *mica_heap_malloc_aligned_at(struct mica_heap *heap, size_t size,
				  size_t align, size_t offset)
{
	WITHIN(heap_enter(heap), (mica_malloc_aligned_at)(size, align, offset),
	       NULL, size, align);
}

void *mica_heap_zalloc_aligned(struct mica_heap *heap, size_t size,
			       size_t align)
{
	WITHIN(heap_enter(heap), (mica_zalloc_aligned)(size, align),
	       NULL, size, align);
}

void *mica_heap_zalloc_aligned_at(struct mica_heap *heap, size_t size,
				  size_t align, size_t offset)
{
	WITHIN(heap_enter(heap), (mica_zalloc_aligned_at)(size, align, offset),
	       NULL, size, align);
}

void *mica_heap_calloc_aligned(struct mica_heap *heap, size_t count,
			       size_t size, size_t align)
{
	WITHIN(heap_enter(heap), (mica_calloc_aligned)(count, size, align),
	       NULL, mul_or_max(count, size), align);
}

void *mica_heap_calloc_aligned_at(struct mica_heap *heap, size_t count,
				  size_t size, size_t align, size_t offset)
{
	WITHIN(heap_enter(heap), (mica_calloc_aligned_at)(count, size, align, offset),
	       NULL, mul_or_max(count, size), align);
}

void *mica_heap_realloc_aligned(struct mica_heap *heap, void *p, size_t size,
				size_t align)
{
	WITHIN(heap_enter(heap), (mica_realloc_aligned)(p, size, align),
	       p, size, align);
}

void *mica_heap_realloc_aligned_at(struct mica_heap *heap, void *p,
				   size_t size, size_t align, size_t offset)
{
	WITHIN(heap_enter(heap), (mica_realloc_aligned_at)(p, size, align, offset),
	       p, size, align);
}

/* ---- of a part ------------------------------------------------------------------------- */

#if MICA_CONTEXT == MICA_CONTEXT_THREAD

/* As malloc does, if that needs no more than a pop. */
static __always_inline struct block *part_pop(struct mica_part *part, size_t size)
{
	return !HARDEN_BLOCKS && !MICA_TRACE && likely(part) &&
	       likely(size - 1 < LINEAR_BYTES) ?
		list_pop(&part->list[class_of_linear(size)]) : NULL;
}

#else

static inline struct block *part_pop(struct mica_part *part, size_t size)
{
	(void)part, (void)size;
	return NULL;
}

#endif

void *mica_part_malloc(struct mica_part *part, size_t size)
{
	struct block *first = part_pop(part, size);

	if (likely(first))
		return first;
	WITHIN(part_enter(part), (mica_malloc)(size), NULL, size, 1);
}

void *mica_part_zalloc(struct mica_part *part, size_t size)
{
	WITHIN(part_enter(part), (mica_zalloc)(size), NULL, size, 1);
}

void *mica_part_calloc(struct mica_part *part, size_t count, size_t size)
{
	WITHIN(part_enter(part), (mica_calloc)(count, size),
	       NULL, mul_or_max(count, size), 1);
}

void *mica_part_malloc_aligned(struct mica_part *part, size_t size,
			       size_t align)
{
	WITHIN(part_enter(part), (mica_malloc_aligned)(size, align),
	       NULL, size, align);
}

void *mica_part_realloc(struct mica_part *part, void *p, size_t size)
{
	WITHIN(part_enter(part), (mica_realloc)(p, size), p, size, 1);
}

#endif
