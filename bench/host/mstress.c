/* SPDX-License-Identifier: MIT */
/*
 * mstress: threads that allocate in masses, pass blocks on, and free.
 *
 * In each round a few threads are started; each fills an array with blocks
 * of all sizes (a few of them large), frees a part of it as it goes, exchanges
 * some with what other threads left in a common table, and frees the rest.
 * The threads of a round end before the next round begins.
 */
#include "work.h"

enum { THREADS = 4, BLOCKS = 20000, COMMON = 1000 };

static _Atomic(struct block *) common[COMMON];
static long round_now;

static size_t some_size(struct rng *rng)
{
	if (!rng_below(rng, 1000))
		return rng_between(rng, 16384, 131072);
	if (!rng_below(rng, 50))
		return rng_between(rng, 1024, 16384);
	return rng_octave(rng, 4, 9);
}

/* A block that describes itself, so that one pointer can be exchanged. */
static struct block *boxed_get(struct rng *rng)
{
	size_t size = some_size(rng);
	struct block *box = malloc(sizeof(*box) + size);

	if (!box)
		die("out of memory");
	box->p = (unsigned char *)(box + 1);
	box->size = size;
	box->p[0] = box->p[size - 1] = (unsigned char)size;
	return box;
}

static void boxed_put(struct block *box)
{
	if (!box)
		return;
	if (box->p != (unsigned char *)(box + 1) ||
	    box->p[box->size - 1] != (unsigned char)box->size)
		die("a block was overwritten");
	free(box);
}

static void *stress(void *arg)
{
	struct rng rng = rng_seed((uintptr_t)arg + (uint64_t)round_now * THREADS);
	struct block **mine = calloc(BLOCKS, sizeof(*mine));

	if (!mine)
		die("out of memory");
	for (uint32_t i = 0; i < BLOCKS; i++) {
		uint32_t other = rng_below(&rng, i + 1);

		mine[i] = boxed_get(&rng);
		if (rng_below(&rng, 2)) {
			boxed_put(mine[other]);
			mine[other] = NULL;
		}
		if (!rng_below(&rng, 8))
			mine[i] = __atomic_exchange_n(&common[rng_below(&rng, COMMON)],
						      mine[i], __ATOMIC_ACQ_REL);
	}
	for (int i = 0; i < BLOCKS; i++)
		boxed_put(mine[i]);
	free(mine);
	return NULL;
}

int main(int argc, char **argv)
{
	long rounds = work_amount(argc, argv, 240);
	pthread_t threads[THREADS];

	for (round_now = 1; round_now <= rounds; round_now++) {
		for (uintptr_t i = 0; i < THREADS; i++)
			threads[i] = thread_start(stress, (void *)i);
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
	}
	for (int i = 0; i < COMMON; i++)
		boxed_put(common[i]);
	return 0;
}
