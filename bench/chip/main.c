/* SPDX-License-Identifier: MIT */
/*
 * What is measured on a board; one measurement a boot, since mica gives back
 * nothing that it manages.
 *
 *	chip fast <size>		the shortest way through malloc and free
 *	chip small|mixed|iot|adversarial <KiB> <seed>
 *	chip realloc <workload> <KiB> <seed>	the same, changing blocks, too
 *	chip fill <shape> <KiB> <seed>	to compare with the i686 build's figure
 *	chip slow <KiB>			each slow path, forced
 *	chip hold <shape> <KiB> <seed>	failures holding 75 %
 *	chip lost <bytes> <seed>	what no block can have; does it serve one?
 *
 * Results are JSON lines. Exit status: 1 when mica_check() finds a fault, 2
 * for a bad command line, 4 when the counting is not exact.
 */
#include <stdbool.h>
#include <mica/mica.h>
#include <mica/port.h>
#include "arena.h"
#include "board_io.h"
#include "count.h"
#include "line.h"
#include "slow.h"
#include "workload.h"

#define STATUS_USAGE 2
#define STATUS_INEXACT 4
#define FAST_BLOCKS 240
#define FAST_BYTES (MICA_RARE_BYTES + (2u << MICA_PAGE_SHIFT))
#define FAST_LAST 2
#define FAST_TURNS 32

static struct histogram mallocs, frees, reallocs;

static void *counted_malloc(size_t size)
{
	unsigned int begun = slow_regions();
	uint32_t count;
	void *p;

	count = count_malloc(size, &p);
	if (!slow_began(begun, count))
		histogram_add(&mallocs, count);
	return p;
}

static void counted_free(void *p)
{
	histogram_add(&frees, count_free(p));
}

static void *counted_realloc(void *p, size_t size)
{
	unsigned int begun = slow_regions();
	uint32_t count = count_realloc(&p, size);

	if (!slow_began(begun, count))
		histogram_add(&reallocs, count);
	return p;
}

static const struct allocator counted = { counted_malloc, counted_free, NULL };
static const struct allocator changing = {
	counted_malloc, counted_free, counted_realloc
};
static const struct allocator plain = { mica_malloc, mica_free, NULL };

static const struct {
	const char *name;
	uint32_t (*run)(struct workload *work);
} workloads[] = {
	{ "small", workload_small },
	{ "mixed", workload_mixed },
	{ "iot", workload_iot },
	{ "adversarial", workload_adversarial },
};

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* A decimal number up to @most; anything else is @most + 1. */
static uint32_t number(const char *text, uint32_t most)
{
	uint32_t value = 0;

	if (!*text)
		return most + 1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || value > most)
			return most + 1;
		value = value * 10 + (uint32_t)(*text - '0');
	}
	return value <= most ? value : most + 1;
}

/*
 * The first malloc of all takes the arena from the provider and writes its
 * head, once; it is counted apart.
 */
static void first_measure(void)
{
	struct line line;
	void *p;

	line_open(&line, "first");
	line_number(&line, "malloc", count_malloc(8, &p));
	mica_free(p);
	line_close(&line);
}

static void histogram_report(const char *workload, size_t arena,
			     const char *call,
			     const struct histogram *histogram)
{
	struct line line;

	line_open(&line, "workload");
	line_word(&line, "workload", workload);
	line_number(&line, "arena", (uint32_t)arena);
	line_word(&line, "call", call);
	line_number(&line, "calls", histogram->calls);
	line_number(&line, "median", histogram_rank(histogram, 500));
	line_number(&line, "p999", histogram_rank(histogram, 999));
	line_number(&line, "max", histogram->max);
	line_close(&line);
}

/* Who served the requests? Builds that count mechanisms can tell. */
static void served_report(const char *workload, size_t arena, uint32_t failed)
{
	struct mica_stats stats;
	struct line line;

	mica_stats(&stats);
	line_open(&line, "served");
	line_word(&line, "workload", workload);
	line_number(&line, "arena", (uint32_t)arena);
	line_number(&line, "mallocs", mallocs.calls);
	line_number(&line, "failed", failed);
	line_number(&line, "runs",
		    (uint32_t)(stats.runs_allocated - stats.pages_opened));
	line_close(&line);
}

static int workload_measure(const char *name, struct workload *work)
{
	bool change = work->allocator == &changing;
	uint32_t failed;

	first_measure();
	for (size_t i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++) {
		if (!same(name, workloads[i].name))
			continue;
		failed = workloads[i].run(work);
		slow_report_began();
		if (change) {
			histogram_report(name, work->arena, "realloc", &reallocs);
			return mica_check() != 0;
		}
		histogram_report(name, work->arena, "malloc", &mallocs);
		histogram_report(name, work->arena, "free", &frees);
		served_report(name, work->arena, failed);
		return mica_check() != 0;
	}
	return STATUS_USAGE;
}

