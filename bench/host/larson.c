/* SPDX-License-Identifier: MIT */
/*
 * larson: a server whose threads hand their blocks over and end.
 *
 * Two chains of threads. A thread replaces random blocks of its chain's
 * array, then starts a successor that goes on with the same array, and ends:
 * nearly every free is of a block that a thread which is gone has allocated.
 */
#include "work.h"

enum { CHAINS = 2, SLOTS = 5000, REPLACEMENTS = 50000, SMALLEST = 8, LARGEST = 1000 };

struct chain {
	struct block slots[SLOTS];
	struct rng rng;
	long generations;
	pthread_mutex_t lock;
	pthread_cond_t ended;
};

static void *generation(void *arg)
{
	struct chain *c = arg;

	for (int i = 0; i < REPLACEMENTS; i++) {
		struct block *b = &c->slots[rng_below(&c->rng, SLOTS)];

		block_put(b);
		*b = block_get(rng_between(&c->rng, SMALLEST, LARGEST));
	}
	pthread_mutex_lock(&c->lock);
	if (--c->generations > 0)
		pthread_detach(thread_start(generation, c));
	else
		pthread_cond_signal(&c->ended);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

static void chain_start(struct chain *c, uint64_t seed, long generations)
{
	c->rng = rng_seed(seed);
	c->generations = generations;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->ended, NULL);
	for (int i = 0; i < SLOTS; i++)
		c->slots[i] = block_get(rng_between(&c->rng, SMALLEST, LARGEST));
	pthread_detach(thread_start(generation, c));
}

static void chain_finish(struct chain *c)
{
	pthread_mutex_lock(&c->lock);
	while (c->generations > 0)
		pthread_cond_wait(&c->ended, &c->lock);
	pthread_mutex_unlock(&c->lock);
	for (int i = 0; i < SLOTS; i++)
		block_put(&c->slots[i]);
}

int main(int argc, char **argv)
{
	static struct chain chains[CHAINS];
	long generations = work_amount(argc, argv, 600);

	for (int i = 0; i < CHAINS; i++)
		chain_start(&chains[i], (uint64_t)i + 1, generations);
	for (int i = 0; i < CHAINS; i++)
		chain_finish(&chains[i]);
	return 0;
}
