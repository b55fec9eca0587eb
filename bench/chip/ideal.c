/* SPDX-License-Identifier: MIT */
/*
 * What placement alone can do: holding 75 % of 64 KiB with an ideal fit, which
 * looks at every free block and keeps nothing in the arena but a word before
 * each block. Sizes are rounded as mica's runs are, to 8 B with that word.
 * Prints how many mallocs fail in the workloads hold and redraw, as
 * bench/chip/fill.c does of mica.
 */
#include <stdio.h>
#include <stdlib.h>
#include "memory.h"
#include "workload.h"

#define ARENA (64u << 10)
#define UNITS (ARENA / 8)

/* By its first unit: units of a block, negative if it is free. */
static int blocks[UNITS];
static bool best;

static size_t ideal_find(int units)
{
	size_t found = UNITS;

	for (size_t i = 0; i < UNITS; i += (size_t)abs(blocks[i])) {
		if (-blocks[i] < units)
			continue;
		if (found == UNITS || blocks[i] > blocks[found])
			found = i;
		if (!best)
			break;
	}
	return found;
}

static void *ideal_take(size_t size)
{
	int units = (int)(size + 4 + 7) / 8, rest;
	size_t i;

	units = units < 2 ? 2 : units;
	i = ideal_find(units);
	if (i == UNITS)
		return NULL;
	rest = -blocks[i] - units;
	if (rest < 2)
		units += rest;
	else
		blocks[i + (size_t)units] = -rest;
	blocks[i] = units;
	return chip_memory + i * 8;
}

/* Free neighbours become one when the whole arena is walked. */
static void ideal_give(void *p)
{
	size_t given = (size_t)((unsigned char *)p - chip_memory) / 8, i, next;

	blocks[given] = -blocks[given];
	for (i = 0; i < UNITS; i = next) {
		next = i + (size_t)abs(blocks[i]);
		while (blocks[i] < 0 && next < UNITS && blocks[next] < 0) {
			blocks[i] += blocks[next];
			next = i + (size_t)-blocks[i];
		}
	}
}

static void ideal_report(const char *name, uint32_t (*run)(struct workload *work,
					const struct range *range),
			 const struct range *range)
{
	static const struct allocator ideal = { ideal_take, ideal_give, NULL };
	struct workload work = { .allocator = &ideal, .arena = ARENA };

	blocks[0] = -(int)UNITS;
	random_seed(&work.random, 0);
	printf("{\"bench\":\"ideal\",\"workload\":\"%s\",\"policy\":\"%s\","
	       "\"shape\":\"%s\",\"failures\":%u}\n", name,
	       best ? "best fit" : "first fit", range->name, run(&work, range));
}

int main(void)
{
	for (int policy = 0; policy < 2; policy++) {
		for (int shape = 1; shape < RANGES; shape++) {
			best = !policy;
			ideal_report("hold", workload_hold,
				     &workload_ranges[shape]);
			ideal_report("redraw", workload_redraw,
				     &workload_ranges[shape]);
		}
	}
	return 0;
}
