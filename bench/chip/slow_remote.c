/* SPDX-License-Identifier: MIT */
/*
 * The remote path, entered as on real hardware: an interrupt more urgent than
 * the guard comes in the middle of a guarded malloc and frees a block.
 *
 * First the interrupt is tried at each instruction of a malloc and a free in
 * turn, until it is found when the guard is held: then what it frees is still
 * a live block afterwards. Under -icount the same delay hits again, so from
 * then on any block can be freed that way at will: in a page, the last of its
 * page, a run between free neighbours. A deferred block is freed for good by a
 * malloc's trip through the slow path that a queued page serves; these are
 * the mallocs that follow each.
 */
#include <stdbool.h>
#include <stdint.h>
#include <mica/mica.h>
#include "board_io.h"
#include "count.h"
#include "line.h"
#include "slow.h"
#include "ticks.h"

#define KEPT 100		/* enough that their class has pages */
#define SMALL 16
#define SINGLE 200		/* has no class: a run */
#define WANTED (4 * SINGLE)
#define PENDING 16
#define DELAY_LEAST 26		/* about an instruction's time */
#define DELAY_MOST (26 * 200)

static void *volatile remote_block;
static volatile uint32_t remote_count;

/* Once only: frees as an interrupt above the guard may. */
void isr_systick(void)
{
	void *p = remote_block;

	ticks_interrupt_end();
	if (p)
		remote_count = count_free(p);
	remote_block = NULL;
}

static size_t live_blocks(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return stats.live_blocks;
}

/* Free @p @delay cycles into a malloc and a free. Return: was it deferred? */
static __attribute__((noinline)) bool remote_free(void *p, uint32_t delay)
{
	size_t before = live_blocks();

	remote_block = p;
	if (!ticks_interrupt(delay))
		return false;
	mica_free(mica_malloc(SMALL));
	while (remote_block)
		;
	if (live_blocks() != before)
		return false;
	slow_add(SLOW_FREE, remote_count);
	return true;
}

/* Return: a delay that finds the guard held; 0, there is none. */
static uint32_t delay_find(void)
{
	for (uint32_t delay = DELAY_LEAST; delay < DELAY_MOST; delay += 13) {
		void *p = mica_malloc(SMALL);

		if (p && remote_free(p, delay))
			return delay;
	}
	return 0;
}

/* Mallocs, none of which may fail, until several have gone through the slow path; all freed again. */
static void take_deferred(void)
{
	static void *taken[KEPT];

	for (int i = 0; i < KEPT; i++)
		taken[i] = slow_malloc(SMALL);
	for (int i = 0; i < KEPT; i++)
		slow_free(taken[i]);
}

/* Blocks of a page; every page gets its turn to be the one that empties. */
static void scene_page(uint32_t delay)
{
	static void *kept[KEPT];

	for (int i = 0; i < KEPT; i++)
		kept[i] = slow_malloc(SMALL);
	for (int i = 0; i < KEPT; i++) {
		remote_free(kept[i], delay);
		if (i % 3 == 0)
			take_deferred();
	}
	take_deferred();
}

/* A run, its neighbours free on no side, on one, on both. */
static void scene_run(uint32_t delay, bool before, bool after)
{
	void *run[3];

	for (int i = 0; i < 3; i++)
		run[i] = slow_malloc(SINGLE);
	if (before)
		slow_free(run[0]);
	if (after)
		slow_free(run[2]);
	remote_free(run[1], delay);
	take_deferred();
	if (!before)
		slow_free(run[0]);
	if (!after)
		slow_free(run[2]);
}

/* Nothing is left but what was deferred: the malloc that would fail takes it. */
static size_t fill_up(void **filled)
{
	size_t count = 0, size = 1u << 20;

	while (size >= SINGLE && count < KEPT) {
		filled[count] = mica_malloc(size);
		if (filled[count])
			count++;
		else
			size /= 2;
	}
	return count;
}

/* Return: how many of these were deferred. */
static unsigned int defer(void **blocks, unsigned int count, uint32_t delay)
{
	unsigned int deferred = 0;

	for (unsigned int i = 0; i < count; i++)
		if (blocks[i] && remote_free(blocks[i], delay))
			deferred++;
	return deferred;
}

/*
 * A malloc that finds nothing frees for good what was deferred, one block a
 * turn, leaving the guard after each, and looks again. So what it costs is told
 * apart: it is so many turns.
 */
static void turns_report(const char *name, unsigned int deferred,
			 uint32_t count)
{
	struct line line;

	line_open(&line, name);
	line_number(&line, "deferred", deferred);
	line_number(&line, "malloc", count);
	line_close(&line);
}

/*
 * Memory is full, and the block that will do was deferred before @more others,
 * so it comes last.
 */
static void scene_starved(uint32_t delay, unsigned int more)
{
	static void *filled[KEPT], *deferred[PENDING], *fence[PENDING];
	unsigned int turns;
	uint32_t count;
	size_t full;
	void *p;

	deferred[0] = mica_malloc(WANTED);
	for (unsigned int i = 0; i < more; i++) {
		fence[i] = mica_malloc(SINGLE);
		deferred[i + 1] = mica_malloc(SINGLE);
	}
	full = fill_up(filled);
	mica_collect(false);
	turns = defer(deferred, more + 1, delay);
	count = count_malloc(WANTED, &p);
	if (p && turns == more + 1)
		turns_report("starved", turns, count);
	mica_free(p);
	for (unsigned int i = 0; i < more; i++)
		mica_free(fence[i]);
	for (size_t i = 0; i < full; i++)
		mica_free(filled[i]);
	mica_collect(false);
}

/* A malloc that fails in spite of all that was deferred. */
static void scene_pending(uint32_t delay)
{
	static void *pending[PENDING];
	unsigned int turns;
	uint32_t count;
	void *p;

	for (int i = 0; i < PENDING; i++)
		pending[i] = mica_malloc(SINGLE);
	mica_collect(false);
	turns = defer(pending, PENDING, delay);
	count = count_malloc(PTRDIFF_MAX / 2, &p);
	turns_report("pending", turns, count);
}

void slow_remote(void)
{
	uint32_t delay;

	if (MICA_CONTEXT != MICA_CONTEXT_CORE)
		return;
	delay = delay_find();
	if (!delay)
		return;
	for (int round = 0; round < 4; round++) {
		scene_page(delay);
		scene_run(delay, round & 1, round & 2);
	}
	mica_collect(false);
	for (unsigned int more = 0; more < PENDING; more += 1 + more / 2)
		scene_starved(delay, more);
	scene_pending(delay);
}
