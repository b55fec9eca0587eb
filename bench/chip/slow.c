/* SPDX-License-Identifier: MIT */
/*
 * Each slow path, forced and counted.
 *
 * Which path a call took is read off the statistics, in builds that count
 * (MICA_STATS is 2): a counter that moved during the call names a mechanism
 * that took part in it. So one table says what the costliest malloc, free and
 * realloc were in which pages were opened, runs merged, requests failed and
 * so on; and a path that the scenes below forgot shows as one never taken.
 * Builds that count nothing run the same scenes for the maximum of all.
 *
 * The remote path is slow_remote.c's.
 */
#include <mica/mica.h>
#include "arena.h"
#include "count.h"
#include "line.h"
#include "memory.h"
#include "slow.h"

#define COUNTING (MICA_STATS == 2)

static const char *const names[] = {
#define X(name, what) #name,
	MICA_COUNTERS(X)
#undef X
};

enum {
#define X(name, what) COUNTER_##name,
	MICA_COUNTERS(X)
#undef X
	NR_COUNTERS
};

static struct {
	uint32_t calls[SLOW_CALLS];
	uint32_t max[SLOW_CALLS];
} paths[NR_COUNTERS], all;

/* The workloads' books are not in use here. */
#define blocks chip_bags[0].block

static void counters_read(uint32_t *to)
{
	struct mica_stats stats;

	if (!COUNTING)
		return;
	mica_stats(&stats);
#define X(name, what) *to++ = (uint32_t)stats.name;
	MICA_COUNTERS(X)
#undef X
}

static void path_add(uint32_t *calls, uint32_t *max, uint32_t count)
{
	++*calls;
	if (count > *max)
		*max = count;
}

void slow_add(enum slow_call call, uint32_t count)
{
	path_add(&all.calls[call], &all.max[call], count);
}

static void call_attribute(enum slow_call call, uint32_t count,
			   const uint32_t *before)
{
	uint32_t after[NR_COUNTERS];

	slow_add(call, count);
	counters_read(after);
	for (size_t i = 0; COUNTING && i < NR_COUNTERS; i++)
		if (after[i] != before[i])
			path_add(&paths[i].calls[call], &paths[i].max[call],
				 count);
}

/* Calls that made a region of a span: told apart, there are few in all. */
static struct {
	uint32_t calls, max;
} began;

unsigned int slow_regions(void)
{
	return MICA_REGIONS_MAX > 1 ? arena_begun() : 0;
}

bool slow_began(unsigned int before, uint32_t count)
{
	if (slow_regions() == before)
		return false;
	path_add(&began.calls, &began.max, count);
	return true;
}

void slow_report_began(void)
{
	struct line line;

	if (!began.calls)
		return;
	line_open(&line, "began");
	line_number(&line, "regions", began.calls);
	line_number(&line, "max", began.max);
	line_close(&line);
}

void *slow_malloc(size_t size)
{
	unsigned int begun = slow_regions();
	uint32_t before[NR_COUNTERS];
	uint32_t count;
	void *p;

	counters_read(before);
	count = count_malloc(size, &p);
	if (!slow_began(begun, count))
		call_attribute(SLOW_MALLOC, count, before);
	return p;
}

void slow_free(void *p)
{
	uint32_t before[NR_COUNTERS];

	counters_read(before);
	call_attribute(SLOW_FREE, count_free(p), before);
}

static void *slow_realloc(void *p, size_t size)
{
	unsigned int begun = slow_regions();
	uint32_t before[NR_COUNTERS];
	void *old = p;
	uint32_t count;

	counters_read(before);
	count = count_realloc(&p, size);
	if (!slow_began(begun, count))
		call_attribute(SLOW_REALLOC, count, before);
	return p ? p : old;
}

static size_t fill_with(size_t size)
{
	size_t count = 0;

	while ((blocks[count] = slow_malloc(size)))
		count++;
	return count;
}

static void free_every(size_t first, size_t count, size_t step)
{
	for (size_t i = first; i < count; i += step)
		slow_free(blocks[i]);
}

