/* SPDX-License-Identifier: MIT */
/*
 * Threads that end while their blocks live on: abandonment, claim, frees
 * into pages whose owner is gone, full pages listed by a remote free.
 */
#include "../model.h"
#include "../threads.h"
#include "core/geometry.h"

#define BLOCKS (MICA_HOSTED ? 4096u : TEST_PARALLEL ? 1024u : 32u)

static void *left[BLOCKS];
static unsigned int nr_left;
static size_t left_size;

static void leave_blocks(void *arg)
{
	(void)arg;
	for (unsigned int i = 0; i < nr_left; i++) {
		left[i] = mica_malloc(left_size);
		REQUIRE(left[i]);
		fill(left[i], left_size, i);
	}
}

static void free_left(unsigned int first, unsigned int step)
{
	for (unsigned int i = first; i < nr_left; i += step) {
		CHECK_INV(7, filled(left[i], left_size, i));
		mica_free(left[i]);
	}
}

static void leave(unsigned int n, size_t size)
{
	struct thread t;

	nr_left = n;
	left_size = size;
	REQUIRE(thread_start(&t, leave_blocks, NULL));
	thread_join(&t);
}

/* A part is memory that stays: let there be one of each thread. */
static void warm_up(void)
{
	mica_free(mica_malloc(16));
	leave(1, 16);
	free_left(0, 1);
	mica_collect(true);
}

TEST(blocks_outlive_their_thread, .contexts = 2, .arena = ARENA_OF(4 << 20, 512 << 10))
{
	struct mica_stats before, abandoned, after;
	unsigned int n = BLOCKS - 7;

	warm_up();
	mica_stats(&before);
	leave(n, PAGED(80));
	CHECK_MICA();
	mica_stats(&abandoned);
	CHECK_EQ(abandoned.live_blocks, before.live_blocks + nr_left);
	/* If by chance the last page is full, none is: one block more, then. */
	while (abandoned.pages_abandoned == before.pages_abandoned) {
		free_left(0, 1);
		mica_collect(true);
		REQUIRE(++n < BLOCKS);
		mica_stats(&before);
		leave(n, PAGED(80));
		mica_stats(&abandoned);
	}
	CHECK(abandoned.contexts_ended > before.contexts_ended);
	free_left(0, 2);
	CHECK_MICA();
	free_left(1, 2);
	mica_collect(true);
	mica_stats(&after);
	CHECK_EQ(after.live_blocks, before.live_blocks);
	CHECK_EQ(after.used_bytes, before.used_bytes);
	CHECK_EQ(after.pages, before.pages);
	CHECK_MICA();
}

/*
 * Blocks to leave: all in one page of the table layout; on the tag layout
 * some runs, while the class is rare, full pages, and one that is not.
 */
#define LEFT ARENA_OF(100, 103)

/* The last page must not be full by chance, or it is not abandoned. */
static void leave_partly(void)
{
	struct mica_stats before, after;

	mica_stats(&before);
	for (unsigned int n = LEFT; n < LEFT + 8; n++) {
		leave(n, PAGED(112));
		mica_stats(&after);
		if (after.pages_abandoned > before.pages_abandoned)
			return;
		free_left(0, 1);
	}
	CHECK(!"a page is abandoned");
}

static size_t nr_regions(void)
{
	struct mica_region region;
	size_t n = 0;

	while (mica_region_get(n, &region))
		n++;
	return n;
}

/* Return: was the page claimed that an ended thread has left? */
static bool claims_what_is_left(void)
{
	static void *mine[BLOCKS / 16];
	unsigned int n = ARENA_OF(BLOCKS / 16, 1);
	struct mica_stats before, after;
	bool claimed;

	warm_up();
	leave_partly();
	mica_stats(&before);
	for (unsigned int i = 0; i < n; i++) {
		mine[i] = mica_malloc(left_size);
		if (CHECK(mine[i]))
			fill(mine[i], left_size, 5000 + i);
	}
	mica_stats(&after);
	claimed = after.pages_claimed == before.pages_claimed + 1;
	CHECK_EQ(after.pages_opened, before.pages_opened + !claimed);
	for (unsigned int i = 0; i < n && mine[i]; i++) {
		CHECK_INV(7, filled(mine[i], left_size, 5000 + i));
		mica_free(mine[i]);
	}
	free_left(0, 1);
	mica_collect(true);
	mica_stats(&after);
	CHECK(after.pages < before.pages);
	CHECK_MICA();
	return claimed;
}

/*
 * What an ended thread left half used serves the next who needs it: as soon as
 * that has come to its region, of which it searches a few at a time.
 */
TEST(abandoned_pages_are_claimed, .contexts = 2, .arena = ARENA_OF(4 << 20, 512 << 10))
{
	for (size_t tries = 0; tries <= nr_regions() / CLAIM_REGIONS; tries++)
		if (claims_what_is_left())
			return;
	CHECK(!"what was left is claimed");
}

