/* SPDX-License-Identifier: MIT */
/*
 * The libc's allocation names, and the libc's own functions that allocate,
 * on any libc for firmware: every block lands in mica.
 *
 * What a libc keeps for good (stdout's buffer, numbers that a conversion
 * caches) is allocated by a constructor, so that no test sees it come.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/compat/libc.h"
#include "tests/harness.h"

#define HUGE_BYTES ((size_t)1 << 30)

static bool constructed;

__attribute__((constructor)) static void before_main(void)
{
	char text[64];

	snprintf(text, sizeof(text), "%.17g %a", 0.1, 0.1);
	printf("# mica serves %s before main()\n", "printf");
	constructed = true;
}

/* What the tests have seen of @p: mica's, and aligned as any block. */
static bool micas(void *p)
{
	p = hide(p);
	return p && mica_owns(p) && (uintptr_t)p % _Alignof(max_align_t) == 0;
}

TEST(libc_works_before_main)
{
	CHECK(constructed);
}

TEST(libc_malloc_is_micas, .arena = 1024)
{
	char *p = malloc(hide_size(100));

	REQUIRE(micas(p));
	CHECK(malloc_usable_size(p) >= 100);
	CHECK_EQ(malloc_usable_size(p), mica_usable_size(p));
	free(p);
	p = calloc(hide_size(25), 4);
	REQUIRE(micas(p));
	for (int i = 0; i < 100; i++)
		CHECK_EQ(p[i], 0);
	free(p);
	free(NULL);
}

TEST(libc_strings_are_micas, .arena = 1024)
{
	char *p = strdup(hide("a word")), *q = NULL;

	CHECK(micas(p) && !strcmp(p, "a word"));
	free(p);
	CHECK_EQ(asprintf(&q, "%s %d", "forty", 2), 7);
	CHECK(micas(q) && !strcmp(q, "forty 2"));
	free(q);
}

TEST(libc_prints_numbers, .arena = 4096)
{
	char text[32];

	snprintf(text, sizeof(text), "%.6f %d", *(double *)hide(&(double){ 3.14159265 }), 42);
	CHECK(!strcmp(text, "3.141593 42"));
}

TEST(libc_failure_sets_errno)
{
	errno = 7;
	CHECK(!malloc(hide_size(HUGE_BYTES)));
	CHECK_EQ(errno, ENOMEM);
	errno = 7;
	CHECK(!calloc(hide_size(HUGE_BYTES), 16));
	CHECK_EQ(errno, ENOMEM);
	errno = 7;
	CHECK(!reallocarray(NULL, hide_size(HUGE_BYTES), 16));
	CHECK_EQ(errno, ENOMEM);
	errno = 7;
	free(malloc(hide_size(10)));
	CHECK_EQ(errno, 7);
}

TEST(libc_realloc, .arena = 4096)
{
	char *p = malloc(hide_size(20)), *q;

	REQUIRE(p);
	strcpy(p, "kept while it grows");
	p = realloc(p, hide_size(1500));
	REQUIRE(micas(p));
	CHECK(!strcmp(p, "kept while it grows"));
	errno = 7;
	q = realloc(p, hide_size(HUGE_BYTES));
	CHECK(!q);
	CHECK_EQ(errno, ENOMEM);
	CHECK(!strcmp(p, "kept while it grows"));
	CHECK(!reallocf(p, hide_size(HUGE_BYTES)));
	p = realloc(NULL, hide_size(0));
	CHECK(micas(p));
	errno = 7;
	CHECK(!realloc(p, hide_size(0)));
	CHECK_EQ(errno, 7);
}

TEST(libc_aligned, .arena = 16384)
{
	void *p = memalign(64, hide_size(10)), *q = (void *)1;

	CHECK(micas(p) && (uintptr_t)p % 64 == 0);
	free(p);
	p = memalign(48, hide_size(10));
	CHECK(micas(p) && (uintptr_t)p % 64 == 0);
	free(p);
	p = aligned_alloc(256, hide_size(512));
	CHECK(micas(p) && (uintptr_t)p % 256 == 0);
	free(p);
	errno = 7;
	CHECK(!aligned_alloc(hide_size(48), 96));
	CHECK_EQ(errno, EINVAL);
	CHECK(!memalign(hide_size(SIZE_MAX), 1));
	CHECK_EQ(errno, EINVAL);
	errno = 7;
	CHECK_EQ(posix_memalign(&q, hide_size(24), 8), EINVAL);
	CHECK_EQ(posix_memalign(&q, 64, hide_size(HUGE_BYTES)), ENOMEM);
	CHECK_EQ((uintptr_t)q, 1);
	CHECK_EQ(posix_memalign(&q, 128, hide_size(8)), 0);
	CHECK(micas(q) && (uintptr_t)q % 128 == 0);
	CHECK_EQ(errno, 7);
	free(q);
}

TEST(libc_pages, .arena = 16384)
{
	void *p = valloc(hide_size(10)), *q = pvalloc(hide_size(10));

	CHECK(micas(p) && (uintptr_t)p % 4096 == 0);
	CHECK(micas(q) && (uintptr_t)q % 4096 == 0);
	CHECK(malloc_usable_size(q) >= 4096);
	CHECK(!pvalloc(hide_size(SIZE_MAX - 5)));
	free(p);
	free(q);
}

TEST(libc_mallinfo, .arena = 4096)
{
	struct mallinfo before = mallinfo(), during;
	void *p = malloc(hide_size(1000));

	REQUIRE(p);
	during = mallinfo();
	CHECK_EQ(during.uordblks - before.uordblks, mica_usable_size(p));
	CHECK(during.fordblks <= before.fordblks - 1000);
	CHECK(during.arena >= during.uordblks + during.fordblks);
	free(p);
	CHECK_EQ(malloc_trim(0), 0);
	CHECK_EQ(mallopt(1, 1), 0);
	CHECK_EQ(mallinfo().uordblks, before.uordblks);
}

TEST(libc_exhausted_and_back, .needs = TEST_FINITE)
{
	void **all = NULL, **p;
	unsigned int nr = 0, again = 0;

	while ((p = malloc(hide_size(2000)))) {
		*p = all;
		all = p;
		nr++;
	}
	CHECK(nr > 8);
	while ((p = all)) {
		all = *p;
		free(p);
	}
	p = malloc(hide_size(10));
	CHECK(micas(p));
	free(p);
	while ((p = malloc(hide_size(2000)))) {
		*p = all;
		all = p;
		again++;
	}
	CHECK_EQ(again, nr);
	while ((p = all)) {
		all = *p;
		free(p);
	}
}
