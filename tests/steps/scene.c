/* SPDX-License-Identifier: MIT */
/*
 * One path, interrupted at each of its instructions in turn.
 *
 * For each instruction the scene is built anew from an empty arena, the call
 * made and interrupted, and all freed: nothing may be violated, overwritten or
 * lost. The interrupts come nine tenths of an instruction later each time, so
 * that none is passed over; two that came to the same one count once. The
 * number of those hit must be that of those executed, which is counted apart.
 */
#include "scene.h"
#include "tests/model.h"

#define KEPT_MOST 400
#define STRIDE 9		/* tenths of an instruction */
#define ALIGN 64

static struct {
	void *p;
	size_t bytes;
} kept[KEPT_MOST];

static int nr_kept, subject, same;
static void *victims[VICTIMS];
static struct step step;
static bool starved;
static struct mica_stats empty;
static uint32_t plant_at;

/* ---- live blocks ------------------------------------------------------------- */

uint32_t scene_counter(size_t counter)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return (uint32_t)*(uint64_t *)((char *)&stats + counter);
}

static int keep_block(void *p, size_t size)
{
	if (!p || !CHECK(nr_kept < KEPT_MOST))
		return -1;
	fill(p, size, (uint32_t)nr_kept);
	kept[nr_kept].p = p;
	kept[nr_kept].bytes = size;
	return nr_kept++;
}

int scene_keep(size_t size)
{
	return keep_block(mica_malloc(size), size);
}

int scene_hog(size_t size)
{
	void *p = mica_malloc(size);

	return keep_block(p, 0);
}

/* Live no more for us; still to be freed. */
static void *forget(int number)
{
	void *p = kept[number].p;

	if (p)
		CHECK_INV(7, filled(p, kept[number].bytes, (uint32_t)number));
	kept[number].p = NULL;
	return p;
}

void scene_drop(int number)
{
	mica_free(forget(number));
}

int scene_open(size_t size)
{
	uint32_t pages = scene_counter(COUNTER(pages_opened));
	int number;

	do {
		number = scene_keep(size);
	} while (number >= 0 && scene_counter(COUNTER(pages_opened)) == pages);
	CHECK(number >= 0);
	return number;
}

void scene_subject(int number)
{
	subject = number;
}

void scene_same(int number)
{
	same = number;
}

/* ---- interrupts -------------------------------------------------------------- */

static enum victim victim_now;

static void victim_free(void)
{
	mica_free(victims[victim_now]);
	victims[victim_now] = NULL;
}

/*
 * As tasks do: what the guard keeps out may call anything. In the middle of a
 * call malloc would refuse, even where a free has just made room.
 */
static void at_guard(void)
{
	void *p, *q;

	for (int i = VICTIM_SAME; i < VICTIMS; i++) {
		mica_free(victims[i]);
		victims[i] = NULL;
	}
	p = mica_malloc(SMALL);
	q = mica_malloc(RUN);
	CHECK(p);
	CHECK(q || starved);
	if (p)
		fill(p, SMALL, 1);
	if (q)
		fill(q, RUN, 2);
	CHECK(!p || filled(p, SMALL, 1));
	CHECK(!q || filled(q, RUN, 2));
	mica_free(q);
	mica_free(p);
}

/* Blocks that were freed in the middle of a call are live until the next. */
static bool is_deferred(size_t live)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return stats.live_blocks == live;
}

/* A malloc interrupted inside its guard; where that is, is tried out once. */
void scene_plant(void)
{
	struct step malloc_step = { .call = STEP_CALL(mica_malloc), .a = OTHER };
	struct mica_stats stats;
	enum step_where where;
	uintptr_t pc;

	do {
		victims[VICTIM_RUN] = victims[VICTIM_RUN] ? : mica_malloc(RUN);
		mica_stats(&stats);
		victim_now = VICTIM_RUN;
		where = step_interrupt(&malloc_step, plant_at, true,
				       victim_free, &pc);
		mica_free((void *)malloc_step.result);
		if (where == STEP_INSIDE && is_deferred(stats.live_blocks))
			return;
		plant_at += 10;
	} while (CHECK(where != STEP_AFTER));
}

/* ---- a scene ------------------------------------------------------------------ */

