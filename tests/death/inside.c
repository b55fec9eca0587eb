/* SPDX-License-Identifier: MIT */
/* Addresses in memory that is mica's, where no block begins. */
#include "../harness.h"
#include "core/layout.h"

#define WILD "mica: free of a pointer that is not mica's: %p"

static void dies_freeing(void *p)
{
	dies_at(p);
	mica_free(hide(p));
}

/* A page of several slices: room for eight blocks, of which one is carved. */
DEATH(free_of_what_is_not_carved, WILD, .needs = TEST_TABLE)
{
	size_t size = PAGE_BYTES / 4;
	char *p = mica_malloc(size);

	dies_freeing(p + 7 * size);
}

#if MICA_LAYOUT == MICA_LAYOUT_TAG
/* A tag that a run at @address could have, but for its check bits. */
static uint32_t almost_a_tag(uintptr_t address)
{
	slice_t i = run_at(map_find(address), address);

	return tag_make(~i, 4 * RUN_MIN_SLICES, 0);
}
#else
static uint32_t almost_a_tag(uintptr_t address)
{
	return (uint32_t)address;
}
#endif

/* What lies there looks like the size of a run. */
DEATH(free_inside_a_run_full_of_sizes, WILD, .arena = 2500)
{
	size_t size = MICA_LAYOUT == MICA_LAYOUT_TABLE ? 1 << 20 :
		test_within(3000, 2);
	uint32_t *words = mica_malloc(size);
	uint32_t word = almost_a_tag((uintptr_t)words + 1024);

	for (size_t i = 0; i < size / sizeof(*words); i++)
		words[i] = word;
	dies_freeing((char *)hide(words) + 1024);
}
