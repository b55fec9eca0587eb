/* SPDX-License-Identifier: MIT */
/* What the kernel's macros and hooks were told. */
#ifndef TESTS_FREERTOS_SEEN_H
#define TESTS_FREERTOS_SEEN_H

#include <stddef.h>

extern struct seen {
	void *malloced, *freed;
	size_t malloc_size, free_size;
	unsigned int failures, asserts;
} seen;

#endif
