/* SPDX-License-Identifier: MIT */
/*
 * A module as a program would be: no libc, no import, malloc from the archive.
 * names() returns the line of the first check that failed, or 0.
 */
#include <stddef.h>
#include <stdint.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *p, size_t size);
void free(void *p);
void *aligned_alloc(size_t align, size_t size);
int posix_memalign(void **p, size_t align, size_t size);
size_t malloc_usable_size(void *p);

#define EXPORT(name) __attribute__((export_name(#name))) name
#define EXPECT(cond) do { if (!(cond)) return __LINE__; } while (0)

int EXPORT(names)(void);
void *EXPORT(block)(size_t size);

/* The compiler must not know that a block is malloc's, and leave out the pair. */
static void *hidden(void *p)
{
	__asm__ volatile("" : "+r"(p));
	return p;
}

void *block(size_t size)
{
	return malloc(size);
}

static int aligned(void)
{
	void *p = hidden(NULL);
	void *q = p;

	EXPECT(posix_memalign(&p, 3, 10) == 28 && p == q);
	EXPECT(posix_memalign(&p, 2, 10) == 28 && p == q);
	EXPECT(posix_memalign(&p, 64, SIZE_MAX) == 48 && p == q);
	EXPECT(posix_memalign(&p, 4096, 10) == 0 && (uintptr_t)p % 4096 == 0);
	q = aligned_alloc(256, 512);
	EXPECT(q && (uintptr_t)q % 256 == 0);
	EXPECT(!aligned_alloc(24, 10));
	free(p);
	free(q);
	return 0;
}

int names(void)
{
	char *p = hidden(malloc(100)), *q;

	EXPECT(p && (uintptr_t)p % 16 == 0);
	EXPECT(malloc_usable_size(p) >= 100);
	for (int i = 0; i < 100; i++)
		p[i] = (char)i;
	p = hidden(realloc(p, 100000));
	EXPECT(p && p[99] == 99);
	EXPECT(!realloc(p, SIZE_MAX) && p[99] == 99);
	EXPECT(!realloc(p, 0));
	q = hidden(calloc(100, 1000));
	EXPECT(q);
	for (int i = 0; i < 100000; i++)
		EXPECT(!q[i]);
	EXPECT(!calloc(SIZE_MAX / 2, 4));
	EXPECT(!malloc(SIZE_MAX) && !malloc((size_t)1 << 31));
	free(q);
	free(hidden(NULL));
	return aligned();
}