/* The first free into an abandoned page claims it. */
TEST(a_free_claims_an_abandoned_page, .contexts = 2, .arena = ARENA_OF(4 << 20, 512 << 10))
{
	struct mica_stats before, after;

	warm_up();
	leave_partly();
	nr_left--;	/* the last one lies in the page that is not full */
	mica_stats(&before);
	CHECK_INV(7, filled(left[nr_left], left_size, nr_left));
	mica_free(left[nr_left]);
	mica_stats(&after);
	CHECK_EQ(after.pages_claimed, before.pages_claimed + 1);
	CHECK_EQ(after.remote_frees, before.remote_frees + 1);
	CHECK_MICA();
	free_left(0, 1);
	mica_collect(true);
	mica_stats(&after);
	CHECK(after.pages < before.pages);
}

/* A thread frees into the full pages of another that lives and waits. */
struct pair {
	struct thread_barrier barrier;
	bool ends_first;
};

static void owner(void *arg)
{
	struct pair *pair = arg;
	struct mica_stats before, after;

	leave_blocks(NULL);
	mica_stats(&before);
	if (pair->ends_first)
		mica_context_end();
	barrier_wait(&pair->barrier);
	barrier_wait(&pair->barrier);
	if (pair->ends_first)
		return;
	for (unsigned int i = 0; i < nr_left; i += 2) {
		left[i] = mica_malloc(left_size);
		REQUIRE(left[i]);
		fill(left[i], left_size, i);
	}
	mica_stats(&after);
	CHECK(after.remote_takes > before.remote_takes);
	CHECK(after.pages_opened - before.pages_opened < 4);
}

static void owner_and_freer(bool ends_first)
{
	struct pair pair = { .ends_first = ends_first };
	struct mica_stats before, after;
	struct thread t;

	warm_up();
	nr_left = BLOCKS;
	left_size = 48;
	barrier_init(&pair.barrier, 2);
	REQUIRE(thread_start(&t, owner, &pair));
	barrier_wait(&pair.barrier);
	mica_stats(&before);
	free_left(0, 2);
	CHECK_MICA();
	barrier_wait(&pair.barrier);
	thread_join(&t);
	mica_stats(&after);	/* the owner counts what it took */
	CHECK(after.remote_frees > before.remote_frees || ends_first);
	CHECK(after.pages_listed > before.pages_listed || ends_first);
	free_left(ends_first ? 1 : 0, ends_first ? 2 : 1);
	mica_collect(true);
	CHECK_MICA();
}

TEST(full_pages_are_listed, .contexts = 2, .arena = ARENA_OF(4 << 20, 512 << 10))
{
	owner_and_freer(false);
}

TEST(full_pages_of_the_ended, .contexts = 2, .arena = ARENA_OF(4 << 20, 512 << 10))
{
	owner_and_freer(true);
}

/* Full pages are listed while their owner is about to end, and just behind. */

static void owner_ends(void *arg)
{
	struct thread_barrier *barrier = arg;

	for (unsigned int i = 0; i < nr_left; i++) {
		left[i] = mica_malloc(left_size);
		REQUIRE(left[i]);
		fill(left[i], left_size, i);
	}
	barrier_wait(barrier);
}

TEST(frees_meet_an_end, .contexts = 2, .arena = ARENA_OF(4 << 20, 512 << 10))
{
	struct thread_barrier barrier;
	struct thread t;

	warm_up();
	nr_left = BLOCKS;
	left_size = 24;
	barrier_init(&barrier, 2);
	for (unsigned int round = 0; round < test_scaled(400); round++) {
		REQUIRE(thread_start(&t, owner_ends, &barrier));
		barrier_wait(&barrier);
		free_left(0, 5);
		thread_join(&t);
		REQUIRE(CHECK_MICA());
		for (unsigned int first = 1; first < 5; first++)
			free_left(first, 5);
	}
	mica_collect(true);
}

/* Larger blocks are runs: they have no owner, and nobody waits for them. */
TEST(runs_outlive_their_thread, .contexts = 2, .arena = ARENA_OF(512 << 20, 2 << 20))
{
	struct mica_stats before, after;

	warm_up();
	mica_stats(&before);
	leave(100, ARENA_OF(200000, 5000));
	free_left(0, 3);
	CHECK_MICA();
	free_left(1, 3);
	free_left(2, 3);
	mica_collect(true);
	mica_stats(&after);
	CHECK_EQ(after.live_blocks, before.live_blocks);
	CHECK_EQ(after.used_bytes, before.used_bytes);
}

/* ---- generations: each thread frees what the one before left ---- */

#define GENERATION (TEST_PARALLEL ? 200 : 2)
#define SIZES ARENA_OF(600, 48)

struct generation {
	void *mine[GENERATION];
	void **inherited;
	unsigned int number;
};

