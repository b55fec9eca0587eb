/* SPDX-License-Identifier: MIT */
/*
 * The malloc family under libc's names.
 *
 * What libc and mica agree on is an alias. The rest are thin wrappers that
 * differ only in what libc says about zero sizes. errno becomes ENOMEM by
 * mica's failure hook, so no success pays for it; mica_free() and what it
 * calls make no libc call, so free() keeps errno as POSIX 2024 wants it.
 */
#include <errno.h>
#include "names.h"

void *malloc(size_t size) MICA_SAME(mica_malloc);
void *calloc(size_t count, size_t size) MICA_SAME(mica_calloc);
void free(void *p) MICA_SAME(mica_free);
void cfree(void *p) MICA_SAME(mica_free);

void *__libc_malloc(size_t size) MICA_SAME(mica_malloc);
void *__libc_calloc(size_t count, size_t size) MICA_SAME(mica_calloc);
void *__libc_realloc(void *p, size_t size) MICA_SAME(realloc);
void __libc_free(void *p) MICA_SAME(mica_free);

static void failure_sets_errno(void)
{
	errno = ENOMEM;
}

/* Before any constructor that could care what errno says. */
__attribute__((constructor(101))) static void failure_begin(void)
{
	mica_on_failure(failure_sets_errno);
}

/**
 * realloc() - as C has it; a size of 0 frees @p, as in glibc
 * @p: a live block, or NULL
 * @size: new size in bytes
 *
 * Return: the block; NULL on failure (errno is ENOMEM, @p still live), and
 * NULL when @p was freed.
 */
void *realloc(void *p, size_t size)
{
	if (__builtin_expect(p != NULL && size == 0, 0)) {
		mica_free(p);
		return NULL;
	}
	return mica_realloc(p, size);
}

/**
 * reallocarray() - realloc() of @count * @size bytes that notices overflow
 * @p: a live block, or NULL
 * @count: new number of elements
 * @size: bytes of one
 *
 * Return: as realloc().
 */
void *reallocarray(void *p, size_t count, size_t size)
{
	if (__builtin_expect(p != NULL && (count == 0 || size == 0), 0)) {
		mica_free(p);
		return NULL;
	}
	return mica_reallocn(p, count, size);
}
