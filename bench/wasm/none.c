/* SPDX-License-Identifier: MIT */
/* No allocator: where the memory of the workloads' program begins without one. */
#include <stddef.h>

void *malloc(size_t size);
void free(void *p);
void *realloc(void *p, size_t size);

void *malloc(size_t size)
{
	(void)size;
	return NULL;
}

void free(void *p)
{
	(void)p;
}

void *realloc(void *p, size_t size)
{
	(void)p, (void)size;
	return NULL;
}