static void live_and_leave(void *arg)
{
	struct generation *g = arg;

	for (unsigned int i = 0; i < GENERATION; i++) {
		size_t size = 16 + (i * 37 + g->number) % SIZES;

		g->mine[i] = mica_malloc(size);
		REQUIRE(g->mine[i]);
		fill(g->mine[i], 16, i);
		if (g->inherited) {
			CHECK_INV(7, filled(g->inherited[i], 16, i));
			mica_free(g->inherited[i]);
		}
	}
}

TEST(generations_of_threads, .contexts = 2, .arena = ARENA_OF(8 << 20, 512 << 10))
{
	static struct generation gen[2];
	unsigned int n = test_scaled(300);
	struct mica_stats warm, after;
	struct thread t;

	gen[0].inherited = NULL;
	for (unsigned int i = 0; i < n; i++) {
		struct generation *g = &gen[i % 2];

		g->number = i;
		REQUIRE(thread_start(&t, live_and_leave, g));
		thread_join(&t);
		gen[(i + 1) % 2].inherited = g->mine;
		if (i == n / 2)
			mica_stats(&warm);
	}
	mica_stats(&after);
	CHECK(after.pages_claimed > warm.pages_claimed || n < 3);
	CHECK(after.pages <= 2 * warm.pages + 8);
	for (unsigned int i = 0; i < GENERATION; i++)
		mica_free(gen[(n - 1) % 2].mine[i]);
	mica_collect(true);
	CHECK_MICA();
}

/* Two generations at once: the claim of a page races with its last frees. */
TEST(generations_race, .contexts = 4, .arena = ARENA_OF(32 << 20, 512 << 10))
{
	static struct generation gen[2][4];
	unsigned int n = test_scaled(200);

	for (unsigned int k = 0; k < 4; k++)
		gen[0][k].inherited = NULL;
	for (unsigned int i = 0; i < n && !test_failed(); i++) {
		threads_run(4, live_and_leave, gen[i % 2], sizeof(gen[0][0]));
		for (unsigned int k = 0; k < 4; k++)
			gen[(i + 1) % 2][(k + 1) % 4].inherited =
				gen[i % 2][k].mine;
	}
	CHECK_MICA();
	for (unsigned int k = 0; k < 4; k++)
		for (unsigned int i = 0; i < GENERATION; i++)
			mica_free(gen[(n - 1) % 2][k].mine[i]);
	mica_collect(true);
	CHECK_MICA();
}

/* ---- owners that come and go while others free into their pages ---- */

#define SLOTS (TEST_PARALLEL ? 2048 : 1)

static void *slots[SLOTS];
static unsigned int stop_freeing;

static void swap_in(void *p, unsigned int at)
{
	unsigned char *old = shared_swap(&slots[at % SLOTS], p);

	if (old)
		CHECK_INV(7, filled(old, 40, 1));
	mica_free(old);
}

/* Lives only as long as it takes to fill some pages. */
static void live_shortly(void *arg)
{
	struct random r = { .state = *(unsigned int *)arg + 1 };

	for (unsigned int i = 0; i < 2000; i++) {
		void *p = mica_malloc(40);

		REQUIRE(p);
		fill(p, 40, 1);
		swap_in(p, random_next(&r));
	}
}

static void free_forever(void *arg)
{
	struct random r = { .state = *(unsigned int *)arg + 77 };

	while (!__atomic_load_n(&stop_freeing, __ATOMIC_ACQUIRE) &&
	       !test_failed())
		swap_in(NULL, random_next(&r));
}

#define FREERS (MICA_LAYOUT == MICA_LAYOUT_TABLE ? 2u : 1u)
#define OWNERS (MICA_LAYOUT == MICA_LAYOUT_TABLE ? 4u : 3u)

TEST(owners_come_and_go, .contexts = FREERS + OWNERS,
     .arena = ARENA_OF(32 << 20, 512 << 10))
{
	static unsigned int seeds[OWNERS], freer_seeds[2] = { 1, 2 };
	struct thread freers[FREERS];
	unsigned int i;

	stop_freeing = 0;
	for (i = 0; i < FREERS; i++)
		REQUIRE(thread_start(&freers[i], free_forever,
				     &freer_seeds[i]));
	for (i = 0; i < test_scaled(MICA_HOSTED ? 100 : 25) && !test_failed(); i++) {
		for (unsigned int k = 0; k < OWNERS; k++)
			seeds[k] = OWNERS * i + k;
		threads_run(OWNERS, live_shortly, seeds, sizeof(seeds[0]));
	}
	__atomic_store_n(&stop_freeing, 1, __ATOMIC_RELEASE);
	for (i = 0; i < FREERS; i++)
		thread_join(&freers[i]);
	CHECK_MICA();
	for (i = 0; i < SLOTS; i++)
		swap_in(NULL, i);
	mica_collect(true);
	CHECK_MICA();
}
