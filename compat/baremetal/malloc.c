/* SPDX-License-Identifier: MIT */
/*
 * The malloc family under libc's names.
 *
 * A failure sets errno; success leaves it alone, and so does free(). The
 * guard makes them safe between tasks and interrupt handlers, except for
 * errno, which is the libc's: a handler that allocates may change the
 * interrupted program's.
 */
#include <stdlib.h>
#include "names.h"

void cfree(void *p);
void *reallocf(void *p, size_t size);
void *reallocarray(void *p, size_t count, size_t size);

void *malloc(size_t size)
{
	return block_or_enomem(mica_malloc(size), &errno);
}

void *calloc(size_t count, size_t size)
{
	return block_or_enomem(mica_calloc(count, size), &errno);
}

void *realloc(void *p, size_t size)
{
	return block_resize(p, size, &errno);
}

/* BSD's: @p is freed when it cannot be resized. */
void *reallocf(void *p, size_t size)
{
	void *block = block_resize(p, size, &errno);

	if (!block && size)
		mica_free(p);
	return block;
}

void *reallocarray(void *p, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return block_resize(p, bytes, &errno);
}

void free(void *p)
{
	mica_free(p);
}

void cfree(void *p)
{
	mica_free(p);
}
