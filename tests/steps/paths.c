/* SPDX-License-Identifier: MIT */
/* The guarded paths of one core: how each is entered. A test for each. */
#include "scene.h"

static int capacity;	/* blocks of a page of SMALL */
static int singles;	/* blocks of SMALL that are runs, before one is opened */

/* Two pages opened one after the other tell; all is freed again. */
static void small_measure(void)
{
	int first = scene_keep(SMALL), opened, last;

	opened = scene_open(SMALL);
	last = scene_open(SMALL);
	capacity = last - opened;
	singles = opened - first;
	for (int i = first; i <= last; i++)
		scene_drop(i);
	mica_collect(true);
}

static void keep_many(size_t size, int n)
{
	while (n-- > 0)
		scene_keep(size);
}

/* Nothing is left but what pages have. */
static void starve(void)
{
	struct mica_stats stats;

	do {
		mica_stats(&stats);
	} while (stats.largest_free && scene_hog(stats.largest_free) >= 0);
}

/* ---- malloc ------------------------------------------------------------------ */

static void setup_pop(const struct path *path)
{
	(void)path;
	scene_open(SMALL);
	scene_same(scene_keep(SMALL));
	scene_drop(scene_keep(SMALL));
}

/* What a page carves ahead is taken. */
static void setup_carve(const struct path *path)
{
	(void)path;
	scene_open(SMALL);
	scene_same(scene_keep(SMALL));
	keep_many(SMALL, MICA_CARVE_BLOCKS - 1);
}

/* A full page that got a block back, behind one that is just full. */
static void setup_refill(const struct path *path)
{
	int first = scene_open(SMALL), second = scene_open(SMALL);

	(void)path;
	scene_drop(first);
	scene_same(second);
	keep_many(SMALL, second - first - 1);
}

static void setup_open(const struct path *path)
{
	(void)path;
	if (!singles)
		small_measure();
	scene_same(scene_keep(SMALL));
	keep_many(SMALL, singles - 1);
}

static void setup_open_after_full(const struct path *path)
{
	(void)path;
	if (!singles)
		small_measure();
	scene_same(scene_open(SMALL));
	keep_many(SMALL, capacity - 1);
}

static void setup_nothing(const struct path *path)
{
	(void)path;
	scene_same(scene_keep(RUN));
}

static void setup_exact(const struct path *path)
{
	int first = scene_keep(path->size);

	scene_same(scene_keep(RUN));
	scene_drop(first);
}

static void setup_starved(const struct path *path)
{
	(void)path;
	scene_same(scene_keep(RUN));
	starve();
}

static void setup_drain(const struct path *path)
{
	setup_carve(path);
	scene_plant();
}

static void setup_drain_starved(const struct path *path)
{
	(void)path;
	scene_same(scene_keep(RUN));
	starve();
	scene_plant();
}

/* ---- free -------------------------------------------------------------------- */

static void setup_push(const struct path *path)
{
	(void)path;
	scene_open(SMALL);
	scene_same(scene_keep(SMALL));
	scene_subject(scene_keep(SMALL));
}

static void setup_last(const struct path *path)
{
	(void)path;
	scene_same(scene_keep(RUN));
	scene_subject(scene_open(SMALL));
}

static void setup_full(const struct path *path)
{
	int first = scene_open(SMALL);

	(void)path;
	scene_open(SMALL);
	scene_subject(first + 1);
	scene_same(first);
}

/* Four runs side by side; the second or third goes. */
static void setup_no_merge(const struct path *path)
{
	int first = scene_keep(RUN);

	(void)path;
	keep_many(RUN, 3);
	scene_subject(first + 1);
	scene_same(first + 2);
}

static void setup_merge_previous(const struct path *path)
{
	int first = scene_keep(RUN);

	(void)path;
	keep_many(RUN, 3);
	scene_drop(first);
	scene_subject(first + 1);
	scene_same(first + 2);
}

static void setup_merge_next(const struct path *path)
{
	int first = scene_keep(RUN);

	(void)path;
	keep_many(RUN, 3);
	scene_drop(first + 2);
	scene_subject(first + 1);
	scene_same(first);
}

