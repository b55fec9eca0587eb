/* SPDX-License-Identifier: MIT */
/* malloc and free, and no more: how large they are with all that they need. */
#include <stddef.h>

void *malloc(size_t size);
void free(void *p);

__attribute__((export_name("m"))) void *m(size_t size);
__attribute__((export_name("f"))) void f(void *p);

void *m(size_t size)
{
	return malloc(size);
}

void f(void *p)
{
	free(p);
}
