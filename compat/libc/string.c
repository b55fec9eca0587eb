/* SPDX-License-Identifier: MIT */
/*
 * strdup() and strndup(): so that the copy is mica's also in a program whose
 * libc would call an allocator of its own.
 */
#include "names.h"

char *__strdup(const char *s) MICA_SAME(strdup);
char *__strndup(const char *s, size_t max) MICA_SAME(strndup);

static char *string_copy(const char *s, size_t len)
{
	char *copy = mica_malloc(len + 1);

	if (!copy)
		return NULL;
	__builtin_memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *strdup(const char *s)
{
	return string_copy(s, __builtin_strlen(s));
}

char *strndup(const char *s, size_t max)
{
	const char *nul = __builtin_memchr(s, '\0', max);

	return string_copy(s, nul ? (size_t)(nul - s) : max);
}
