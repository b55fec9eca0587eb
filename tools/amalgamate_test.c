/* SPDX-License-Identifier: MIT */
/*
 * A program that got mica as two files: small blocks, runs, and everything
 * back again. The same on a host and on a board, so without a libc's console.
 */
#include "mica.h"

#define BLOCKS 64

static unsigned char *blocks[BLOCKS];
static size_t sizes[BLOCKS];

static size_t draw(void)
{
	static uint32_t seed = 4711;

	seed = seed * 1664525u + 1013904223u;
	return seed >> 12;
}

static bool filled(const unsigned char *p, unsigned char byte, size_t size)
{
	while (size--)
		if (p[size] != byte)
			return false;
	return true;
}

/* Drop what slot @i holds, and have it hold something else. */
static bool step(size_t i)
{
	size_t size = draw() % 16 ? draw() % 200 + 1 : draw() % 2000 + 1;
	bool intact = filled(blocks[i], (unsigned char)i, sizes[i]);

	mica_free(blocks[i]);
	blocks[i] = mica_malloc(size);
	sizes[i] = blocks[i] ? size : 0;
	for (size_t k = 0; k < sizes[i]; k++)
		blocks[i][k] = (unsigned char)i;
	return intact && blocks[i];
}

static bool drop_all(void)
{
	bool intact = true;

	for (size_t i = 0; i < BLOCKS; i++) {
		intact &= filled(blocks[i], (unsigned char)i, sizes[i]);
		mica_free(blocks[i]);
	}
	return intact;
}

int main(void)
{
	struct mica_stats stats;
	int step_nr;

	for (step_nr = 0; step_nr < 5000; step_nr++)
		if (!step(draw() % BLOCKS))
			return 1;
	mica_stats(&stats);
	if (mica_check() || stats.live_blocks != BLOCKS)
		return 2;
	if (!drop_all() || mica_check())
		return 3;
	mica_stats(&stats);
	return stats.live_blocks ? 4 : 0;
}
