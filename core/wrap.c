// SPDX-License-Identifier: MIT
/*
 * The public malloc and its kin in a build with MICA_TRACE, around those of
 * plain.h: each does what its plain one does, and tells of it. A block is told
 * of after it was taken, and before it is freed.
 *
 * The last file of the core: the public names mean the public functions from
 * here on, in builds of one unit.
 */
#include <mica/config.h>

#if MICA_TRACE

#include <mica/mica.h>
#include "geometry.h"
#include "plain.h"
#include "trace.h"

#undef mica_malloc
#undef mica_free
#undef mica_zalloc
#undef mica_calloc
#undef mica_mallocn
#undef mica_realloc
#undef mica_reallocn
#undef mica_reallocf
#undef mica_expand
#undef mica_malloc_aligned
#undef mica_malloc_aligned_at
#undef mica_mallocn_aligned
#undef mica_mallocn_aligned_at
#undef mica_zalloc_aligned
#undef mica_zalloc_aligned_at
#undef mica_calloc_aligned
#undef mica_calloc_aligned_at
#undef mica_realloc_aligned
#undef mica_realloc_aligned_at
#undef mica_reallocn_aligned
#undef mica_reallocn_aligned_at
#undef mica_reallocf_aligned
#undef mica_reallocf_aligned_at
#undef mica_malloc_attr
#undef mica_aligned_attr
#undef mica_realloc_attr

static size_t product(size_t count, size_t size)
{
	size_t bytes;

	return mul_overflows(count, size, &bytes) ? SIZE_MAX : bytes;
}

/* ---- what is told ------------------------------------------------------------------ */

/* Return: @block. */
static void *tell_given(void *block, size_t size, size_t align)
{
	trace_tell(&(struct mica_trace_event){
		.kind = block ? MICA_TRACE_MALLOC : MICA_TRACE_FAILURE,
		.block = block, .size = size, .align = align,
	});
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
	trace_tell(&(struct mica_trace_event){
		MICA_TRACE_MOVE, block, old, size, align,
	});
}

/* @block came of resizing @old, which is not NULL; a move was told already. */
static void *tell_resized(void *block, void *old, size_t size, size_t align)
{
	if (!block || block == old)
		trace_tell(&(struct mica_trace_event){
			block ? MICA_TRACE_RESIZE : MICA_TRACE_FAILURE,
			block, old, size, align,
		});
	return block;
}

/* ---- malloc and free ---------------------------------------------------------------- */

void *mica_malloc(size_t size)
{
	return tell_given(mica_plain_malloc(size), size, 1);
}

void mica_free(void *p)
{
	if (p)
		tell_gone(p);
	mica_plain_free(p);
}

void *mica_zalloc(size_t size)
{
	return tell_given(mica_plain_zalloc(size), size, 1);
}

void *mica_calloc(size_t count, size_t size)
{
	return tell_given(mica_plain_calloc(count, size), product(count, size),
			  1);
}

void *mica_mallocn(size_t count, size_t size)
{
	return tell_given(mica_plain_mallocn(count, size),
			  product(count, size), 1);
}

/* ---- aligned ------------------------------------------------------------------------- */

void *mica_malloc_aligned_at(size_t size, size_t align, size_t offset)
{
	return tell_given(mica_plain_malloc_aligned_at(size, align, offset),
			  size, align);
}

void *mica_zalloc_aligned_at(size_t size, size_t align, size_t offset)
{
	return tell_given(mica_plain_zalloc_aligned_at(size, align, offset),
			  size, align);
}

void *mica_malloc_aligned(size_t size, size_t align)
{
	return mica_malloc_aligned_at(size, align, 0);
}

void *mica_mallocn_aligned_at(size_t count, size_t size, size_t align,
			      size_t offset)
{
	return mica_malloc_aligned_at(product(count, size), align, offset);
}

void *mica_mallocn_aligned(size_t count, size_t size, size_t align)
{
	return mica_mallocn_aligned_at(count, size, align, 0);
}

void *mica_zalloc_aligned(size_t size, size_t align)
{
	return mica_zalloc_aligned_at(size, align, 0);
}

void *mica_calloc_aligned_at(size_t count, size_t size, size_t align,
			     size_t offset)
{
	return mica_zalloc_aligned_at(product(count, size), align, offset);
}

void *mica_calloc_aligned(size_t count, size_t size, size_t align)
{
	return mica_calloc_aligned_at(count, size, align, 0);
}

void *mica_aligned_attr(size_t size, size_t align, uint32_t require,
			uint32_t prefer)
{
	return tell_given(mica_plain_aligned_attr(size, align, require, prefer),
			  size, align);
}

void *mica_malloc_attr(size_t size, uint32_t require, uint32_t prefer)
{
	return mica_aligned_attr(size, 1, require, prefer);
}

/* ---- resized ------------------------------------------------------------------------- */

void *mica_realloc(void *p, size_t size)
{
	if (!p)
		return mica_malloc(size);
	return tell_resized(mica_plain_realloc(p, size), p, size, 1);
}

void *mica_expand(void *p, size_t size)
{
	if (!p)
		return NULL;
	return tell_resized(mica_plain_expand(p, size), p, size, 1);
}

void *mica_reallocn(void *p, size_t count, size_t size)
{
	return mica_realloc(p, product(count, size));
}

void *mica_reallocf(void *p, size_t size)
{
	void *block = mica_realloc(p, size);

	if (!block)
		mica_free(p);
	return block;
}

void *mica_realloc_aligned_at(void *p, size_t size, size_t align, size_t offset)
{
	if (!p)
		return mica_malloc_aligned_at(size, align, offset);
	return tell_resized(mica_plain_realloc_aligned_at(p, size, align, offset),
			    p, size, align);
}

void *mica_realloc_aligned(void *p, size_t size, size_t align)
{
	return mica_realloc_aligned_at(p, size, align, 0);
}

void *mica_reallocn_aligned_at(void *p, size_t count, size_t size, size_t align,
			       size_t offset)
{
	return mica_realloc_aligned_at(p, product(count, size), align, offset);
}

void *mica_reallocn_aligned(void *p, size_t count, size_t size, size_t align)
{
	return mica_reallocn_aligned_at(p, count, size, align, 0);
}

void *mica_reallocf_aligned_at(void *p, size_t size, size_t align,
			       size_t offset)
{
	void *block = mica_realloc_aligned_at(p, size, align, offset);

	if (!block)
		mica_free(p);
	return block;
}

void *mica_reallocf_aligned(void *p, size_t size, size_t align)
{
	return mica_reallocf_aligned_at(p, size, align, 0);
}

void *mica_realloc_attr(void *p, size_t size, size_t align, uint32_t require)
{
	if (!p)
		return mica_aligned_attr(size, align, require, 0);
	return tell_resized(mica_plain_realloc_attr(p, size, align, require),
			    p, size, align);
}

#endif
