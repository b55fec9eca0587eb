/* SPDX-License-Identifier: MIT */
/*
 * xmalloc: producers allocate, consumers free.
 *
 * Blocks travel in batches through a bounded queue; every block is freed by a
 * thread that has not allocated it. Whoever has to wait is woken when a good
 * part of the queue is there to work on, not for each batch: otherwise the
 * time would be the scheduler's.
 */
#include "work.h"

enum { PRODUCERS = 2, BATCH = 256, QUEUE = 64, SMALLEST = 16, LARGEST = 128 };

struct batch {
	struct block blocks[BATCH];
};

static struct {
	struct batch *batches[QUEUE];
	unsigned int head, count;
	long to_come;
	pthread_mutex_t lock;
	pthread_cond_t more, room;
} queue = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.more = PTHREAD_COND_INITIALIZER,
	.room = PTHREAD_COND_INITIALIZER,
};

static long batches_each;

static void queue_push(struct batch *b)
{
	pthread_mutex_lock(&queue.lock);
	while (queue.count == QUEUE)
		pthread_cond_wait(&queue.room, &queue.lock);
	queue.batches[(queue.head + queue.count++) % QUEUE] = b;
	if (!--queue.to_come || queue.count == QUEUE / 2)
		pthread_cond_broadcast(&queue.more);
	pthread_mutex_unlock(&queue.lock);
}

/* Return: NULL when all batches have been taken. */
static struct batch *queue_pop(void)
{
	struct batch *b = NULL;

	pthread_mutex_lock(&queue.lock);
	while (!queue.count && queue.to_come)
		pthread_cond_wait(&queue.more, &queue.lock);
	if (queue.count) {
		b = queue.batches[queue.head];
		queue.head = (queue.head + 1) % QUEUE;
		if (--queue.count == QUEUE / 2)
			pthread_cond_broadcast(&queue.room);
	}
	pthread_mutex_unlock(&queue.lock);
	return b;
}

static void *produce(void *arg)
{
	struct rng rng = rng_seed((uintptr_t)arg);

	for (long n = 0; n < batches_each; n++) {
		struct batch *b = malloc(sizeof(*b));

		if (!b)
			die("out of memory");
		for (int i = 0; i < BATCH; i++)
			b->blocks[i] = block_get(rng_between(&rng, SMALLEST, LARGEST));
		queue_push(b);
	}
	return NULL;
}

static void *consume(void *arg)
{
	struct batch *b;

	while ((b = queue_pop())) {
		for (int i = 0; i < BATCH; i++)
			block_put(&b->blocks[i]);
		free(b);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t threads[2 * PRODUCERS];

	batches_each = work_amount(argc, argv, 90000);
	queue.to_come = PRODUCERS * batches_each;
	for (uintptr_t i = 0; i < PRODUCERS; i++) {
		threads[2 * i] = thread_start(produce, (void *)(i + 1));
		threads[2 * i + 1] = thread_start(consume, NULL);
	}
	for (int i = 0; i < 2 * PRODUCERS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
