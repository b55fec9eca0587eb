/* SPDX-License-Identifier: MIT */
/*
 * What the programs of this folder share: EXPECT(), and a way to mica's own
 * functions that works also when only the preloaded library has them.
 */
#ifndef MICA_TEST_EXPECT_H
#define MICA_TEST_EXPECT_H

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <mica/mica.h>

#define EXPECT(condition)						\
	do {								\
		if (!(condition))					\
			expect_failed(__FILE__, __LINE__, #condition);	\
	} while (0)

#if EXPECT_PRELOADED
#define MICA(name) ((__typeof__(&name))dlsym(RTLD_DEFAULT, #name))
#else
#define MICA(name) (&name)
#endif

/* @p is a live block of mica's: the libc's own did not answer. */
#define EXPECT_MICA(p) EXPECT((p) && MICA(mica_owns)(p))

static inline void expect_failed(const char *file, int line, const char *what)
{
	dprintf(2, "%s:%d: expected %s (errno %d)\n", file, line, what, errno);
	_exit(1);
}

static inline bool is_aligned(const void *p, size_t align)
{
	return ((uintptr_t)p & (align - 1)) == 0;
}

/* Whether all of @size bytes at @p are @byte. */
static inline bool is_filled(const void *p, int byte, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)p;

	while (size--)
		if (bytes[size] != (unsigned char)byte)
			return false;
	return true;
}

#endif
