/* SPDX-License-Identifier: MIT */
/* mimalloc's malloc and its kin, that name no heap. */
#include "heaps.h"

void *mi_malloc(size_t size)
{
	return mica_malloc(size);
}

void *mi_zalloc(size_t size)
{
	return mi_zero_end(mica_zalloc(size), size);
}

void *mi_calloc(size_t count, size_t size)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_zalloc(total);
}

void *mi_mallocn(size_t count, size_t size)
{
	size_t total;

	return mi_product(count, size, &total) ? mica_malloc(total) : NULL;
}

void *mi_realloc(void *p, size_t size)
{
	return mica_realloc(p, size);
}

void *mi_reallocn(void *p, size_t count, size_t size)
{
	size_t total;

	return mi_product(count, size, &total) ? mica_realloc(p, total) : NULL;
}

void *mi_reallocf(void *p, size_t size)
{
	return mica_reallocf(p, size);
}

void *mi_malloc_aligned(size_t size, size_t align)
{
	return mica_malloc_aligned(size, align);
}

void *mi_malloc_aligned_at(size_t size, size_t align, size_t offset)
{
	return mica_malloc_aligned_at(size, align, offset);
}

void *mi_zalloc_aligned(size_t size, size_t align)
{
	return mi_zero_end(mica_zalloc_aligned(size, align), size);
}

void *mi_zalloc_aligned_at(size_t size, size_t align, size_t offset)
{
	return mi_zero_end(mica_zalloc_aligned_at(size, align, offset), size);
}

void *mi_calloc_aligned(size_t count, size_t size, size_t align)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_zalloc_aligned(total, align);
}

void *mi_calloc_aligned_at(size_t count, size_t size, size_t align, size_t offset)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_zalloc_aligned_at(total, align, offset);
}

void *mi_realloc_aligned(void *p, size_t size, size_t align)
{
	return mica_realloc_aligned(p, size, align);
}

void *mi_realloc_aligned_at(void *p, size_t size, size_t align, size_t offset)
{
	return mica_realloc_aligned_at(p, size, align, offset);
}

void *mi_rezalloc(void *p, size_t size)
{
	size_t before = mica_usable_size(p);

	return mi_zero_grown(mica_realloc(p, size), before, size);
}

void *mi_recalloc(void *p, size_t count, size_t size)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_rezalloc(p, total);
}

void *mi_rezalloc_aligned(void *p, size_t size, size_t align)
{
	size_t before = mica_usable_size(p);

	return mi_zero_grown(mica_realloc_aligned(p, size, align), before, size);
}

void *mi_recalloc_aligned(void *p, size_t count, size_t size, size_t align)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_rezalloc_aligned(p, total, align);
}

void *mi_rezalloc_aligned_at(void *p, size_t size, size_t align, size_t offset)
{
	size_t before = mica_usable_size(p);

	return mi_zero_grown(mica_realloc_aligned_at(p, size, align, offset), before, size);
}

void *mi_recalloc_aligned_at(void *p, size_t count, size_t size, size_t align, size_t offset)
{
	size_t total;

	if (!mi_product(count, size, &total))
		return NULL;
	return mi_rezalloc_aligned_at(p, total, align, offset);
}

void *mi_expand(void *p, size_t size)
{
	return mica_expand(p, size);
}

void mi_free(void *p)
{
	mica_free(p);
}

void mi_free_small(void *p)
{
	mica_free(p);
}

void *mi_malloc_small(size_t size)
{
	return mica_malloc(size);
}

void *mi_zalloc_small(size_t size)
{
	return mi_zalloc(size);
}

size_t mi_usable_size(const void *p)
{
	return mica_usable_size(p);
}

size_t mi_good_size(size_t size)
{
	return mica_good_size(size);
}

/* What a block holds, where the caller asks. */
static void *mi_told(void *p, size_t *block_size)
{
	if (p && block_size)
		*block_size = mica_usable_size(p);
	return p;
}

void *mi_umalloc(size_t size, size_t *block_size)
{
	return mi_told(mica_malloc(size), block_size);
}

void *mi_uzalloc(size_t size, size_t *block_size)
{
	return mi_told(mi_zalloc(size), block_size);
}

void *mi_ucalloc(size_t count, size_t size, size_t *block_size)
{
	return mi_told(mi_calloc(count, size), block_size);
}

void *mi_urealloc(void *p, size_t size, size_t *before, size_t *after)
{
	if (before)
		*before = mica_usable_size(p);
	return mi_told(mica_realloc(p, size), after);
}

void mi_ufree(void *p, size_t *block_size)
{
	if (block_size)
		*block_size = mica_usable_size(p);
	mica_free(p);
}

void *mi_umalloc_aligned(size_t size, size_t align, size_t *block_size)
{
	return mi_told(mica_malloc_aligned(size, align), block_size);
}

void *mi_uzalloc_aligned(size_t size, size_t align, size_t *block_size)
{
	return mi_told(mi_zalloc_aligned(size, align), block_size);
}

void *mi_umalloc_small(size_t size, size_t *block_size)
{
	return mi_umalloc(size, block_size);
}

void *mi_uzalloc_small(size_t size, size_t *block_size)
{
	return mi_uzalloc(size, block_size);
}
