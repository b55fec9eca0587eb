/* SPDX-License-Identifier: MIT */
/*
 * newlib and newlib-nano on mica: the one file to add to a firmware.
 *
 * newlib's own functions (printf, fopen, getline, strdup, setvbuf) allocate
 * by the reentrant names, _malloc_r() and its kin, which get the caller's
 * struct _reent and report failure in it. Programs use the plain names. Both
 * are here, with every other name of newlib's allocator, so that no part of
 * it is linked: its free lists are gone, and so is the last caller of
 * _sbrk(). __malloc_lock() is not called: mica has its own guard.
 */
#include <reent.h>
#include "../baremetal/malloc.c"
#include "../baremetal/aligned.c"
#include "../baremetal/info.c"

void _cfree_r(struct _reent *r, void *p);
void *_reallocf_r(struct _reent *r, void *p, size_t size);

void *_malloc_r(struct _reent *r, size_t size)
{
	return block_or_enomem(mica_malloc(size), &r->_errno);
}

void *_calloc_r(struct _reent *r, size_t count, size_t size)
{
	return block_or_enomem(mica_calloc(count, size), &r->_errno);
}

void *_realloc_r(struct _reent *r, void *p, size_t size)
{
	return block_resize(p, size, &r->_errno);
}

void *_reallocf_r(struct _reent *r, void *p, size_t size)
{
	void *block = block_resize(p, size, &r->_errno);

	if (!block && size)
		mica_free(p);
	return block;
}

void _free_r(struct _reent *r, void *p)
{
	(void)r;
	mica_free(p);
}

void _cfree_r(struct _reent *r, void *p)
{
	(void)r;
	mica_free(p);
}

void *_memalign_r(struct _reent *r, size_t align, size_t size)
{
	return block_memalign(align, size, &r->_errno);
}

void *_valloc_r(struct _reent *r, size_t size)
{
	return block_memalign(ALIGN_PAGE, size, &r->_errno);
}

void *_pvalloc_r(struct _reent *r, size_t size)
{
	return block_pages(size, &r->_errno);
}

size_t _malloc_usable_size_r(struct _reent *r, void *p)
{
	(void)r;
	return mica_usable_size(p);
}

int _malloc_trim_r(struct _reent *r, size_t pad)
{
	(void)r;
	return malloc_trim(pad);
}

struct mallinfo _mallinfo_r(struct _reent *r)
{
	(void)r;
	return mallinfo();
}

int _mallopt_r(struct _reent *r, int parameter, int value)
{
	(void)r;
	return mallopt(parameter, value);
}

void _malloc_stats_r(struct _reent *r)
{
	(void)r;
	malloc_stats();
}

void _mstats_r(struct _reent *r, char *title)
{
	(void)r;
	mstats(title);
}
