/* SPDX-License-Identifier: MIT */
/*
 * mimalloc's names of C++'s new. A file of its own, as it needs the C++ runtime
 * and a C program does not; compiled with unwind tables, as it may throw.
 */
#include "../cxx/throw.h"
#include "heaps.h"

void *mi_new(size_t size)
{
	void *p = mica_malloc(size);

	return p ? p : mica_new_failed(size, 1);
}

void *mi_new_aligned(size_t size, size_t align)
{
	void *p = mica_malloc_aligned(size, align);

	return p ? p : mica_new_failed(size, align);
}

void *mi_new_nothrow(size_t size)
{
	void *p = mica_malloc(size);

	return p ? p : mica_new_failed_nothrow(size, 1);
}

void *mi_new_aligned_nothrow(size_t size, size_t align)
{
	void *p = mica_malloc_aligned(size, align);

	return p ? p : mica_new_failed_nothrow(size, align);
}

/* What does not fit is a size that no block has. */
static size_t new_bytes(size_t count, size_t size)
{
	size_t total;

	return mi_product(count, size, &total) ? total : SIZE_MAX;
}

void *mi_new_n(size_t count, size_t size)
{
	return mi_new(new_bytes(count, size));
}

void *mi_new_realloc(void *p, size_t size)
{
	size_t before = mica_usable_size(p);
	void *q = mica_realloc(p, size);

	if (q)
		return q;
	q = mica_new_failed(size, 1);
	__builtin_memcpy(q, p, before < size ? before : size);
	mica_free(p);
	return q;
}

void *mi_new_reallocn(void *p, size_t count, size_t size)
{
	return mi_new_realloc(p, new_bytes(count, size));
}

/* Another try, after a new_handler, is the current heap's. */
void *mi_heap_alloc_new(mi_heap_t *heap, size_t size)
{
	void *p = mi_heap_malloc(heap, size);

	return p ? p : mica_new_failed(size, 1);
}

void *mi_heap_alloc_new_n(mi_heap_t *heap, size_t count, size_t size)
{
	return mi_heap_alloc_new(heap, new_bytes(count, size));
}
