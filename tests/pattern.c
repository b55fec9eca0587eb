/* SPDX-License-Identifier: MIT */
/* What blocks are filled with: byte i of a pattern depends on i and a seed. */
#include "model.h"

#define WHOLE 4096	/* blocks up to here are filled completely */
#define ENDS 1024	/* of larger ones, this much of each end */
#define SAMPLE 16	/* and so many bytes of each step between */
#define STEP 4096	/* up to FAR, then STEP_FAR */
#define FAR ((size_t)1 << 20)
#define STEP_FAR 65536

static unsigned char pattern(size_t i, uint32_t seed)
{
	uint32_t x = seed + (uint32_t)i * 2654435761u;

	return (unsigned char)(x >> 24);
}

/*
 * The first position at or after @i that is looked at in a block of @size
 * bytes. Shrinking a block keeps its first samples where they were.
 */
static size_t sampled(size_t i, size_t size)
{
	size_t step = i < FAR ? STEP : STEP_FAR;

	if (size <= WHOLE || i < ENDS || i >= size - ENDS || i % step < SAMPLE)
		return i;
	i += step - i % step;
	return i < size - ENDS ? i : size - ENDS;
}

void fill(void *p, size_t size, uint32_t seed)
{
	unsigned char *bytes = p;

	for (size_t i = 0; i < size; i = sampled(i + 1, size))
		bytes[i] = pattern(i, seed);
}

static bool filled_as(const unsigned char *bytes, size_t size, size_t known,
		      uint32_t seed)
{
	for (size_t i = 0; i < known; i = sampled(i + 1, size))
		if (bytes[i] != pattern(i, seed))
			return false;
	return true;
}

bool filled(const void *p, size_t size, uint32_t seed)
{
	return filled_as(p, size, size, seed);
}

bool filled_before(const void *p, size_t size, size_t old_size, uint32_t seed)
{
	return filled_as(p, old_size, size < old_size ? size : old_size, seed);
}

bool all_zero(const void *p, size_t size)
{
	const unsigned char *bytes = p;

	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}
