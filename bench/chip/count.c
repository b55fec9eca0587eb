/* SPDX-License-Identifier: MIT */
/* Ticks become instructions; histograms of them. count.h has the theory. */
#include <mica/mica.h>
#include "count.h"
#include "ticks.h"

#define LONG_LOOP 100000u
#define WARM_UP 8	/* QEMU translates around a device's register anew */

static uint32_t bare;		/* ticks of a bare return */
static uint32_t long_loop;	/* ticks of LONG_LOOP turns, without these */
static uint32_t copied;		/* ticks spent in memcpy() */

/*
 * The library's, which is weak, gives way to this one, so that copying can
 * be told from the rest of realloc.
 */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	uint32_t start = ticks_now();
	unsigned char *at = to;
	const unsigned char *source = from;

	while (bytes--) {
		*at++ = *source++;
		__asm__ volatile("");	/* or it becomes a call of memcpy() */
	}
	copied += ticks_between(start, ticks_now());
	return to;
}

/*
 * The loop had 2 LONG_LOOP + 1 instructions more than a bare return. Where an
 * instruction is no whole number of ticks, what takes as long as a bare return
 * may take a tick less.
 */
static uint32_t instructions(uint32_t ticks)
{
	int64_t scaled = (int64_t)(int32_t)ticks * (2 * LONG_LOOP + 1);

	return (uint32_t)((scaled + long_loop / 2) / long_loop);
}

static uint32_t count_call(ticks_function *call, uintptr_t a, uintptr_t b,
			   uintptr_t *result)
{
	uint32_t ticks;

	copied = 0;
	ticks = ticks_of_call(call, a, b, result) - bare - copied;
	return instructions(ticks) + 1;
}

static uint32_t count_loop(uint32_t turns)
{
	uintptr_t result;

	return count_call(ticks_loop, turns, 0, &result);
}

bool count_start(void)
{
	uintptr_t result;

	ticks_start();
	for (int i = 0; i < WARM_UP; i++)
		ticks_of_call(ticks_bare_return, 0, 0, &result);
	bare = ticks_of_call(ticks_bare_return, 0, 0, &result);
	long_loop = ticks_of_call(ticks_loop, LONG_LOOP, 0, &result) - bare;
	if (long_loop <= 2 * LONG_LOOP)
		return false;	/* less than one tick an instruction */
	for (uint32_t turns = 1; turns < 600; turns++)
		if (count_loop(turns) != 2 * turns + 2)
			return false;
	return count_call(ticks_bare_return, 0, 0, &result) == 1;
}

/* A pointer, a size and a word travel alike. */
#define WORD_CALL(function) ((ticks_function *)(void (*)(void))(function))

uint32_t count_malloc(size_t size, void **p)
{
	uintptr_t result;
	uint32_t count = count_call(WORD_CALL(mica_malloc), size, 0, &result);

	*p = (void *)result;
	return count;
}

uint32_t count_free(void *p)
{
	uintptr_t result;

	return count_call(WORD_CALL(mica_free), (uintptr_t)p, 0, &result);
}

uint32_t count_realloc(void **p, size_t size)
{
	uintptr_t result;
	uint32_t count = count_call(WORD_CALL(mica_realloc), (uintptr_t)*p,
				    size, &result);

	*p = (void *)result;
	return count;
}

void histogram_add(struct histogram *histogram, uint32_t count)
{
	histogram->bin[count < COUNT_BINS ? count : COUNT_BINS - 1]++;
	histogram->calls++;
	if (count > histogram->max)
		histogram->max = count;
}

uint32_t histogram_rank(const struct histogram *histogram, uint32_t per_mille)
{
	uint64_t want = (uint64_t)histogram->calls * per_mille;
	uint64_t seen = 0;

	for (uint32_t count = 0; count < COUNT_BINS; count++) {
		seen += (uint64_t)histogram->bin[count] * 1000;
		if (seen >= want)
			return count;
	}
	return histogram->max;
}
