/* SPDX-License-Identifier: MIT */
/* What the programs here count and look at. */
#ifndef TESTS_COMPAT_MIMALLOC_TAP_H
#define TESTS_COMPAT_MIMALLOC_TAP_H

#include <stdio.h>
#include <string.h>
#include <mimalloc.h>
#include <mica/mica.h>

static int count, failed;

static void result(int good, const char *what)
{
	failed += !good;
	printf("%s %d - mimalloc: %s\n", good ? "ok" : "not ok", ++count, what);
}

#define OK(x) result(!!(x), #x)

static inline int all(const void *p, int byte, size_t from, size_t to)
{
	const unsigned char *c = p;

	for (size_t i = from; i < to; i++)
		if (c[i] != byte)
			return 0;
	return p != NULL;
}

/* Holds @size bytes of mica's, and is freed by @what it says. */
static inline int holds(void *p, size_t size)
{
	int good = p && mica_owns(p) && mi_usable_size(p) >= size;

	if (good)
		memset(p, 0xa5, size);
	mi_free(p);
	return good;
}

static inline int holds_zero(void *p, size_t size)
{
	int good = all(p, 0, 0, p ? mi_usable_size(p) : 0);

	return holds(p, size) && good;
}

static inline int aligned(void *p, size_t align, size_t offset, size_t size)
{
	int good = p && ((uintptr_t)p + offset) % align == 0;

	return holds(p, size) && good;
}

#endif
