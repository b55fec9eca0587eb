/* SPDX-License-Identifier: MIT */
/* Bits, powers of two, and arithmetic that says when it overflows. */
#ifndef MICA_CORE_BITS_H
#define MICA_CORE_BITS_H

#include "compiler.h"

/* Index of the highest set bit; @x is not 0. */
static inline unsigned int bit_highest(size_t x)
{
	return (unsigned int)(sizeof(long) * 8 - 1) -
	       (unsigned int)__builtin_clzl((unsigned long)x);
}

/* Index of the lowest set bit; @x is not 0. */
static inline unsigned int bit_lowest(size_t x)
{
	return (unsigned int)__builtin_ctzl((unsigned long)x);
}

static inline bool is_pow2(size_t x)
{
	return x != 0 && (x & (x - 1)) == 0;
}

/* How many bits are set. No library call, as the builtin may be. */
static inline unsigned int bits_count(uintptr_t x)
{
	const uintptr_t ones = ~(uintptr_t)0;

	x -= x >> 1 & ones / 3;
	x = (x & ones / 15 * 3) + (x >> 2 & ones / 15 * 3);
	x = (x + (x >> 4)) & ones / 255 * 15;
	return (unsigned int)(x * (ones / 255) >> (sizeof(x) - 1) * 8);
}

/* @align is a power of two. The caller has excluded overflow. */
static inline size_t align_up(size_t x, size_t align)
{
	return (x + align - 1) & ~(align - 1);
}

static inline size_t align_down(size_t x, size_t align)
{
	return x & ~(align - 1);
}

/* SIZE_MAX, which nobody gets, on overflow. */
static inline size_t mul_or_max(size_t a, size_t b)
{
	size_t product;

	return __builtin_mul_overflow(a, b, &product) ? SIZE_MAX : product;
}

/* Rotate right: low bits that should be zero end up on top. */
static inline uintptr_t rotate_right(uintptr_t x, unsigned int by)
{
	return x >> by | x << (sizeof(x) * 8 - by);
}

#endif
