/* SPDX-License-Identifier: MIT */
/*
 * Aligned allocation under libc's names. They differ in what they say of a
 * bad alignment, and only in that:
 *
 *	posix_memalign	returns EINVAL, leaves errno and the result alone
 *	aligned_alloc	NULL and EINVAL
 *	memalign	rounds up to a power of two, as glibc does; EINVAL when
 *			there is none
 */
#include <errno.h>
#include <unistd.h>
#include "names.h"

void *__libc_memalign(size_t align, size_t size) MICA_SAME(memalign);
void *__libc_valloc(size_t size) MICA_SAME(valloc);
void *__libc_pvalloc(size_t size) MICA_SAME(pvalloc);

#define ALIGN_MAX (SIZE_MAX / 2 + 1)

static bool align_is_power(size_t align)
{
	return align != 0 && (align & (align - 1)) == 0;
}

static size_t align_page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

void *aligned_alloc(size_t align, size_t size)
{
	if (!align_is_power(align)) {
		errno = EINVAL;
		return NULL;
	}
	return mica_malloc_aligned(size, align);
}

void *memalign(size_t align, size_t size)
{
	size_t power = MICA_GRANULE;

	if (align > ALIGN_MAX) {
		errno = EINVAL;
		return NULL;
	}
	while (power < align)
		power <<= 1;
	return mica_malloc_aligned(size, power);
}

int posix_memalign(void **p, size_t align, size_t size)
{
	int saved = errno;
	void *block;

	if (!align_is_power(align) || align % sizeof(void *) != 0)
		return EINVAL;
	block = mica_malloc_aligned(size, align);
	errno = saved;
	if (!block)
		return ENOMEM;
	*p = block;
	return 0;
}

void *valloc(size_t size)
{
	return mica_malloc_aligned(size, align_page());
}

/* Whole pages; a size that cannot be rounded up stays impossible. */
void *pvalloc(size_t size)
{
	size_t page = align_page();
	size_t rounded;

	if (__builtin_add_overflow(size, page - 1, &rounded))
		rounded = size;
	else
		rounded &= ~(page - 1);
	return mica_malloc_aligned(rounded, page);
}
