/* SPDX-License-Identifier: MIT */
/* mimalloc's malloc and its kin in a heap, or a thread's part of one. */
/* Of <stdlib.h>, whose declarations of malloc do not go with mica's own. */
char *realpath(const char *path, char *resolved);

#include "heaps.h"

void *mi_heap_malloc(mi_heap_t *heap, size_t size)
{
	return mica_heap_malloc(mi_to_heap(heap), size);
}

void *mi_heap_zalloc(mi_heap_t *heap, size_t size)
{
	return mi_zero_end(mica_heap_zalloc(mi_to_heap(heap), size), size);
}

void *mi_heap_calloc(mi_heap_t *heap, size_t count, size_t size)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_heap_zalloc(heap, total);
}

void *mi_heap_mallocn(mi_heap_t *heap, size_t count, size_t size)
{
	size_t total;

	return mi_product(count, size, &total) ? mi_heap_malloc(heap, total) : NULL;
}

void *mi_heap_realloc(mi_heap_t *heap, void *p, size_t size)
{
	return mica_heap_realloc(mi_to_heap(heap), p, size);
}

void *mi_heap_reallocn(mi_heap_t *heap, void *p, size_t count, size_t size)
{
	size_t total;

	return mi_product(count, size, &total) ? mi_heap_realloc(heap, p, total) : NULL;
}

void *mi_heap_reallocf(mi_heap_t *heap, void *p, size_t size)
{
	return mica_heap_reallocf(mi_to_heap(heap), p, size);
}

void *mi_heap_malloc_aligned(mi_heap_t *heap, size_t size, size_t align)
{
	return mica_heap_malloc_aligned(mi_to_heap(heap), size, align);
}

void *mi_heap_malloc_aligned_at(mi_heap_t *heap, size_t size, size_t align, size_t offset)
{
	return mica_heap_malloc_aligned_at(mi_to_heap(heap), size, align, offset);
}

void *mi_heap_zalloc_aligned(mi_heap_t *heap, size_t size, size_t align)
{
	return mi_zero_end(mica_heap_zalloc_aligned(mi_to_heap(heap), size, align), size);
}

void *mi_heap_zalloc_aligned_at(mi_heap_t *heap, size_t size, size_t align, size_t offset)
{
	return mi_zero_end(mica_heap_zalloc_aligned_at(mi_to_heap(heap), size, align, offset), size);
}

void *mi_heap_calloc_aligned(mi_heap_t *heap, size_t count, size_t size, size_t align)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_heap_zalloc_aligned(heap, total, align);
}

void *mi_heap_calloc_aligned_at(mi_heap_t *heap, size_t count, size_t size, size_t align, size_t offset)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_heap_zalloc_aligned_at(heap, total, align, offset);
}

void *mi_heap_realloc_aligned(mi_heap_t *heap, void *p, size_t size, size_t align)
{
	return mica_heap_realloc_aligned(mi_to_heap(heap), p, size, align);
}

void *mi_heap_realloc_aligned_at(mi_heap_t *heap, void *p, size_t size, size_t align, size_t offset)
{
	return mica_heap_realloc_aligned_at(mi_to_heap(heap), p, size, align, offset);
}

void *mi_heap_rezalloc(mi_heap_t *heap, void *p, size_t size)
{
	size_t before = mica_usable_size(p);

	return mi_zero_grown(mica_heap_realloc(mi_to_heap(heap), p, size), before, size);
}

void *mi_heap_recalloc(mi_heap_t *heap, void *p, size_t count, size_t size)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_heap_rezalloc(heap, p, total);
}

void *mi_heap_rezalloc_aligned(mi_heap_t *heap, void *p, size_t size, size_t align)
{
	size_t before = mica_usable_size(p);

	return mi_zero_grown(mica_heap_realloc_aligned(mi_to_heap(heap), p, size, align), before, size);
}

void *mi_heap_recalloc_aligned(mi_heap_t *heap, void *p, size_t count, size_t size, size_t align)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_heap_rezalloc_aligned(heap, p, total, align);
}

void *mi_heap_rezalloc_aligned_at(mi_heap_t *heap, void *p, size_t size, size_t align, size_t offset)
{
	size_t before = mica_usable_size(p);

	return mi_zero_grown(mica_heap_realloc_aligned_at(mi_to_heap(heap), p, size, align, offset), before, size);
}

void *mi_heap_recalloc_aligned_at(mi_heap_t *heap, void *p, size_t count, size_t size, size_t align, size_t offset)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_heap_rezalloc_aligned_at(heap, p, total, align, offset);
}

void *mi_heap_malloc_small(mi_heap_t *heap, size_t size)
{
	return mi_heap_malloc(heap, size);
}

void *mi_heap_zalloc_small(mi_heap_t *heap, size_t size)
{
	return mi_heap_zalloc(heap, size);
}

char *mi_heap_strndup(mi_heap_t *heap, const char *s, size_t n)
{
	size_t len = 0;
	char *copy;

	if (!s)
		return NULL;
	while (len < n && s[len])
		len++;
	copy = mi_heap_malloc(heap, len + 1);
	if (!copy)
		return NULL;
	__builtin_memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *mi_heap_strdup(mi_heap_t *heap, const char *s)
{
	return mi_heap_strndup(heap, s, PTRDIFF_MAX);
}

char *mi_heap_realpath(mi_heap_t *heap, const char *path, char *resolved)
{
	char *found, *copy;

	if (resolved)
		return realpath(path, resolved);
	found = realpath(path, NULL);
	if (!found)
		return NULL;
	copy = mi_heap_strdup(heap, found);
	mica_free(found);
	return copy;
}

void *mi_theap_malloc(mi_theap_t *theap, size_t size)
{
	return mica_part_malloc(mi_to_part(theap), size);
}

void *mi_theap_zalloc(mi_theap_t *theap, size_t size)
{
	return mi_zero_end(mica_part_zalloc(mi_to_part(theap), size), size);
}

void *mi_theap_calloc(mi_theap_t *theap, size_t count, size_t size)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_theap_zalloc(theap, total);
}

void *mi_theap_malloc_aligned(mi_theap_t *theap, size_t size, size_t align)
{
	return mica_part_malloc_aligned(mi_to_part(theap), size, align);
}

void *mi_theap_realloc(mi_theap_t *theap, void *p, size_t size)
{
	return mica_part_realloc(mi_to_part(theap), p, size);
}

void *mi_theap_malloc_small(mi_theap_t *theap, size_t size)
{
	return mi_theap_malloc(theap, size);
}

void *mi_theap_zalloc_small(mi_theap_t *theap, size_t size)
{
	return mi_theap_zalloc(theap, size);
}
