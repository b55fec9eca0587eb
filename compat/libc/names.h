/* SPDX-License-Identifier: MIT */
/*
 * The libc's names for allocation, declared without its headers: those give
 * them attributes (nothrow, leaf) that differ from libc to libc.
 */
#ifndef MICA_COMPAT_NAMES_H
#define MICA_COMPAT_NAMES_H

#include <mica/mica.h>

/*
 * A libc name that is the same function as a mica_ one: one address, no jump.
 * Both must be in one translation unit.
 */
#define MICA_SAME(function) __attribute__((alias(#function)))

MICA_API MICA_MALLOC_LIKE void *malloc(size_t size);
MICA_API MICA_MALLOC_LIKE void *calloc(size_t count, size_t size);
MICA_API void *realloc(void *p, size_t size);
MICA_API void *reallocarray(void *p, size_t count, size_t size);
MICA_API void free(void *p);
MICA_API void cfree(void *p);

MICA_API MICA_MALLOC_LIKE void *aligned_alloc(size_t align, size_t size);
MICA_API MICA_MALLOC_LIKE void *memalign(size_t align, size_t size);
MICA_API MICA_MALLOC_LIKE void *valloc(size_t size);
MICA_API MICA_MALLOC_LIKE void *pvalloc(size_t size);
MICA_API int posix_memalign(void **p, size_t align, size_t size);

MICA_API MICA_MALLOC_LIKE void *__libc_malloc(size_t size);
MICA_API MICA_MALLOC_LIKE void *__libc_calloc(size_t count, size_t size);
MICA_API void *__libc_realloc(void *p, size_t size);
MICA_API void __libc_free(void *p);
MICA_API MICA_MALLOC_LIKE void *__libc_memalign(size_t align, size_t size);
MICA_API MICA_MALLOC_LIKE void *__libc_valloc(size_t size);
MICA_API MICA_MALLOC_LIKE void *__libc_pvalloc(size_t size);

MICA_API size_t malloc_usable_size(void *p);
MICA_API int malloc_trim(size_t pad);

MICA_API char *strdup(const char *s);
MICA_API char *strndup(const char *s, size_t max);
MICA_API char *__strdup(const char *s);
MICA_API char *__strndup(const char *s, size_t max);
MICA_API char *realpath(const char *path, char *resolved);

#endif
