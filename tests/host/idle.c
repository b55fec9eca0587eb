/* SPDX-License-Identifier: MIT */
/*
 * What stays resident when all is free again and the process has nothing to
 * do: after a peak of 500 MiB less than a twentieth, within two delays.
 */
#include "../model.h"
#include "../threads.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define THREADS 4
#define DELAY 10	/* the default */
#define PEAK (500 * MIB)

/* Small blocks and runs. Between them each class takes pages of many slices. */
struct share {
	void **blocks;		/* a list through the blocks */
	struct share *next;	/* whose blocks this thread frees */
	struct thread_barrier *full, *done, *end;
	size_t most;
	bool runs_on;
};

/*
 * The sum over all mappings, which is exact. What statm says is off by some
 * pages for each processor that has counted on its own.
 */
static size_t resident(void)
{
	char text[512] = "", *rss;
	int fd = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);

	CHECK(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	rss = strstr(text, "Rss:");
	return CHECK(rss) ? (size_t)strtoul(rss + 4, NULL, 10) << 10 : 0;
}

static void share_fill(struct share *s, uint64_t seed)
{
	struct random r = { .state = seed };
	size_t bytes = 0, size;
	void **p;

	while (bytes < PEAK / THREADS / 50 * 51) {
		size = random_below(&r, 512) ?
			sizeof(*p) + random_size(&r, 11) :
			random_size(&r, 19) + ((size_t)64 << 10);
		p = mica_malloc(size);
		REQUIRE(p);
		memset(p, 1, size);
		*p = s->blocks;
		s->blocks = p;
		bytes += size;
	}
}

static void share_free(struct share *s)
{
	void **p;

	while ((p = s->blocks)) {
		s->blocks = *p;
		mica_free(p);
	}
}

/* One block in turn: nothing that needs a slow path. */
static void go_on(void)
{
	for (unsigned int i = 0; i < 1000; i++)
		mica_free(hide(mica_malloc(64)));
	usleep(100);
}

static void thread_share(void *arg)
{
	struct share *s = arg;

	share_fill(s, 1 + (uint64_t)(uintptr_t)s);
	barrier_wait(s->full);
	barrier_wait(s->full);
	share_free(s->next);
	barrier_wait(s->done);
	for (unsigned int i = 0; s->runs_on && i < 1000; i++)
		go_on();
	barrier_wait(s->end);
}

/* Each thread frees what the one @step further allocated; then all wait. */
static void peak_and_fall(unsigned int step, bool runs_on)
{
	struct thread_barrier full, done, end;
	size_t before, peak, after;
	struct share s[THREADS];
	struct thread t[THREADS];
	unsigned int i;

	mica_collect(true);
	before = resident();
	barrier_init(&full, THREADS + 1);
	barrier_init(&done, THREADS + 1);
	barrier_init(&end, THREADS + 1);
	for (i = 0; i < THREADS; i++)
		s[i] = (struct share){
			.next = &s[(i + step) % THREADS], .full = &full,
			.done = &done, .end = &end, .runs_on = runs_on && i == 0,
		};
	for (i = 0; i < THREADS; i++)
		REQUIRE(thread_start(&t[i], thread_share, &s[i]));
	barrier_wait(&full);
	peak = resident() - before;
	barrier_wait(&full);
	barrier_wait(&done);
	usleep(2 * DELAY * 1000);
	after = resident();
	after -= after > before ? before : after;
	barrier_wait(&end);
	for (i = 0; i < THREADS; i++)
		thread_join(&t[i]);
	test_print("# measured: %zu KiB at the peak, %zu after (%u permille)\n",
		   peak >> 10, after >> 10, (unsigned int)(after * 1000 / peak));
	CHECK(peak >= PEAK);
	CHECK(after < peak / 20);
}

static void with_delay(long now, void (*run)(void))
{
	long delay = mica_option_get(MICA_OPTION_PURGE_DELAY);

	CHECK_EQ(mica_option_set(MICA_OPTION_PURGE_DELAY, now), 0);
	run();
	CHECK_EQ(mica_option_set(MICA_OPTION_PURGE_DELAY, delay), 0);
}

static void own(void)
{
	peak_and_fall(0, false);
}

static void own_and_one_goes_on(void)
{
	peak_and_fall(0, true);
}

static void others(void)
{
	peak_and_fall(1, false);
}

static void others_and_one_goes_on(void)
{
	peak_and_fall(1, true);
}

/*
 * Who frees last may have seen nothing of the fall: others have purged it, so
 * that less than two thirds of what is there is free now, and all of it runs.
 */
enum { LIVE = 32, LAST = 40, MANY = 200 };	/* MiB */

static void thread_rise_and_fall(void *arg)
{
	void **list = arg, **p;

	for (unsigned int i = 0; i < MANY * MIB / 256; i++) {
		p = mica_malloc(256);
		REQUIRE(p);
		*p = *list;
		*list = p;
	}
	while ((p = *list)) {
		*list = *p;
		mica_free(p);
	}
}

static void freed_last(void)
{
	void *p[LIVE + LAST], *list = NULL;
	struct mica_stats before, after;

	mica_collect(true);
	mica_peak_reset();	/* of which a part may stay */
	mica_stats(&before);
	for (unsigned int i = 0; i < LIVE + LAST; i++) {
		p[i] = mica_malloc(MIB);
		REQUIRE(p[i]);
	}
	threads_run(1, thread_rise_and_fall, &list, sizeof(list));
	for (unsigned int i = LIVE; i < LIVE + LAST; i++)
		mica_free(p[i]);
	mica_stats(&after);
	test_print("# committed: %zu MiB, %zu of it used\n",
		   (after.committed - before.committed) >> 20,
		   (after.used_bytes - before.used_bytes) >> 20);
	CHECK(after.committed - before.committed < (LIVE + 16) * MIB);
	for (unsigned int i = 0; i < LIVE; i++)
		mica_free(p[i]);
}

#define NEEDS .arena = 768 * MIB, .contexts = THREADS + 1, \
	.needs = TEST_TABLE | TEST_FAST | TEST_CLOCK

TEST(idle_returns_own_blocks, NEEDS)
{
	with_delay(DELAY, own);
}

TEST(idle_returns_own_blocks_if_one_goes_on, NEEDS)
{
	with_delay(DELAY, own_and_one_goes_on);
}

TEST(idle_returns_blocks_of_others, NEEDS)
{
	with_delay(DELAY, others);
}

TEST(idle_returns_blocks_of_others_if_one_goes_on, NEEDS)
{
	with_delay(DELAY, others_and_one_goes_on);
}

TEST(idle_returns_what_is_freed_last, NEEDS)
{
	with_delay(DELAY, freed_last);
}
