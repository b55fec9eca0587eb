/* SPDX-License-Identifier: MIT */
/*
 * What the files of this folder share: how a failure is told to the program,
 * and the alignments that libc's names allow.
 *
 * These files are for a libc without an operating system under it (newlib,
 * picolibc and their like). They are compiled with the libc's headers, and
 * define all that those declare of allocation: as long as one name of the
 * libc's own malloc were left, a program that uses it would link both.
 */
#ifndef MICA_BAREMETAL_NAMES_H
#define MICA_BAREMETAL_NAMES_H

#include <errno.h>
#include <stddef.h>
#include <mica/mica.h>

_Static_assert(MICA_GRANULE >= _Alignof(max_align_t),
	       "C wants malloc() aligned for every type: MICA_GRANULE_SHIFT 4");

#define ALIGN_MAX (SIZE_MAX / 2 + 1)
#define ALIGN_PAGE 4096		/* what valloc() means by a page */

/* @p, and ENOMEM in @error when it is NULL; success leaves @error alone. */
static inline void *block_or_enomem(void *p, int *error)
{
	if (!p)
		*error = ENOMEM;
	return p;
}

/* realloc() as C has it; a size of 0 frees @p, as both libcs have it. */
static inline void *block_resize(void *p, size_t size, int *error)
{
	if (p && !size) {
		mica_free(p);
		return NULL;
	}
	return block_or_enomem(mica_realloc(p, size), error);
}

/* memalign(): an alignment is rounded up to a power of two. */
static inline void *block_memalign(size_t align, size_t size, int *error)
{
	size_t power = MICA_GRANULE;

	if (align > ALIGN_MAX) {
		*error = EINVAL;
		return NULL;
	}
	while (power < align)
		power <<= 1;
	return block_or_enomem(mica_malloc_aligned(size, power), error);
}

/* pvalloc(): whole pages; what cannot be rounded up stays impossible. */
static inline void *block_pages(size_t size, int *error)
{
	size_t rounded = (size + ALIGN_PAGE - 1) & ~(size_t)(ALIGN_PAGE - 1);

	return block_memalign(ALIGN_PAGE, rounded < size ? size : rounded,
			      error);
}

#endif
