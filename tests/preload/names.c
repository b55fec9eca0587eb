/* SPDX-License-Identifier: MIT */
/* libc's names for mica's own functions are the same address, not a jump. */
#include "expect.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);
void *__libc_memalign(size_t align, size_t size);
void *__libc_valloc(size_t size);
void *__libc_pvalloc(size_t size);

#if EXPECT_PRELOADED
#define ADDRESS(name) dlsym(RTLD_DEFAULT, #name)
#else
#define ADDRESS(name) ((void *)(uintptr_t)&name)
#endif

static void test_libc_names(void)
{
	void *p = MICA(__libc_malloc)(10);

	EXPECT_MICA(p);
	p = MICA(__libc_realloc)(p, 1000);
	EXPECT_MICA(p);
	MICA(__libc_free)(p);
	p = MICA(__libc_calloc)(10, 10);
	EXPECT_MICA(p);
	EXPECT(is_filled(p, 0, 100));
	MICA(__libc_free)(p);
	p = MICA(__libc_memalign)(128, 10);
	EXPECT_MICA(p);
	EXPECT(is_aligned(p, 128));
	MICA(__libc_free)(p);
	p = MICA(__libc_valloc)(10);
	EXPECT_MICA(p);
	MICA(__libc_free)(p);
	p = MICA(__libc_pvalloc)(10);
	EXPECT_MICA(p);
	free(p);
}

int main(void)
{
	EXPECT(ADDRESS(malloc) == ADDRESS(mica_malloc));
	EXPECT(ADDRESS(calloc) == ADDRESS(mica_calloc));
	EXPECT(ADDRESS(free) == ADDRESS(mica_free));
	EXPECT(ADDRESS(__libc_malloc) == ADDRESS(mica_malloc));
	EXPECT(ADDRESS(__libc_free) == ADDRESS(mica_free));
	test_libc_names();
	return 0;
}