static void step_prepare(const struct path *path)
{
	switch (path->op) {
	case OP_MALLOC:
		step = (struct step){ STEP_CALL(mica_malloc), path->size, 0, 0, 0 };
		break;
	case OP_ALIGNED:
		step = (struct step){ STEP_CALL(mica_malloc_aligned),
				      path->size, ALIGN, 0, 0 };
		break;
	case OP_FREE:
		step = (struct step){ STEP_CALL(mica_free), 0, 0, 0, 0 };
		step.a = (uintptr_t)forget(subject);
		break;
	case OP_REALLOC:
		step = (struct step){ STEP_CALL(mica_realloc),
				      (uintptr_t)kept[subject].p, path->size, 0, 0 };
		break;
	case OP_COLLECT:
		step = (struct step){ STEP_CALL(mica_collect), true, 0, 0, 0 };
		break;
	}
}

static void scene_build(const struct path *path)
{
	nr_kept = 0;
	subject = same = -1;
	starved = false;
	scene_open(OTHER);
	victims[VICTIM_PAGE] = mica_malloc(OTHER);
	/* One more has been carved and is free: scene_plant() takes that. */
	mica_free(mica_malloc(OTHER));
	victims[VICTIM_RUN] = mica_malloc(RUN);
	path->setup(path);
	starved = path->starved;
	victims[VICTIM_SAME] = same >= 0 ? forget(same) : NULL;
	step_prepare(path);
}

static void result_keep(const struct path *path)
{
	void *p = (void *)step.result;

	if (path->op == OP_MALLOC || path->op == OP_ALIGNED) {
		CHECK(p || starved);
		CHECK(path->op != OP_ALIGNED || (uintptr_t)p % ALIGN == 0);
		keep_block(p, path->size);
	}
	if (path->op == OP_REALLOC && CHECK(p)) {
		CHECK_INV(7, filled_before(p, path->size, kept[subject].bytes,
					   (uint32_t)subject));
		kept[subject].p = p;
		kept[subject].bytes = path->size;
		fill(p, path->size, (uint32_t)subject);
	}
}

/* All is freed: as much must be there as was at first. */
static void scene_end(const struct path *path)
{
	struct mica_stats now;

	CHECK_MICA();
	result_keep(path);
	for (int i = 0; i < nr_kept; i++)
		scene_drop(i);
	for (int i = 0; i < VICTIMS; i++) {
		mica_free(victims[i]);
		victims[i] = NULL;
	}
	mica_collect(true);
	mica_stats(&now);
	CHECK_EQ(now.live_blocks, empty.live_blocks);
	CHECK_EQ(now.live_bytes, empty.live_bytes);
	CHECK_EQ(now.used_bytes, empty.used_bytes);
	CHECK_EQ(now.largest_free, empty.largest_free);
}

/* Not interrupted. Return: instructions. */
static uint32_t path_count(const struct path *path)
{
	uint32_t before, count;

	scene_build(path);
	before = scene_counter(path->counter);
	count = step_count(&step);
	CHECK_EQ(scene_counter(path->counter) - before, path->moves);
	scene_end(path);
	return count;
}

/* Return: instructions hit. */
static uint32_t path_interrupt(const struct path *path, enum victim kind)
{
	bool above = kind != (enum victim)AT_GUARD;
	uintptr_t pc, last = 0;
	enum step_where where;
	uint32_t hits = 0, at;

	for (at = STRIDE; !test_failed(); at += STRIDE) {
		scene_build(path);
		victim_now = kind;
		where = step_interrupt(&step, at, above,
				       above ? victim_free : at_guard, &pc);
		hits += where == STEP_INSIDE && pc != last;
		last = pc;
		scene_end(path);
		if (where == STEP_AFTER)
			break;
	}
	if (test_failed())
		test_print("# path %s, interrupt %u, pc 0x%zx\n", path->name,
			   (unsigned int)kind, (size_t)pc);
	return hits;
}

/* Has it such a block for the interrupt to free? */
static bool path_has(const struct path *path, enum victim kind)
{
	bool there;

	scene_build(path);
	there = victims[kind];
	step_count(&step);
	scene_end(path);
	return there;
}

void scene_step(const struct path *path)
{
	uint32_t count, hits = 0;

	REQUIRE(step_start());
	mica_free(mica_malloc(1));	/* let there be a region */
	mica_collect(true);
	mica_stats(&empty);
	path_count(path);	/* what a path learns, it learns now */
	count = path_count(path);
	for (int kind = 0; kind < VICTIMS && !test_failed(); kind++) {
		if (!path_has(path, (enum victim)kind))
			continue;
		hits = path_interrupt(path, (enum victim)kind);
		CHECK_EQ(hits, count);
	}
	if (test_failed())
		return;
	test_print("# measured: path %s: %u of %u instructions hit",
		   path->name, (unsigned int)hits, (unsigned int)count);
	hits = path_interrupt(path, (enum victim)AT_GUARD);
	CHECK(hits < count);
	test_print(", %u of them guarded\n", (unsigned int)(count - hits));
}
