/* SPDX-License-Identifier: MIT */
/* Names that a libc has, but that its headers hide or do not declare. */
#ifndef TESTS_COMPAT_LIBC_H
#define TESTS_COMPAT_LIBC_H

#include <errno.h>
#include <stddef.h>

int asprintf(char **text, const char *format, ...);
char *strdup(const char *s);
void *reallocf(void *p, size_t size);
void *reallocarray(void *p, size_t count, size_t size);
void *valloc(size_t size);
void *pvalloc(size_t size);
int posix_memalign(void **p, size_t align, size_t size);

#endif
