/* SPDX-License-Identifier: MIT */
/* A class that is not rare: its later blocks are a page's on every layout. */
#include "../harness.h"

#define BLOCKS 64

DEATH(free_twice_in_a_page, "mica: block freed twice: %p", .arena = 3000)
{
	void *p[BLOCKS];

	for (unsigned int i = 0; i < BLOCKS; i++)
		p[i] = mica_malloc(24);
	mica_free(p[BLOCKS - 3]);
	mica_free(p[BLOCKS - 2]);
	dies_at(p[BLOCKS - 2]);
	mica_free(p[BLOCKS - 2]);
}
