/* SPDX-License-Identifier: MIT */
/*
 * alloc-test: a mix of short-lived blocks in each thread.
 *
 * A random slot is filled when it is empty and freed when it is full; sizes
 * are 16 to 1023 bytes, mostly small. Threads share nothing. The second
 * argument is the number of threads.
 */
#include "work.h"

enum { SLOTS = 16384, THREADS_MAX = 64 };

static long steps;

static void *mix(void *arg)
{
	struct rng rng = rng_seed((uintptr_t)arg);
	struct block *slots = calloc(SLOTS, sizeof(*slots));

	if (!slots)
		die("out of memory");
	for (long n = 0; n < steps; n++) {
		struct block *b = &slots[rng_below(&rng, SLOTS)];

		if (b->p)
			block_put(b);
		else
			*b = block_get(rng_octave(&rng, 4, 10));
	}
	for (int i = 0; i < SLOTS; i++)
		block_put(&slots[i]);
	free(slots);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS_MAX];
	int count = argc > 2 ? atoi(argv[2]) : 1;

	if (count < 1 || count > THREADS_MAX)
		die("1 to 64 threads");
	steps = work_amount(argc, argv, 66000000);
	for (int i = 1; i < count; i++)
		threads[i] = thread_start(mix, (void *)(uintptr_t)(i + 1));
	mix((void *)1);
	for (int i = 1; i < count; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
