/* SPDX-License-Identifier: MIT */
/* The aligned functions: addresses, bad alignments, errno. */
#include "expect.h"

void *aligned_alloc(size_t align, size_t size);
void *memalign(size_t align, size_t size);
void *valloc(size_t size);
void *pvalloc(size_t size);
size_t malloc_usable_size(void *p);

#define SENTINEL 4711
#define TOO_BIG ((size_t)PTRDIFF_MAX + 1)

static volatile size_t hidden;

static size_t hide(size_t size)
{
	hidden = size;
	return hidden;
}

static void expect_block(void *p, size_t align, size_t size)
{
	EXPECT_MICA(p);
	EXPECT(is_aligned(p, align));
	EXPECT(malloc_usable_size(p) >= size);
	memset(p, 0xa5, size);
	free(p);
}

static void test_every_power(void)
{
	for (size_t align = 1; align <= (size_t)1 << 26; align *= 2) {
		for (size_t size = 0; size < 300000; size = size * 7 + 1) {
			void *p = NULL;

			expect_block(aligned_alloc(align, size), align, size);
			expect_block(MICA(memalign)(align, size), align, size);
			if (align < sizeof(void *))
				continue;
			EXPECT(posix_memalign(&p, align, size) == 0);
			expect_block(p, align, size);
		}
	}
}

static void test_posix_memalign_errors(void)
{
	void *mark = &mark, *p = mark;

	errno = SENTINEL;
	EXPECT(posix_memalign(&p, hide(0), 8) == EINVAL);
	EXPECT(posix_memalign(&p, hide(1), 8) == EINVAL);
	EXPECT(posix_memalign(&p, hide(sizeof(void *) * 3), 8) == EINVAL);
	EXPECT(posix_memalign(&p, hide(sizeof(void *) / 2), 8) == EINVAL);
	EXPECT(posix_memalign(&p, hide(SIZE_MAX), 8) == EINVAL);
	EXPECT(posix_memalign(&p, 64, hide(TOO_BIG)) == ENOMEM);
	EXPECT(posix_memalign(&p, 64, hide(SIZE_MAX - 8)) == ENOMEM);
	if (sizeof(void *) == 8)	/* on 32 bits this can be had */
		EXPECT(posix_memalign(&p, hide(TOO_BIG), 8) == ENOMEM);
	EXPECT(p == mark);
	EXPECT(errno == SENTINEL);
}

static void test_aligned_alloc_errors(void)
{
	errno = 0;
	EXPECT(!aligned_alloc(hide(0), 8) && errno == EINVAL);
	errno = 0;
	EXPECT(!aligned_alloc(hide(48), 96) && errno == EINVAL);
	errno = 0;
	EXPECT(!aligned_alloc(64, hide(TOO_BIG)) && errno == ENOMEM);
}

static void test_memalign_errors(void)
{
	expect_block(MICA(memalign)(hide(0), 10), 8, 10);
	expect_block(MICA(memalign)(hide(33), 10), 64, 10);
	expect_block(MICA(memalign)(hide(4097), 10), 8192, 10);
	errno = 0;
	EXPECT(!MICA(memalign)(hide(TOO_BIG + 1), 8) && errno == EINVAL);
	errno = 0;
	EXPECT(!MICA(memalign)(64, hide(SIZE_MAX)) && errno == ENOMEM);
}

static void test_pages(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	expect_block(MICA(valloc)(0), page, 0);
	expect_block(MICA(valloc)(10), page, 10);
	expect_block(MICA(pvalloc)(1), page, page);
	expect_block(MICA(pvalloc)(page), page, page);
	expect_block(MICA(pvalloc)(page + 1), page, 2 * page);
	errno = 0;
	EXPECT(!MICA(valloc)(hide(TOO_BIG)) && errno == ENOMEM);
	errno = 0;
	EXPECT(!MICA(pvalloc)(hide(SIZE_MAX)) && errno == ENOMEM);
}

/* realloc of an aligned block keeps its content. */
static void test_realloc(void)
{
	for (size_t align = 32; align < 1 << 20; align *= 4) {
		unsigned char *p = aligned_alloc(align, 5000);

		EXPECT(p);
		memset(p, 3, 5000);
		p = realloc(p, 70000);
		EXPECT_MICA(p);
		EXPECT(is_filled(p, 3, 5000));
		p = realloc(p, 100);
		EXPECT_MICA(p);
		EXPECT(is_filled(p, 3, 100));
		free(p);
	}
}

int main(void)
{
	test_every_power();
	test_posix_memalign_errors();
	test_aligned_alloc_errors();
	test_memalign_errors();
	test_pages();
	test_realloc();
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
