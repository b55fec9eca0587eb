/* SPDX-License-Identifier: MIT */
/*
 * threads: many threads started and ended, a few at a time.
 *
 * Each allocates some hundred blocks, frees most of them and leaves the rest
 * to whoever joins it: what an allocator pays to begin and to end a thread.
 */
#include "work.h"

enum { AT_ONCE = 4, BLOCKS = 200, LEFT = 20 };

struct job {
	struct block left[LEFT];
	uint64_t seed;
};

static void *work(void *arg)
{
	struct job *job = arg;
	struct rng rng = rng_seed(job->seed);
	struct block blocks[BLOCKS];

	for (int i = 0; i < BLOCKS; i++)
		blocks[i] = block_get(rng_octave(&rng, 4, 10));
	for (int i = LEFT; i < BLOCKS; i++)
		block_put(&blocks[i]);
	memcpy(job->left, blocks, sizeof(job->left));
	return NULL;
}

int main(int argc, char **argv)
{
	long rounds = work_amount(argc, argv, 7000);
	struct job jobs[AT_ONCE];
	pthread_t threads[AT_ONCE];

	for (long n = 0; n < rounds; n++) {
		for (int i = 0; i < AT_ONCE; i++) {
			jobs[i].seed = (uint64_t)n * AT_ONCE + (uint64_t)i;
			threads[i] = thread_start(work, &jobs[i]);
		}
		for (int i = 0; i < AT_ONCE; i++) {
			pthread_join(threads[i], NULL);
			for (int j = 0; j < LEFT; j++)
				block_put(&jobs[i].left[j]);
		}
	}
	return 0;
}
