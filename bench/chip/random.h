/* SPDX-License-Identifier: MIT */
/*
 * Random numbers for the workloads: the same on every machine, without
 * floating point.
 */
#ifndef CHIP_RANDOM_H
#define CHIP_RANDOM_H

#include <stdint.h>

struct random {
	uint32_t state;
};

static inline void random_seed(struct random *random, uint32_t seed)
{
	random->state = (seed + 1) * 0x9e3779b1u;
}

/* xorshift32: period 2^32 - 1, the state is never 0 */
static inline uint32_t random_word(struct random *random)
{
	uint32_t x = random->state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	random->state = x;
	return x;
}

/* Uniform in 0 .. bound - 1. */
static inline uint32_t random_below(struct random *random, uint32_t bound)
{
	return (uint32_t)((uint64_t)random_word(random) * bound >> 32);
}

/* Uniform in least .. most. */
static inline uint32_t random_between(struct random *random, uint32_t least,
				      uint32_t most)
{
	return least + random_below(random, most - least + 1);
}

/* log2 in 16.16, by squaring the mantissa once a bit. */
static inline uint32_t log2_fixed(uint32_t x)
{
	uint32_t whole = 31u - (uint32_t)__builtin_clz(x);
	uint64_t mantissa = (uint64_t)x << (31 - whole);
	uint32_t result = whole << 16;

	for (uint32_t bit = 1u << 15; bit; bit >>= 1) {
		mantissa = mantissa * mantissa >> 31;
		if (mantissa >> 32) {
			mantissa >>= 1;
			result += bit;
		}
	}
	return result;
}

/* 2^x of a 16.16 number below 16, by a cubic good to 1 in 10000. */
static inline uint32_t exp2_fixed(uint32_t x)
{
	uint64_t f = x & 0xffff;
	uint64_t y = 5179;

	y = 14742 + (y * f >> 16);
	y = 45612 + (y * f >> 16);
	y = 65536 + (y * f >> 16);
	return (uint32_t)(y << (x >> 16) >> 16);
}

/* Log-uniform in least .. most: each octave is as likely as another. */
static inline uint32_t random_log(struct random *random, uint32_t least,
				  uint32_t most)
{
	uint32_t low = log2_fixed(least);
	uint32_t high = log2_fixed(most + 1);
	uint32_t size = exp2_fixed(low + random_below(random, high - low));

	if (size < least)
		return least;
	return size > most ? most : size;
}

#endif
