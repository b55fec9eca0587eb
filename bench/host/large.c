/* SPDX-License-Identifier: MIT */
/*
 * large: blocks of 5 to 25 MiB, twenty live, replaced at random; a byte in
 * each 4 KiB is written, so memory that was given back has to be got again.
 */
#include "work.h"

enum { LIVE = 20, MIB = 1 << 20, PAGE = 4096 };

int main(int argc, char **argv)
{
	long rounds = work_amount(argc, argv, 1150);
	struct block live[LIVE] = { { NULL, 0 } };
	struct rng rng = rng_seed(5);

	while (rounds--) {
		struct block *b = &live[rng_below(&rng, LIVE)];

		block_put(b);
		*b = block_get(rng_between(&rng, 5 * MIB, 25 * MIB));
		for (size_t at = PAGE; at < b->size - 1; at += PAGE)
			b->p[at] = (unsigned char)at;
	}
	for (int i = 0; i < LIVE; i++)
		block_put(&live[i]);
	return 0;
}
