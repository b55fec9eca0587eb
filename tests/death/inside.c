/* SPDX-License-Identifier: MIT */
/* Addresses in memory that is mica's, where no block begins. */
#include "../harness.h"
#include "core/geometry.h"

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

/* What lies there looks like the size of a run of four slices. */
DEATH(free_inside_a_run_full_of_sizes, WILD, .arena = 2500)
{
	size_t size = MICA_LAYOUT == MICA_LAYOUT_TABLE ? 1 << 20 :
		test_within(3000, 2);
	uint32_t *words = mica_malloc(size);

	for (size_t i = 0; i < size / sizeof(*words); i++)
		words[i] = 4 << 3;
	dies_freeing((char *)hide(words) + 1024);
}
