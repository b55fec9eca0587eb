/* SPDX-License-Identifier: MIT */
/* malloc, calloc, realloc, reallocarray, free: results, zero sizes, errno. */
#include "expect.h"

void *reallocarray(void *p, size_t count, size_t size);
void cfree(void *p);

#define SENTINEL 4711		/* no errno has this value */
#define TOO_BIG ((size_t)PTRDIFF_MAX + 1)

/* Hides a size from the compiler, which warns of impossible ones. */
static volatile size_t hidden;

static size_t hide(size_t size)
{
	hidden = size;
	return hidden;
}

static void test_malloc(void)
{
	void *a, *b;

	errno = SENTINEL;
	a = malloc(0);
	b = malloc(0);
	EXPECT_MICA(a);
	EXPECT_MICA(b);
	EXPECT(a != b);
	free(a);
	free(b);
	for (size_t size = 1; size < 100000; size += size / 3 + 1) {
		a = malloc(size);
		EXPECT_MICA(a);
		EXPECT(is_aligned(a, sizeof(long double) > 8 ? 16 : 8));
		memset(a, 0x5a, size);
		free(a);
	}
	EXPECT(errno == SENTINEL);
	EXPECT(malloc(hide(TOO_BIG)) == NULL && errno == ENOMEM);
	errno = 0;
	EXPECT(malloc(hide(SIZE_MAX)) == NULL && errno == ENOMEM);
}

static void test_calloc(void)
{
	unsigned char *p;

	for (size_t size = 1; size < 3000000; size = size * 2 + 1) {
		p = malloc(size);
		EXPECT(p);
		memset(p, 0xff, size);
		free(p);
		p = calloc(1, size);
		EXPECT_MICA(p);
		EXPECT(is_filled(p, 0, size));
		free(p);
	}
	p = calloc(0, 10);
	EXPECT_MICA(p);
	free(p);
	p = calloc(10, 0);
	EXPECT_MICA(p);
	free(p);
	errno = 0;
	EXPECT(calloc(hide(SIZE_MAX / 2), 3) == NULL && errno == ENOMEM);
	errno = 0;
	EXPECT(calloc(hide(TOO_BIG), 1) == NULL && errno == ENOMEM);
}

static void test_realloc(void)
{
	unsigned char *p = realloc(NULL, 10);

	EXPECT_MICA(p);
	memset(p, 1, 10);
	for (size_t size = 11; size < 5000000; size += size / 2) {
		p = realloc(p, size);
		EXPECT_MICA(p);
		EXPECT(is_filled(p, 1, size - 1 - (size - 11 ? size / 3 : 0)));
		memset(p, 1, size);
	}
	errno = 0;
	EXPECT(realloc(p, hide(TOO_BIG)) == NULL && errno == ENOMEM);
	EXPECT(is_filled(p, 1, 1000000));
	p = realloc(p, 5);
	EXPECT_MICA(p);
	EXPECT(is_filled(p, 1, 5));
	errno = SENTINEL;
	EXPECT(realloc(p, 0) == NULL);
	EXPECT(errno == SENTINEL);
	p = realloc(NULL, 0);
	EXPECT_MICA(p);
	free(p);
}

static void test_reallocarray(void)
{
	unsigned char *p = reallocarray(NULL, 7, 3);

	EXPECT_MICA(p);
	memset(p, 7, 21);
	p = reallocarray(p, 700, 300);
	EXPECT_MICA(p);
	EXPECT(is_filled(p, 7, 21));
	errno = 0;
	EXPECT(!reallocarray(p, hide(SIZE_MAX / 2), 3) && errno == ENOMEM);
	EXPECT(is_filled(p, 7, 21));
	EXPECT(reallocarray(p, 0, 3) == NULL);
	p = reallocarray(NULL, 3, 0);
	EXPECT_MICA(p);
	EXPECT(reallocarray(p, 3, 0) == NULL);
}

/* Small, page-sized and huge blocks: freeing keeps errno. */
static void test_free(void)
{
	errno = SENTINEL;
	free(NULL);
	for (size_t size = 1; size < (size_t)200 << 20; size *= 5) {
		void *p = malloc(size);

		EXPECT(p);
		errno = SENTINEL;
		free(p);
		EXPECT(errno == SENTINEL);
	}
	MICA(cfree)(malloc(3));
	EXPECT(errno == SENTINEL);
}

int main(void)
{
	test_malloc();
	test_calloc();
	test_realloc();
	test_reallocarray();
	test_free();
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
