/* SPDX-License-Identifier: MIT */
/*
 * Plain: malloc and its kin, not told of.
 *
 * In a build with MICA_TRACE the core's own functions are called mica_plain_*,
 * by these macros, and wrap.c defines the public names around them: so what one
 * of them calls of the others is no event, and a build without has nothing of
 * it, not even a call that does nothing.
 *
 * A function that only asks another for its block needs no plain one: it calls
 * the public one, whose name in parentheses is not the macro's.
 */
#ifndef MICA_CORE_PLAIN_H
#define MICA_CORE_PLAIN_H

#include <mica/config.h>
#include "compiler.h"

struct mica_heap;

#if MICA_TRACE

#define mica_malloc(...) mica_plain_malloc(__VA_ARGS__)
#define mica_free(...) mica_plain_free(__VA_ARGS__)
#define mica_zalloc(...) mica_plain_zalloc(__VA_ARGS__)
#define mica_realloc(...) mica_plain_realloc(__VA_ARGS__)
#define mica_expand(...) mica_plain_expand(__VA_ARGS__)
#define mica_malloc_aligned_at(...) mica_plain_malloc_aligned_at(__VA_ARGS__)
#define mica_zalloc_aligned_at(...) mica_plain_zalloc_aligned_at(__VA_ARGS__)
#define mica_realloc_aligned_at(...) mica_plain_realloc_aligned_at(__VA_ARGS__)
#define mica_aligned_attr(...) mica_plain_aligned_attr(__VA_ARGS__)
#define mica_realloc_attr(...) mica_plain_realloc_attr(__VA_ARGS__)

void *mica_plain_malloc(size_t size) __internal;
void mica_plain_free(void *p) __internal;
void *mica_plain_zalloc(size_t size) __internal;
void *mica_plain_realloc(void *p, size_t size) __internal;
void *mica_plain_expand(void *p, size_t size) __internal;
void *mica_plain_malloc_aligned_at(size_t size, size_t align,
				   size_t offset) __internal;
void *mica_plain_zalloc_aligned_at(size_t size, size_t align,
				   size_t offset) __internal;
void *mica_plain_realloc_aligned_at(void *p, size_t size, size_t align,
				    size_t offset) __internal;
void *mica_plain_aligned_attr(size_t size, size_t align, uint32_t require,
			      uint32_t prefer) __internal;
void *mica_plain_realloc_attr(void *p, size_t size, size_t align,
			      uint32_t require) __internal;

/*
 * @block holds @old's content, for @size bytes aligned to @align; @old goes
 * next.
 */
void plain_moved(void *old, void *block, size_t size, size_t align) __internal;

/* A heap or part that is none got no block, of @size aligned to @align. */
void plain_refused(void *old, size_t size, size_t align) __internal;

/* All blocks of @heap go next. */
void plain_destroyed(struct mica_heap *heap) __internal;

/* They are the main heap's now. */
void plain_deleted(struct mica_heap *heap) __internal;

#else

static __always_inline void plain_moved(void *old, void *block, size_t size,
					size_t align)
{
	(void)old, (void)block, (void)size, (void)align;
}

static __always_inline void plain_refused(void *old, size_t size, size_t align)
{
	(void)old, (void)size, (void)align;
}

static __always_inline void plain_destroyed(struct mica_heap *heap)
{
	(void)heap;
}

static __always_inline void plain_deleted(struct mica_heap *heap)
{
	(void)heap;
}

#endif

#endif
