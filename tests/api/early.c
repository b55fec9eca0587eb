/* SPDX-License-Identifier: MIT */
/*
 * Allocation before main(), and before constructors: all of mica's state is
 * static and zero, and the first call finds all it needs.
 */
#include "../model.h"

static unsigned int nr_early;	/* of the calls below, how many served */
static bool early_sound;

/* Every kind of call, in memory that nobody has used yet. */
static void allocate_early(void)
{
	unsigned char *p = mica_malloc(24), *q = mica_calloc(3, 50);
	unsigned char *r = mica_malloc_aligned(100, 64);
	bool sound = p && q && r && all_zero(q, 150) && !((uintptr_t)r & 63);

	if (sound) {
		fill(p, 24, 1);
		fill(r, 100, 2);
		p = mica_reallocf(p, 200);
		sound = p && filled_before(p, 200, 24, 1) && filled(r, 100, 2);
	}
	mica_free(q);
	mica_free(p);
	mica_free(r);
	early_sound = sound && !mica_check() && (early_sound || !nr_early);
	nr_early++;
}

/* Before those of C++, which come without a number, and of libraries. */
__attribute__((constructor(101))) static void early_constructor(void)
{
	allocate_early();
}

/* Before all of them, where there is such a thing. */
static void (*early_entry)(void)
	__attribute__((section(".preinit_array"), used)) = allocate_early;

TEST(allocates_before_constructors)
{
	CHECK_EQ(nr_early, MICA_WASM ? 1 : 2);
	CHECK(early_sound);
}
