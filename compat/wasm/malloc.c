/* SPDX-License-Identifier: MIT */
/*
 * The malloc family under C's names, for modules without a libc, and for those
 * with one that is linked behind this: all that wasi-libc's malloc has.
 *
 * There is no errno here. posix_memalign() returns what WASI and emscripten
 * call EINVAL and ENOMEM.
 */
#include <mica/mica.h>

#define WASI_EINVAL 28
#define WASI_ENOMEM 48

_Static_assert(MICA_GRANULE >= _Alignof(max_align_t),
	       "C wants malloc() aligned for every type: MICA_GRANULE_SHIFT 4");

#define PUBLIC __attribute__((visibility("default")))

PUBLIC void *malloc(size_t size);
PUBLIC void *calloc(size_t count, size_t size);
PUBLIC void *realloc(void *p, size_t size);
PUBLIC void free(void *p);
PUBLIC void *aligned_alloc(size_t align, size_t size);
PUBLIC int posix_memalign(void **p, size_t align, size_t size);
PUBLIC size_t malloc_usable_size(void *p);

void *malloc(size_t size)
{
	return mica_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return mica_calloc(count, size);
}

void free(void *p)
{
	mica_free(p);
}

/* A size of 0 frees @p, as in wasi-libc. */
void *realloc(void *p, size_t size)
{
	if (p && !size) {
		mica_free(p);
		return NULL;
	}
	return mica_realloc(p, size);
}

void *aligned_alloc(size_t align, size_t size)
{
	return mica_malloc_aligned(size, align);
}

int posix_memalign(void **p, size_t align, size_t size)
{
	void *block;

	if (!align || align & (align - 1) || align % sizeof(void *))
		return WASI_EINVAL;
	block = mica_malloc_aligned(size, align);
	if (!block)
		return WASI_ENOMEM;
	*p = block;
	return 0;
}

size_t malloc_usable_size(void *p)
{
	return mica_usable_size(p);
}
