/* SPDX-License-Identifier: MIT */
/*
 * How full can a small memory get? The chip's core, built for i686, run
 * natively: blocks lie exactly where they lie on the chip, and it is hundreds
 * of times faster than an emulated chip.
 *
 *	fill [seeds]		JSON lines on standard output
 *	fill tiny [seeds]	the same of an arena of 1 KiB
 *
 * Each run is a process of its own, because mica gives nothing back that it
 * once managed; results come home through shared memory.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <mica/mica.h>
#include <mica/port.h>
#include "arena.h"
#include "workload.h"

#define HELD_ARENA (64 << 10)

static const struct allocator mica = { mica_malloc, mica_free, NULL };

typedef size_t experiment(struct workload *work, const struct range *range);

void board_console(const char *text, size_t len)
{
	if (write(STDERR_FILENO, text, len) < 0)
		_exit(2);
}

void board_exit(int status)
{
	_exit(status);
}

static size_t hold(struct workload *work, const struct range *range)
{
	return workload_hold(work, range);
}

static size_t redraw(struct workload *work, const struct range *range)
{
	return workload_redraw(work, range);
}

static size_t taken;		/* mallocs that were served */

static void *counting_take(size_t size)
{
	void *p = mica_malloc(size);

	taken += p != NULL;
	return p;
}

static const struct allocator counting = { counting_take, mica_free, NULL };

/* Of 10000 requests, how many a page served: where mica counts. */
static size_t share_of(struct workload *work,
		       uint32_t (*workload)(struct workload *work))
{
	struct mica_stats stats;
	size_t runs;

	work->allocator = &counting;
	workload(work);
	mica_stats(&stats);
	runs = (size_t)(stats.runs_allocated - stats.pages_opened);
	return (taken - runs) * 10000 / taken;
}

static size_t share_small(struct workload *work, const struct range *range)
{
	(void)range;
	return share_of(work, workload_small);
}

static size_t share_mixed(struct workload *work, const struct range *range)
{
	(void)range;
	return share_of(work, workload_mixed);
}

static size_t share_iot(struct workload *work, const struct range *range)
{
	(void)range;
	return share_of(work, workload_iot);
}

/* What no block can ever have: the head, the first tag, what rounding loses. */
static size_t lost(struct workload *work, const struct range *range)
{
	struct mica_stats stats;

	(void)range;
	mica_free(mica_malloc(MICA_GRANULE));
	mica_stats(&stats);
	return work->arena - stats.largest_free;
}

static size_t serves_one(struct workload *work, const struct range *range)
{
	(void)work, (void)range;
	return mica_malloc(1) != NULL;
}

/* In a child: *result stays as it was when the child does not finish. */
static void run(experiment *what, size_t arena, const struct range *range,
		uint32_t seed, size_t *result)
{
	struct workload work = { .allocator = &mica, .arena = arena };
	int status;
	pid_t child = fork();

	if (child == 0) {
		arena_choose(arena, seed);
		random_seed(&work.random, seed);
		*result = what(&work, range);
		_exit(mica_check());
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status) {
		fprintf(stderr, "fill: %s, %zu KiB, seed %u: the run failed\n",
			range->name, arena >> 10, seed);
		exit(1);
	}
}

static void fill_report(size_t arena, const struct range *range,
			uint32_t seeds, size_t *result)
{
	double sum = 0, least = 100;

	for (uint32_t seed = 0; seed < seeds; seed++) {
		double percent;

		run(workload_fill, arena, range, seed, result);
		percent = 100.0 * (double)*result / (double)arena;
		sum += percent;
		if (percent < least)
			least = percent;
	}
	printf("{\"bench\":\"fill\",\"shape\":\"%s\",\"arena\":%zu,"
	       "\"seeds\":%u,\"percent\":%.2f,\"least\":%.2f}\n",
	       range->name, arena, seeds, sum / seeds, least);
}

static void hold_report(const char *name, experiment *what, size_t arena,
			const struct range *range, size_t *result)
{
	run(what, arena, range, 0, result);
	printf("{\"bench\":\"%s\",\"shape\":\"%s\",\"arena\":%zu,"
	       "\"failures\":%zu}\n", name, range->name, arena, *result);
}

static void lost_report(size_t arena, size_t *result)
{
	run(lost, arena, &workload_ranges[0], 0, result);
	printf("{\"bench\":\"lost\",\"arena\":%zu,\"bytes\":%zu}\n",
	       arena, *result);
}

static void share_report(size_t arena, size_t *result)
{
	static const struct {
		const char *name;
		experiment *run;
	} shares[] = {
		{ "small", share_small }, { "mixed", share_mixed },
		{ "iot", share_iot },
	};

	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		run(shares[i].run, arena, &workload_ranges[0], 0, result);
		printf("{\"bench\":\"share\",\"workload\":\"%s\","
		       "\"arena\":%zu,\"percent\":%.2f}\n",
		       shares[i].name, arena, (double)*result / 100);
	}
}

/* The smallest arena that serves any block. */
static void usable_report(size_t *result)
{
	size_t arena = 0;

	do {
		arena += 8;
		run(serves_one, arena, &workload_ranges[0], 0, result);
	} while (!*result);
	printf("{\"bench\":\"usable\",\"arena\":%zu}\n", arena);
}

static void arena_report(size_t arena, uint32_t seeds, size_t *result)
{
	for (int r = 0; r < RANGES; r++)
		fill_report(arena, &workload_ranges[r], seeds, result);
	lost_report(arena, result);
	for (int r = 0; arena == HELD_ARENA && r < RANGES; r++) {
		hold_report("hold", hold, arena, &workload_ranges[r], result);
		hold_report("redraw", redraw, arena, &workload_ranges[r],
			    result);
	}
	if (MICA_STATS == 2 && arena == HELD_ARENA)
		share_report(arena, result);
	usable_report(result);
}

int main(int argc, char **argv)
{
	size_t arena = argc > 1 ? strtoul(argv[1], NULL, 10) << 10 : 0;
	uint32_t seeds = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 20;
	size_t *result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (!arena || arena > WORKLOAD_ARENA_MAX || !seeds ||
	    result == MAP_FAILED) {
		fprintf(stderr, "usage: fill <KiB> [seeds]\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	arena_report(arena, seeds, result);
	return 0;
}
