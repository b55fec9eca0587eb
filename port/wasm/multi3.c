// SPDX-License-Identifier: MIT
/*
 * wasm64: a product of 128 bits, by which the compiler looks whether one of 64 bits
 * overflows. Its own library has the same, for those who link that.
 */
#include <stdint.h>

#if defined(__wasm64__)

union wide {
	__int128 all;
	struct {
		uint64_t low, high;
	} half;
};

__int128 __multi3(__int128 a, __int128 b);

/* Four products of 32 bits; what is over 64 of the first ones is carried. */
static union wide product(uint64_t a, uint64_t b)
{
	uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
	uint64_t low = a0 * b0, mid = a1 * b0 + (low >> 32), rest = a0 * b1 + (uint32_t)mid;
	union wide p;

	p.half.low = rest << 32 | (uint32_t)low;
	p.half.high = a1 * b1 + (mid >> 32) + (rest >> 32);
	return p;
}

__attribute__((weak)) __int128 __multi3(__int128 a, __int128 b)
{
	union wide x = { .all = a }, y = { .all = b };
	union wide p = product(x.half.low, y.half.low);

	p.half.high += x.half.high * y.half.low + x.half.low * y.half.high;
	return p.all;
}

#endif
