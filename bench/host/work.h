/* SPDX-License-Identifier: MIT */
/*
 * What all workloads share: arguments, random numbers, blocks that are
 * written to and looked at, threads.
 *
 * A workload does a fixed amount of work, so its time is comparable; the one
 * argument scales it in percent. It calls malloc and free by their names and
 * knows no allocator. Each block carries a mark in its first and last byte
 * that is checked before it is freed: a workload whose blocks overlap fails
 * instead of being fast.
 */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rng {
	uint64_t state;
};

struct block {
	unsigned char *p;
	size_t size;
};

static inline void die(const char *what)
{
	fprintf(stderr, "workload failed: %s\n", what);
	exit(1);
}

/* The amount of work: what is usual, scaled by the first argument. */
static inline long work_amount(int argc, char **argv, long usual)
{
	long percent = argc > 1 ? atol(argv[1]) : 100;

	if (percent < 1 || percent > 10000)
		die("the argument is a percentage, 1 to 10000");
	return (usual * percent + 99) / 100;
}

static inline struct rng rng_seed(uint64_t seed)
{
	return (struct rng){ seed * 0x9e3779b97f4a7c15u + 0x1234567 };
}

static inline uint32_t rng_next(struct rng *r)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return (uint32_t)(r->state >> 32);
}

/* Uniform below n, without a division. */
static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)(((uint64_t)rng_next(r) * n) >> 32);
}

static inline size_t rng_between(struct rng *r, uint32_t low, uint32_t high)
{
	return low + rng_below(r, high - low + 1);
}

/* Mostly small: uniform in an octave that is uniform in 2^low..2^high. */
static inline size_t rng_octave(struct rng *r, uint32_t low, uint32_t high)
{
	uint32_t octave = low + rng_below(r, high - low);

	return ((size_t)1 << octave) + rng_below(r, 1u << octave);
}

static inline struct block block_get(size_t size)
{
	struct block b = { malloc(size), size };

	if (!b.p)
		die("out of memory");
	b.p[0] = (unsigned char)size;
	b.p[size - 1] = (unsigned char)size;
	return b;
}

static inline void block_put(struct block *b)
{
	if (!b->p)
		return;
	if (b->p[0] != (unsigned char)b->size ||
	    b->p[b->size - 1] != (unsigned char)b->size)
		die("a block was overwritten");
	free(b->p);
	b->p = NULL;
}

static inline pthread_t thread_start(void *(*run)(void *), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, arg))
		die("cannot start a thread");
	return thread;
}

#endif
