/* SPDX-License-Identifier: MIT */
/* What only newlib has: reentrant names, and buffers that stdio allocates. */
#include <malloc.h>
#include <reent.h>
#include <stdio.h>
#include <stdlib.h>
#include "tests/compat/libc.h"
#include "tests/harness.h"

#define HUGE_BYTES ((size_t)1 << 30)

void _cfree_r(struct _reent *r, void *p);
void *_reallocf_r(struct _reent *r, void *p, size_t size);

/* What newlib keeps for open files is got by the first, and stays. */
__attribute__((constructor)) static void before_main(void)
{
	FILE *f = fopen("console", "w");

	if (f)
		fclose(f);
}

TEST(newlib_stdout_buffer_is_micas)
{
	CHECK(stdout->_bf._base && mica_owns(stdout->_bf._base));
}

TEST(newlib_files_are_micas, .arena = 4096)
{
	struct mica_stats before, during;
	FILE *f;

	mica_stats(&before);
	f = fopen("console", "w");
	REQUIRE(f);
	fprintf(f, "# a file's buffer, too\n");
	mica_stats(&during);
	CHECK(mica_owns(f->_bf._base));
	CHECK(during.live_blocks > before.live_blocks);
	fclose(f);
}

TEST(newlib_reentrant_errors_go_to_their_context, .arena = 4096)
{
	static struct _reent other;
	void *p;

	errno = 7;
	CHECK(!_malloc_r(&other, hide_size(HUGE_BYTES)));
	CHECK_EQ(other._errno, ENOMEM);
	other._errno = 3;
	CHECK(!_calloc_r(&other, hide_size(HUGE_BYTES), 16));
	CHECK_EQ(other._errno, ENOMEM);
	CHECK(!_memalign_r(&other, hide_size(SIZE_MAX), 1));
	CHECK_EQ(other._errno, EINVAL);
	other._errno = 3;
	p = _malloc_r(&other, hide_size(40));
	REQUIRE(p && mica_owns(p));
	CHECK(!_realloc_r(&other, p, hide_size(HUGE_BYTES)));
	CHECK_EQ(other._errno, ENOMEM);
	CHECK(!_reallocf_r(&other, p, hide_size(HUGE_BYTES)));
	CHECK_EQ(errno, 7);
}

TEST(newlib_reentrant_family, .arena = 16384)
{
	struct _reent *r = _REENT;
	char *p = _calloc_r(r, hide_size(4), 25);

	REQUIRE(p && mica_owns(p));
	CHECK_EQ(p[99], 0);
	CHECK_EQ(_malloc_usable_size_r(r, p), mica_usable_size(p));
	p = _realloc_r(r, p, hide_size(400));
	CHECK(p && mica_owns(p));
	_free_r(r, p);
	p = _memalign_r(r, 128, hide_size(20));
	CHECK(p && (uintptr_t)p % 128 == 0);
	_cfree_r(r, p);
	p = _valloc_r(r, hide_size(20));
	CHECK(p && (uintptr_t)p % 4096 == 0);
	_free_r(r, p);
	p = _pvalloc_r(r, hide_size(20));
	CHECK(p && _malloc_usable_size_r(r, p) >= 4096);
	CHECK_EQ(_mallinfo_r(r).uordblks, mallinfo().uordblks);
	CHECK_EQ(_malloc_trim_r(r, 0), 0);
	CHECK_EQ(_mallopt_r(r, 1, 1), 0);
	_free_r(r, p);
}
