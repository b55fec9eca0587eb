// SPDX-License-Identifier: MIT
/*
 * What the core asks of C, for modules without a libc: one instruction each, of
 * those for bulk memory, which every engine has had for years.
 */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);

__attribute__((weak)) void *memcpy(void *restrict to, const void *restrict from,
				   size_t n)
{
	return __builtin_memcpy(to, from, n);
}

__attribute__((weak)) void *memmove(void *to, const void *from, size_t n)
{
	return __builtin_memmove(to, from, n);
}

__attribute__((weak)) void *memset(void *to, int c, size_t n)
{
	return __builtin_memset(to, c, n);
}
