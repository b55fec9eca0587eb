/* SPDX-License-Identifier: MIT */
/*
 * Each slow path, forced and counted.
 *
 * Which path a call took is read off the statistics: a counter that moved
 * during the call names a mechanism that took part in it. So one table says
 * what the costliest malloc and the costliest free were in which pages were
 * opened, runs merged, requests failed and so on; and a path that the scenes
 * below forgot shows as one never taken.
 *
 * The remote path is entered as on real hardware: SysTick, more urgent than
 * the guard, comes in the middle of a guarded malloc and frees a block. The
 * scene makes it come one instruction later each time until it has hit.
 */
#include <stdbool.h>
#include <mica/mica.h>
#include "board_io.h"
#include "count.h"
#include "line.h"
#include "random.h"
#include "slow.h"
#include "workload.h"

#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)
#define SYST_RUN 7u
#define REMOTE_KEPT 100	/* enough that their class has pages */

enum call { CALL_MALLOC, CALL_FREE, CALLS };

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
	uint32_t calls[CALLS];
	uint32_t max[CALLS];
} paths[NR_COUNTERS], all;

static void *blocks[WORKLOAD_BLOCKS_MAX];

static void counters_read(uint32_t *to)
{
	struct mica_stats stats;

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

static void call_attribute(enum call call, uint32_t count,
			   const uint32_t *before)
{
	uint32_t after[NR_COUNTERS];

	counters_read(after);
	for (size_t i = 0; i < NR_COUNTERS; i++)
		if (after[i] != before[i])
			path_add(&paths[i].calls[call], &paths[i].max[call],
				 count);
	path_add(&all.calls[call], &all.max[call], count);
}

static void *slow_malloc(size_t size)
{
	uint32_t before[NR_COUNTERS];
	uint32_t count;
	void *p;

	counters_read(before);
	count = count_malloc(size, &p);
	call_attribute(CALL_MALLOC, count, before);
	return p;
}

static void slow_free(void *p)
{
	uint32_t before[NR_COUNTERS];

	counters_read(before);
	call_attribute(CALL_FREE, count_free(p), before);
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

/* ---- the remote path ----------------------------------------------------- */

static void *volatile remote_block;
static uint32_t remote_count;

/* Once only: frees as an interrupt above the guard may. */
void isr_systick(void)
{
	void *p = remote_block;

	SYST_CSR = 0;
	remote_block = NULL;
	if (p)
		remote_count = count_free(p);
}

static bool counter_is_remote(size_t i)
{
	return i == COUNTER_remote_frees || i == COUNTER_pages_listed ||
	       i == COUNTER_runs_deferred;
}

/*
 * The interrupt comes @delay cycles into a malloc and a free. Statistics are
 * taken outside; only the remote counters can be the interrupt's.
 */
static bool remote_hit(size_t size, uint32_t delay)
{
	uint32_t before[NR_COUNTERS], after[NR_COUNTERS];
	bool hit = false;

	remote_block = mica_malloc(size);
	counters_read(before);
	SYST_RVR = delay;
	SYST_CVR = 0;
	SYST_CSR = SYST_RUN;
	mica_free(mica_malloc(size));
	while (remote_block)
		;
	counters_read(after);
	for (size_t i = 0; i < NR_COUNTERS; i++) {
		if (after[i] == before[i] || !counter_is_remote(i))
			continue;
		hit = true;
		path_add(&paths[i].calls[CALL_FREE], &paths[i].max[CALL_FREE],
			 remote_count);
	}
	if (hit)
		path_add(&all.calls[CALL_FREE], &all.max[CALL_FREE],
			 remote_count);
	return hit;
}

/*
 * Each instruction of malloc and free in turn, 25.6 cycles apart. Only a
 * `core` context has an interrupt that may do this.
 */
static void scene_remote(size_t size)
{
	static void *kept[REMOTE_KEPT];

	if (MICA_CONTEXT != MICA_CONTEXT_CORE)
		return;
	for (int i = 0; i < REMOTE_KEPT; i++)
		kept[i] = slow_malloc(size);
	for (uint32_t delay = 26; delay < 26 * 200; delay += 13) {
		if (!remote_hit(size, delay))
			continue;
		for (size_t i = 0; i < 64; i++)
			blocks[i] = slow_malloc(size);
		free_every(0, 64, 1);
	}
	for (int i = 0; i < REMOTE_KEPT; i++)
		slow_free(kept[i]);
}

static void path_report(const char *name, const uint32_t *calls,
			const uint32_t *max)
{
	struct line line;

	line_open(&line, "slow");
	line_word(&line, "path", name);
	line_number(&line, "mallocs", calls[CALL_MALLOC]);
	line_number(&line, "malloc_max", max[CALL_MALLOC]);
	line_number(&line, "frees", calls[CALL_FREE]);
	line_number(&line, "free_max", max[CALL_FREE]);
	line_close(&line);
}

void slow_run(size_t arena)
{
	static const size_t sizes[] = { 8, 16, 24, 48, 64, 72, 200, 504, 1024 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		scene_class(sizes[i]);
		scene_fallback(sizes[i] > 8 ? sizes[i] : 16);
	}
	scene_runs(arena);
	for (uint32_t seed = 0; seed < 4; seed++)
		scene_random(seed);
	scene_remote(16);
	scene_remote(104);
	for (size_t i = 0; i < NR_COUNTERS; i++)
		path_report(names[i], paths[i].calls, paths[i].max);
	path_report("any", all.calls, all.max);
}
