/* SPDX-License-Identifier: MIT */
/* What libc, BSD and Windows call these functions, with mi_ in front. */
#include <errno.h>
/* Of <stdlib.h>, whose declarations of malloc do not go with mica's own. */
char *realpath(const char *path, char *resolved);
char *getenv(const char *name);

#include <unistd.h>
#include "heaps.h"

char *mi_strdup(const char *s)
{
	return mi_heap_strdup(mi_from_heap(mica_heap_current()), s);
}

char *mi_strndup(const char *s, size_t n)
{
	return mi_heap_strndup(mi_from_heap(mica_heap_current()), s, n);
}

char *mi_realpath(const char *path, char *resolved)
{
	return realpath(path, resolved);
}

void mi_cfree(void *p)
{
	if (mica_owns(p))
		mica_free(p);
}

void *mi__expand(void *p, size_t size)
{
	void *same = mica_expand(p, size);

	if (!same)
		errno = ENOMEM;
	return same;
}

size_t mi_malloc_size(const void *p)
{
	return mica_usable_size(p);
}

size_t mi_malloc_good_size(size_t size)
{
	return mica_good_size(size);
}

size_t mi_malloc_usable_size(const void *p)
{
	return mica_usable_size(p);
}

static bool power_of_two(size_t x)
{
	return x && (x & (x - 1)) == 0;
}

int mi_posix_memalign(void **p, size_t align, size_t size)
{
	void *block;

	if (!p || align % sizeof(void *) || !power_of_two(align))
		return EINVAL;
	block = mica_malloc_aligned(size, align);
	if (!block)
		return ENOMEM;
	*p = block;
	return 0;
}

int mi__posix_memalign(void **p, size_t align, size_t size)
{
	return mi_posix_memalign(p, align, size);
}

void *mi_memalign(size_t align, size_t size)
{
	return mica_malloc_aligned(size, align);
}

void *mi_valloc(size_t size)
{
	return mica_malloc_aligned(size, (size_t)sysconf(_SC_PAGESIZE));
}

void *mi_pvalloc(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (size > PTRDIFF_MAX - page)
		return NULL;
	return mica_malloc_aligned((size + page - 1) & ~(page - 1), page);
}

void *mi_aligned_alloc(size_t align, size_t size)
{
	return mica_malloc_aligned(size, align);
}

void *mi_reallocarray(void *p, size_t count, size_t size)
{
	void *block = mi_reallocn(p, count, size);

	if (!block)
		errno = ENOMEM;
	return block;
}

/* @p is the address of the pointer, which changes only if all is well. */
int mi_reallocarr(void *p, size_t count, size_t size)
{
	void *block;

	if (!p)
		return EINVAL;
	__builtin_memcpy(&block, p, sizeof(block));
	block = mi_reallocarray(block, count, size);
	if (!block)
		return ENOMEM;
	__builtin_memcpy(p, &block, sizeof(block));
	return 0;
}

void *mi_aligned_recalloc(void *p, size_t count, size_t size, size_t align)
{
	return mi_recalloc_aligned(p, count, size, align);
}

void *mi_aligned_offset_recalloc(void *p, size_t count, size_t size,
				 size_t align, size_t offset)
{
	return mi_recalloc_aligned_at(p, count, size, align, offset);
}

void mi_free_size(void *p, size_t size)
{
	(void)size;
	mica_free(p);
}

void mi_free_size_aligned(void *p, size_t size, size_t align)
{
	(void)size;
	(void)align;
	mica_free(p);
}

void mi_free_aligned(void *p, size_t align)
{
	(void)align;
	mica_free(p);
}

int mi_dupenv_s(char **buf, size_t *size, const char *name)
{
	const char *value;

	if (!buf || !name)
		return EINVAL;
	if (size)
		*size = 0;
	*buf = NULL;
	value = getenv(name);
	if (!value)
		return 0;
	*buf = mi_strdup(value);
	if (!*buf)
		return ENOMEM;
	if (size)
		*size = __builtin_strlen(value) + 1;
	return 0;
}

/* An environment of wide characters is Windows' alone. */
int mi_wdupenv_s(wchar_t **buf, size_t *size, const wchar_t *name)
{
	if (buf)
		*buf = NULL;
	if (size)
		*size = 0;
	(void)name;
	return EINVAL;
}

wchar_t *mi_wcsdup(const wchar_t *s)
{
	size_t len = 0;
	wchar_t *copy;

	if (!s)
		return NULL;
	while (s[len])
		len++;
	copy = mica_mallocn(len + 1, sizeof(*s));
	if (copy)
		__builtin_memcpy(copy, s, (len + 1) * sizeof(*s));
	return copy;
}

unsigned char *mi_mbsdup(const unsigned char *s)
{
	return (unsigned char *)mi_strdup((const char *)s);
}
