// SPDX-License-Identifier: MIT
/*
 * The public malloc and its kin in a build with MICA_TRACE, around those of
 * plain.h: each does what its plain one does, and tells of it. A block is told
 * of after it was taken, and before it is freed.
 *
 * In parentheses, a name is the public function's, not the macro's of plain.h.
 */
#include <mica/config.h>

#if MICA_TRACE

#include <mica/mica.h>
#include "heap.h"
#include "plain.h"
#include "trace.h"

/* ---- what is told ------------------------------------------------------------------ */

/* Of a block of the heap that is current; @heap as in events. */
static void tell(enum mica_trace_kind kind, void *block, void *old, size_t size,
		 size_t align)
{
	trace_tell(&(struct mica_trace_event){
		kind, block, old, size, align,
		kind == MICA_TRACE_RESIZE ? NULL : trace_heap(),
	});
}

/* Return: @block. */
static void *tell_given(void *block, size_t size, size_t align)
{
	tell(block ? MICA_TRACE_MALLOC : MICA_TRACE_FAILURE, block, NULL, size,
	     align);
	return block;
}

static void tell_gone(void *p)
{
	trace_tell(&(struct mica_trace_event){
		.kind = MICA_TRACE_FREE, .block = p,
	});
}

void plain_moved(void *old, void *block, size_t size, size_t align)
{
	tell(MICA_TRACE_MOVE, block, old, size, align);
}

void plain_refused(void *old, size_t size, size_t align)
{
	trace_tell(&(struct mica_trace_event){
		MICA_TRACE_FAILURE, NULL, old, size, align, NULL,
	});
}

void plain_destroyed(struct mica_heap *heap)
{
	trace_tell(&(struct mica_trace_event){
		.kind = MICA_TRACE_DESTROY, .heap = heap,
	});
}

void plain_deleted(struct mica_heap *heap)
{
	samples_move(heap);
}

/* @block came of resizing @old, which is not NULL; a move was told already. */
static void *tell_resized(void *block, void *old, size_t size, size_t align)
{
	if (!block || block == old)
		tell(block ? MICA_TRACE_RESIZE : MICA_TRACE_FAILURE, block, old,
		     size, align);
	return block;
}

/* ---- malloc and free ---------------------------------------------------------------- */

void *(mica_malloc)(size_t size)
{
	return tell_given(mica_plain_malloc(size), size, 1);
}

void (mica_free)(void *p)
{
	if (p)
		tell_gone(p);
	mica_plain_free(p);
}

void *(mica_zalloc)(size_t size)
{
	return tell_given(mica_plain_zalloc(size), size, 1);
}

/* ---- aligned ------------------------------------------------------------------------- */

void *(mica_malloc_aligned_at)(size_t size, size_t align, size_t offset)
{
	return tell_given(mica_plain_malloc_aligned_at(size, align, offset),
			  size, align);
}

void *(mica_zalloc_aligned_at)(size_t size, size_t align, size_t offset)
{
	return tell_given(mica_plain_zalloc_aligned_at(size, align, offset),
			  size, align);
}

void *(mica_aligned_attr)(size_t size, size_t align, uint32_t require,
			  uint32_t prefer)
{
	return tell_given(mica_plain_aligned_attr(size, align, require, prefer),
			  size, align);
}

/* ---- resized ------------------------------------------------------------------------- */

void *(mica_realloc)(void *p, size_t size)
{
	if (!p)
		return (mica_malloc)(size);
	return tell_resized(mica_plain_realloc(p, size), p, size, 1);
}

void *(mica_expand)(void *p, size_t size)
{
	if (!p)
		return NULL;
	return tell_resized(mica_plain_expand(p, size), p, size, 1);
}

void *(mica_realloc_aligned_at)(void *p, size_t size, size_t align,
				size_t offset)
{
	if (!p)
		return (mica_malloc_aligned_at)(size, align, offset);
	return tell_resized(mica_plain_realloc_aligned_at(p, size, align, offset),
			    p, size, align);
}

void *(mica_realloc_attr)(void *p, size_t size, size_t align, uint32_t require)
{
	if (!p)
		return (mica_aligned_attr)(size, align, require, 0);
	return tell_resized(mica_plain_realloc_attr(p, size, align, require),
			    p, size, align);
}

#endif
