/* SPDX-License-Identifier: MIT */
/*
 * The calls that the workloads leave out, each in a scene of its own: an arena
 * that is kept three quarters full of sizes from 8 bytes to 2 KiB, changing
 * between two calls. `chip calls <KiB>`.
 */
#include <mica/mica.h>
#include "../memory.h"
#include "../random.h"
#include "guarded.h"

#define TURNS 400u
#define LEAST 8u
#define MOST 2047u

static struct random some;

/* The workloads' books are not in use here. */
#define blocks chip_bags[0].block
#define room chip_bags[0].count

static size_t some_size(void)
{
	return random_log(&some, LEAST, MOST);
}

static void **some_block(void)
{
	return &blocks[random_below(&some, (uint32_t)room)];
}

/* As many blocks as there is memory for, then a quarter of them free again. */
static void fill(void)
{
	room = 0;
	while (room < WORKLOAD_BLOCKS_MAX &&
	       (blocks[room] = mica_malloc(some_size())))
		room++;
	for (size_t i = 0; i < room; i += 4) {
		mica_free(blocks[i]);
		blocks[i] = NULL;
	}
}

static void empty(void)
{
	for (size_t i = 0; i < room; i++)
		mica_free(blocks[i]);
}

/* Some of it moves on; not what is measured. */
static void change(void)
{
	unsigned int most = guarded_most;
	void **block = some_block();

	mica_free(*block);
	*block = random_below(&some, 4) ? mica_malloc(some_size()) : NULL;
	guarded_most = most;
}

static void replace(void *p)
{
	void **block = some_block();

	mica_free(*block);
	*block = p;
}

/* ---- what is measured ----------------------------------------------------- */

static void call_aligned(void)
{
	size_t align = (size_t)8 << random_below(&some, 8);

	replace(mica_malloc_aligned(some_size(), align));
}

static void call_calloc(void)
{
	replace(mica_calloc(some_size(), 1));
}

static void call_realloc(void)
{
	void **block = some_block();
	void *p = mica_realloc(*block, some_size());

	if (p)
		*block = p;
}

/* A little more, or half: most often it stays where it is. */
static void call_resize(void)
{
	void **block = some_block();
	size_t usable = mica_usable_size(*block);

	mica_expand(*block, random_below(&some, 2) ? usable + 24 : usable / 2);
}

static void call_usage(void)
{
	struct mica_usage_class class;
	struct mica_usage usage;

	mica_usage(&usage);
	mica_usage_class(3, &class);
	mica_peak_reset();
}

static void call_stats(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
}

static void call_attr(void)
{
	void *p = mica_malloc_attr(some_size(), 0, MICA_FAST), *q;

	q = mica_realloc_attr(p, some_size(), 32, 0);
	replace(q ? q : p);
}

static void call_collect(void)
{
	mica_collect(true);
}

static const struct {
	const char *name;
	void (*call)(void);
} scenes[] = {
	{ "aligned", call_aligned },
	{ "calloc", call_calloc },
	{ "realloc", call_realloc },
	{ "resize", call_resize },
	{ "usage", call_usage },
	{ "stats", call_stats },
	{ "attr", call_attr },
	{ "collect", call_collect },
};

void guarded_scenes(void)
{
	random_seed(&some, 7);
	fill();
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		guarded_most = 0;
		for (unsigned int turn = 0; turn < TURNS; turn++) {
			change();
			scenes[i].call();
		}
		guarded_report(scenes[i].name);
	}
	empty();
}