static int fill_measure(const char *shape, struct workload *work)
{
	struct line line;

	work->allocator = &plain;
	for (int i = 0; i < RANGES; i++) {
		if (!same(shape, workload_ranges[i].name))
			continue;
		line_open(&line, "fill");
		line_word(&line, "shape", shape);
		line_number(&line, "arena", (uint32_t)work->arena);
		line_number(&line, "live",
			    (uint32_t)workload_fill(work, &workload_ranges[i]));
		line_close(&line);
		return mica_check() != 0;
	}
	return STATUS_USAGE;
}

/*
 * Pages of the class are open and the first of them has blocks: the last
 * blocks that it gave are freed and taken again. The shortest of that is the
 * fast path; the page may have been empty meanwhile, which takes longer.
 */
static int fast_measure(size_t size)
{
	static void *blocks[FAST_BLOCKS];
	struct line line;
	int count = 0;

	first_measure();
	while (count < FAST_BLOCKS && (size_t)count * size < FAST_BYTES &&
	       (blocks[count] = mica_malloc(size)))
		count++;
	for (int turn = 0; count >= FAST_LAST && turn < FAST_TURNS; turn++) {
		for (int i = 1; i <= FAST_LAST; i++)
			counted_free(blocks[count - i]);
		for (int i = 1; i <= FAST_LAST; i++)
			blocks[count - i] = counted_malloc(size);
	}
	line_open(&line, "fast");
	line_number(&line, "size", (uint32_t)size);
	line_number(&line, "malloc", histogram_rank(&mallocs, 1));
	line_number(&line, "free", histogram_rank(&frees, 1));
	line_close(&line);
	return mica_check() != 0;
}

static int hold_measure(const char *shape, struct workload *work)
{
	struct line line;

	work->allocator = &plain;
	for (int i = 0; i < RANGES; i++) {
		if (!same(shape, workload_ranges[i].name))
			continue;
		line_open(&line, "hold");
		line_word(&line, "shape", shape);
		line_number(&line, "arena", (uint32_t)work->arena);
		line_number(&line, "failures",
			    workload_hold(work, &workload_ranges[i]));
		line_close(&line);
		return mica_check() != 0;
	}
	return STATUS_USAGE;
}

/* What an arena has less than its largest first block, and whether any. */
static int lost_measure(size_t bytes, uint32_t seed)
{
	struct mica_stats stats;
	struct line line;
	void *p;

	arena_choose(bytes, seed);
	p = mica_malloc(1);
	line_open(&line, "lost");
	line_number(&line, "arena", (uint32_t)bytes);
	line_number(&line, "serves", p != NULL);
	mica_free(p);
	mica_stats(&stats);
	line_number(&line, "bytes", (uint32_t)(bytes - stats.largest_free));
	line_close(&line);
	return mica_check() != 0;
}

static int measure(int argc, char **argv)
{
	uint32_t most = (uint32_t)(WORKLOAD_ARENA_MAX >> 10);
	uint32_t kib = argc > 2 ? number(argv[argc - 2], most) : most + 1;
	uint32_t last = argc > 1 ? number(argv[argc - 1], 1u << 20) : 0;
	struct workload work = { .arena = (size_t)kib << 10 };

	random_seed(&work.random, last);
	if (argc == 3 && same(argv[1], "fast")) {
		arena_choose(WORKLOAD_ARENA_MAX, 0);
		return fast_measure(last);
	}
	if (argc == 3 && same(argv[1], "slow") && last <= most) {
		arena_choose((size_t)last << 10, 0);
		first_measure();
		slow_run((size_t)last << 10);
		return mica_check() != 0;
	}
	if (argc == 4 && same(argv[1], "lost"))
		return lost_measure(number(argv[2], most << 10), last);
	if (kib > most || last > 1u << 20)
		return STATUS_USAGE;
	arena_choose(work.arena, last);
	if (argc == 5 && same(argv[1], "fill"))
		return fill_measure(argv[2], &work);
	if (argc == 5 && same(argv[1], "hold"))
		return hold_measure(argv[2], &work);
	work.allocator = argc == 5 ? &changing : &counted;
	if (argc == 5 && !same(argv[1], "realloc"))
		return STATUS_USAGE;
	return argc >= 4 ? workload_measure(argv[argc - 3], &work) :
			   STATUS_USAGE;
}

int main(int argc, char **argv)
{
	static const char usage[] =
		"usage: chip fast <size> | slow <KiB> | lost <bytes> <seed>"
		" | fill|hold <shape> <KiB> <seed>"
		" | [realloc] small|mixed|iot|adversarial <KiB> <seed>\n";
	int status;

	if (!count_start())
		return STATUS_INEXACT;
	status = measure(argc, argv);
	if (status == STATUS_USAGE)
		board_console(usage, sizeof(usage) - 1);
	return status;
}
