/* SPDX-License-Identifier: MIT */
/*
 * Aligned allocation under libc's names. They differ in what they say of a
 * bad alignment, and only in that:
 *
 *	posix_memalign	returns EINVAL, leaves errno and the result alone
 *	aligned_alloc	NULL and EINVAL
 *	memalign	rounds up to a power of two; EINVAL when there is none
 */
#include <stdlib.h>
#include "names.h"

/* Not every libc declares these. */
void *memalign(size_t align, size_t size);
void *valloc(size_t size);
void *pvalloc(size_t size);
int posix_memalign(void **p, size_t align, size_t size);

static bool align_is_power(size_t align)
{
	return align && !(align & (align - 1));
}

void *aligned_alloc(size_t align, size_t size)
{
	if (!align_is_power(align)) {
		errno = EINVAL;
		return NULL;
	}
	return block_memalign(align, size, &errno);
}

void *memalign(size_t align, size_t size)
{
	return block_memalign(align, size, &errno);
}

int posix_memalign(void **p, size_t align, size_t size)
{
	void *block;

	if (!align_is_power(align) || align % sizeof(void *))
		return EINVAL;
	block = mica_malloc_aligned(size, align);
	if (!block)
		return ENOMEM;
	*p = block;
	return 0;
}

void *valloc(size_t size)
{
	return block_memalign(ALIGN_PAGE, size, &errno);
}

void *pvalloc(size_t size)
{
	return block_pages(size, &errno);
}
