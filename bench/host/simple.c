/* SPDX-License-Identifier: MIT */
/*
 * simple: one size at a time, a number of blocks allocated and then freed
 * first in first out and last in first out, again and again.
 */
#include "work.h"

enum { BLOCKS_MAX = 1600 };

static void pass(struct block *blocks, int count, size_t size)
{
	for (int i = 0; i < count; i++)
		blocks[i] = block_get(size);
	for (int i = 0; i < count; i++)
		block_put(&blocks[i]);
	for (int i = 0; i < count; i++)
		blocks[i] = block_get(size);
	while (count--)
		block_put(&blocks[count]);
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = { 16, 48, 128, 400, 1024 };
	static const int counts[] = { 25, 100, 400, BLOCKS_MAX };
	static struct block blocks[BLOCKS_MAX];
	long work = work_amount(argc, argv, 4000000);

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++)
			for (long n = 0; n < work; n += counts[c])
				pass(blocks, counts[c], sizes[s]);
	return 0;
}
