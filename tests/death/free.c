/* SPDX-License-Identifier: MIT */
/* One fault a test: what mica_free() reports, word for word. */
#include "../harness.h"

#define WILD "mica: free of a pointer that is not mica's: %p"
#define MISALIGNED "mica: free of a misaligned pointer: %p"
#define TWICE "mica: block freed twice: %p"

static char not_mica[256] __attribute__((aligned(64)));

static void dies_freeing(void *p)
{
	dies_at(p);
	mica_free(hide(p));
}

static size_t run_size(void)
{
	return MICA_LAYOUT == MICA_LAYOUT_TABLE ? 1 << 20 :
		test_within(3000, 4);
}

DEATH(free_of_static_memory, WILD)
{
	mica_free(mica_malloc(1));
	dies_freeing(not_mica + 64);
}

DEATH(free_of_the_stack, WILD)
{
	char local[64] __attribute__((aligned(64)));

	mica_free(mica_malloc(1));
	dies_freeing(hide(local));
}

DEATH(free_of_an_integer, WILD)
{
	mica_free(mica_malloc(1));
	dies_freeing((void *)(uintptr_t)64);
}

DEATH(free_of_the_last_address, WILD)
{
	mica_free(mica_malloc(1));
	dies_freeing((void *)(UINTPTR_MAX & ~(uintptr_t)63));
}

DEATH(free_before_any_malloc, WILD)
{
	dies_freeing(not_mica);
}

DEATH(free_of_code, WILD)
{
	mica_free(mica_malloc(1));
	dies_freeing((void *)((uintptr_t)&mica_malloc & ~(uintptr_t)15));
}

DEATH(free_misaligned_small, MISALIGNED)
{
	char *p = mica_malloc(100);

	dies_freeing(p + 1);
}

DEATH(free_misaligned_word, MISALIGNED)
{
	char *p = mica_malloc(100);

	dies_freeing(p + 4);
}

DEATH(free_inside_a_run, WILD)
{
	char *p = mica_malloc(run_size());

	dies_freeing(p + 1024);
}

DEATH(free_twice_small, TWICE)
{
	void *p = mica_malloc(40);
	void *other = mica_malloc(40);

	mica_free(p);
	dies_freeing(p);
	mica_free(other);
}

DEATH(free_twice_the_only_one, TWICE)
{
	void *p = mica_malloc(40);

	mica_free(p);
	dies_freeing(p);
}

DEATH(free_twice_in_a_full_page, TWICE, .arena = 9 << 10)
{
	void *p[64];

	for (unsigned int i = 0; i < 64; i++)
		p[i] = mica_malloc(112);
	mica_free(p[3]);
	dies_freeing(p[3]);
}

DEATH(free_twice_run, TWICE, .arena = 4200)
{
	void *before = mica_malloc(run_size());
	void *p = mica_malloc(run_size());
	void *behind = mica_malloc(run_size());

	mica_free(p);
	dies_freeing(p);
	mica_free(before);
	mica_free(behind);
}

/* Its address space has gone back, so nobody knows it any more. */
DEATH(free_twice_huge, WILD, .arena = 512 << 20, .needs = TEST_TABLE)
{
	void *p = mica_malloc((size_t)200 << 20);

	mica_free(p);
	dies_freeing(p);
}

DEATH(realloc_of_static_memory,
      "mica: realloc of a pointer that is not mica's: %p")
{
	mica_free(mica_malloc(1));
	dies_at(not_mica);
	hide(mica_realloc(hide(not_mica), 10));
}

DEATH(realloc_misaligned, "mica: realloc of a misaligned pointer: %p")
{
	char *p = mica_malloc(100);

	dies_at(p + 1);
	hide(mica_realloc(p + 1, 10));
}

DEATH(usable_size_of_static_memory,
      "mica: usable_size of a pointer that is not mica's: %p")
{
	mica_free(mica_malloc(1));
	dies_at(not_mica);
	hide((void *)mica_usable_size(hide(not_mica)));
}

DEATH(usable_size_misaligned,
      "mica: usable_size of a misaligned pointer: %p")
{
	char *p = mica_malloc(100);

	dies_at(p + 2);
	hide((void *)mica_usable_size(p + 2));
}
