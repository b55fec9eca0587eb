/* SPDX-License-Identifier: MIT */
/*
 * mimalloc's heaps are mica's, its theaps mica's parts of heaps: the same
 * pointers under other names.
 */
#ifndef MICA_COMPAT_MIMALLOC_HEAPS_H
#define MICA_COMPAT_MIMALLOC_HEAPS_H

#include <mica/mica.h>
#include <mica/option.h>
#include "mimalloc.h"


static inline struct mica_heap *mi_to_heap(const mi_heap_t *heap)
{
	return (struct mica_heap *)(uintptr_t)heap;
}

static inline mi_heap_t *mi_from_heap(struct mica_heap *heap)
{
	return (mi_heap_t *)heap;
}

static inline struct mica_part *mi_to_part(mi_theap_t *theap)
{
	return (struct mica_part *)theap;
}

/* The main heap of the sub-process that @heap, or the calling thread, is in. */
struct mica_heap *mi_root(const struct mica_heap *heap) __attribute__((visibility("hidden")));
struct mica_heap *mi_root_current(void) __attribute__((visibility("hidden")));
/* That of @subproc; NULL, it is none. */
struct mica_heap *mi_subproc_heap(mi_subproc_id_t subproc) __attribute__((visibility("hidden")));

/* Tell the hook of errors that a count times a size does not fit. */
void mi_product_failed(void) __attribute__((visibility("hidden")));

/* A block is zero to its end, so that what it grows into later is as well. */
static inline void *mi_zero_end(void *p, size_t size)
{
	if (p)
		__builtin_memset((char *)p + size, 0, mica_usable_size(p) - size);
	return p;
}

/* After a realloc of a block that was zero behind what was asked for. */
static inline void *mi_zero_grown(void *p, size_t before, size_t size)
{
	size_t from = size < before ? size : before;

	return p ? mi_zero_end(p, from) : NULL;
}

/* Does @count * @size fit? */
static inline bool mi_product(size_t count, size_t size, size_t *total)
{
	if (!__builtin_mul_overflow(count, size, total))
		return true;
	mi_product_failed();
	return false;
}

#endif