static void setup_merge_both(const struct path *path)
{
	int first = scene_keep(RUN);

	(void)path;
	keep_many(RUN, 3);
	scene_drop(first);
	scene_drop(first + 2);
	scene_subject(first + 1);
	scene_same(first + 3);
}

/* ---- realloc ------------------------------------------------------------------- */

static void setup_grow(const struct path *path)
{
	int first = scene_keep(RUN);

	(void)path;
	keep_many(RUN, 2);
	scene_drop(first + 1);
	scene_subject(first);
	scene_same(first + 2);
}

static void setup_shrink(const struct path *path)
{
	(void)path;
	scene_subject(scene_keep(3 * RUN));
	scene_same(scene_keep(RUN));
}

static void setup_shrink_merge(const struct path *path)
{
	int first = scene_keep(3 * RUN);

	(void)path;
	keep_many(RUN, 2);
	scene_drop(first + 1);
	scene_subject(first);
	scene_same(first + 2);
}

/* ---- one test a path -------------------------------------------------------------- */

#define PATH(ident, ...)						\
	static const struct path path_##ident = {			\
		.name = #ident, __VA_ARGS__				\
	};								\
	TEST(step_##ident, .needs = TEST_TAG | TEST_ABOVE_GUARD)	\
	{								\
		scene_step(&path_##ident);				\
	}

#define MALLOC_PATH(ident, bytes, name, n)				\
	PATH(malloc_##ident, setup_##ident, OP_MALLOC, bytes, COUNTER(name), n, false)
#define FREE_PATH(ident, name, n)					\
	PATH(free_##ident, setup_##ident, OP_FREE, 0, COUNTER(name), n, false)
#define REALLOC_PATH(ident, how, bytes, name)				\
	PATH(realloc_##ident, setup_##how, OP_REALLOC, bytes, COUNTER(name), 1, false)

MALLOC_PATH(pop, SMALL, carves, 0)
MALLOC_PATH(carve, SMALL, carves, 1)
MALLOC_PATH(refill, SMALL, refills, 1)
MALLOC_PATH(open, SMALL, pages_opened, 1)
MALLOC_PATH(open_after_full, SMALL, pages_opened, 1)
MALLOC_PATH(exact, 3 * RUN, runs_split, 0)
MALLOC_PATH(drain, SMALL, runs_deferred, 1)
PATH(malloc_single, setup_nothing, OP_MALLOC, SMALL, COUNTER(singles), 1, false)
PATH(malloc_split, setup_nothing, OP_MALLOC, RUN, COUNTER(runs_split), 1, false)
PATH(malloc_aligned, setup_nothing, OP_ALIGNED, RUN, COUNTER(runs_allocated), 1, false)
PATH(malloc_fallback, setup_starved, OP_MALLOC, SMALL, COUNTER(fallbacks), 1, true)
PATH(malloc_exhausted, setup_starved, OP_MALLOC, RUN, COUNTER(failures), 1, true)
PATH(malloc_drain_starved, setup_drain_starved, OP_MALLOC, RUN, COUNTER(runs_deferred), 1, true)
FREE_PATH(push, pages_retired, 0)
FREE_PATH(last, pages_retired, 1)
FREE_PATH(full, pages_queued, 1)
FREE_PATH(no_merge, runs_merged, 0)
FREE_PATH(merge_previous, runs_merged, 1)
FREE_PATH(merge_next, runs_merged, 1)
FREE_PATH(merge_both, runs_merged, 2)
REALLOC_PATH(grow, grow, RUN + 64, grown_in_place)
REALLOC_PATH(grow_whole, grow, 2 * RUN + 8, grown_in_place)
REALLOC_PATH(shrink, shrink, RUN, shrunk_in_place)
REALLOC_PATH(shrink_merge, shrink_merge, RUN, shrunk_in_place)
REALLOC_PATH(move, push, RUN, moved)
PATH(collect_drain, setup_drain, OP_COLLECT, 0, COUNTER(runs_deferred), 1, false)