/*
 * Full of one class; emptied in an order that queues each page, then retires
 * it; the runs that come back merge on no side, on one, on both.
 */
static void scene_class(size_t size)
{
	size_t count = fill_with(size);

	free_every(0, count, 4);
	free_every(2, count, 4);
	free_every(1, count, 2);
}

/* Every second block of one class free, then a smaller class is asked for. */
static void scene_fallback(size_t size)
{
	size_t count = fill_with(size);

	for (size_t i = 0; i < count; i += 2) {
		slow_free(blocks[i]);
		blocks[i] = slow_malloc(size - 8);
	}
	for (size_t i = 0; i < count; i += 2)
		slow_free(blocks[i] ? blocks[i] : NULL);
	for (size_t i = 0; i < 4; i++)
		blocks[count + i] = slow_malloc(size - 8);
	for (size_t i = 0; i < 4; i++)
		slow_free(blocks[count + i]);
	free_every(1, count, 2);
}

/* Runs of all lists of the segregated fit: exact, split, none. */
static void scene_runs(size_t arena)
{
	size_t count = 0;

	for (size_t size = 8; size < arena; size += size / 8 + 8)
		if ((blocks[count] = slow_malloc(size)))
			count++;
	free_every(0, count, 2);
	for (size_t size = arena; size >= 8; size -= size / 8 + 8)
		slow_free(slow_malloc(size));
	free_every(1, count, 2);
}

static void scene_random(uint32_t seed)
{
	struct random random;
	size_t count = 0;

	random_seed(&random, seed);
	for (int step = 0; step < 4000; step++) {
		size_t at;

		blocks[count] = slow_malloc(random_log(&random, 8, 2047));
		count += blocks[count] != NULL;
		if (!count || (blocks[count - 1] && step % 3))
			continue;
		at = random_below(&random, (uint32_t)count);
		slow_free(blocks[at]);
		blocks[at] = blocks[--count];
	}
	free_every(0, count, 1);
}

/* In pages and in runs: in place, moved, refused, with neighbours and none. */
static void scene_realloc(size_t size)
{
	size_t count = fill_with(size);

	for (size_t i = 0; i < count; i += 3)
		slow_free(blocks[i]);
	for (size_t i = 1; i < count; i += 3)
		blocks[i] = slow_realloc(blocks[i], size + size / 2 + 8);
	for (size_t i = 2; i < count; i += 3)
		blocks[i] = slow_realloc(blocks[i], size / 2);
	for (size_t i = 1; i < count; i++)
		if (i % 3)
			blocks[i] = slow_realloc(blocks[i], i * 7 % (4 * size));
	for (size_t i = 1; i < count; i++)
		if (i % 3)
			slow_free(blocks[i]);
}

static void path_report(const char *name, const uint32_t *calls,
			const uint32_t *max)
{
	struct line line;

	line_open(&line, "slow");
	line_word(&line, "path", name);
	line_number(&line, "mallocs", calls[SLOW_MALLOC]);
	line_number(&line, "malloc_max", max[SLOW_MALLOC]);
	line_number(&line, "frees", calls[SLOW_FREE]);
	line_number(&line, "free_max", max[SLOW_FREE]);
	line_number(&line, "reallocs", calls[SLOW_REALLOC]);
	line_number(&line, "realloc_max", max[SLOW_REALLOC]);
	line_close(&line);
}

void slow_run(size_t arena)
{
	static const size_t sizes[] = { 8, 16, 24, 48, 64, 72, 200, 504, 1024 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		scene_class(sizes[i]);
		scene_fallback(sizes[i] > 8 ? sizes[i] : 16);
		scene_realloc(sizes[i]);
	}
	scene_runs(arena);
	for (uint32_t seed = 0; seed < 4; seed++)
		scene_random(seed);
	slow_remote();
	for (size_t i = 0; COUNTING && i < NR_COUNTERS; i++)
		path_report(names[i], paths[i].calls, paths[i].max);
	path_report("any", all.calls, all.max);
	slow_report_began();
}
