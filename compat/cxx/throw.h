/* SPDX-License-Identifier: MIT */
/* Where operator new goes on when there is no memory; not part of the API. */
#ifndef MICA_COMPAT_THROW_H
#define MICA_COMPAT_THROW_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MICA_HIDDEN __attribute__((visibility("hidden"), cold, noinline))

/* Call new_handlers until there is memory; without one throw bad_alloc. */
MICA_HIDDEN void *mica_new_failed(size_t size, size_t align);

/* The same, but NULL instead of any exception. */
MICA_HIDDEN void *mica_new_failed_nothrow(size_t size, size_t align);

#ifdef __cplusplus
}
#endif
#endif
