/* SPDX-License-Identifier: MIT */
/*
 * Threads that share nothing but the allocator, and threads that hand each
 * other their blocks. Invariants 3, 4, 5 and 7 under contention.
 */
#include "load.h"
#include "../threads.h"

/* Four, or as many as there are cores; an even number. */
#define THREADS (MICA_CONTEXT == MICA_CONTEXT_CORE && MICA_CORES == 2 ? 2 : 4)
#define PAIRS (THREADS / 2)
#define BLOCKS (MICA_HOSTED ? 1024 : TEST_PARALLEL ? 256 : 1)
#define STEPS(n) (MICA_HOSTED ? (n) : (n) / 4)

static struct model_block blocks[THREADS][BLOCKS];

struct worker {
	struct model model;
	struct load load;
	unsigned int number;
	unsigned int steps;
};

static void worker_init(struct worker *w, unsigned int number,
			unsigned int size_bits, size_t max_bytes)
{
	w->number = number;
	w->model.blocks = blocks[number];
	w->model.capacity = BLOCKS;
	w->model.next_seed = number;
	model_reset(&w->model);
	w->load = (struct load){
		.model = &w->model,
		.random = { .state = number + 1 },
		.size_bits = size_bits,
		.max_bytes = max_bytes,
		.max_blocks = BLOCKS - 1,
	};
}

static void work_alone(void *arg)
{
	struct worker *w = arg;

	load_run(&w->load, w->steps);
	load_end(&w->load);
}

static void alone(unsigned int size_bits, size_t max_bytes, unsigned int steps)
{
	static struct worker workers[THREADS];

	for (unsigned int i = 0; i < THREADS; i++) {
		worker_init(&workers[i], i, size_bits, max_bytes);
		workers[i].steps = test_scaled(STEPS(steps));
	}
	threads_run(THREADS, work_alone, workers, sizeof(workers[0]));
	CHECK_MICA();
}

TEST(threads_alone_small, .contexts = THREADS,
     .arena = ARENA_OF(16 << 20, 512 << 10))
{
	alone(10, ARENA_OF(1 << 20, 64 << 10), 100000);
}

TEST(threads_alone_large, .contexts = THREADS,
     .arena = ARENA_OF(256 << 20, 1 << 20))
{
	alone(ARENA_OF(22, 16), ARENA_OF(24 << 20, 96 << 10), 4000);
}

/* ---- a storm: everybody swaps blocks through one table ---- */

#define SLOTS (TEST_PARALLEL ? 512 : 1)

static void *slots[SLOTS];
static unsigned int storm_bits, storm_steps;

struct stamp {
	size_t size;
	uint32_t seed;
};

static void *stamped(struct random *r)
{
	size_t size = random_size(r, storm_bits);
	struct stamp *s;

	if (size < sizeof(*s))
		size = sizeof(*s);
	s = mica_malloc(size);
	if (!CHECK(s))
		return NULL;
	s->size = size;
	s->seed = random_next(r);
	fill(s + 1, size - sizeof(*s), s->seed);
	return s;
}

static void stamped_check(const struct stamp *s)
{
	CHECK_INV(7, filled(s + 1, s->size - sizeof(*s), s->seed));
}

/* Now and then the block that was caught is resized before it is freed. */
static void stamped_free(struct stamp *s, struct random *r)
{
	if (!s)
		return;
	stamped_check(s);
	if (!random_below(r, 8)) {
		size_t size = s->size, bigger = size + size / 2;

		s = mica_realloc(s, bigger);
		REQUIRE(s);
		CHECK_INV(7, filled_before(s + 1, bigger - sizeof(*s),
					   size - sizeof(*s), s->seed));
	}
	mica_free(s);
}

static void storm(void *arg)
{
	struct random r = { .state = *(unsigned int *)arg + 100 };

	for (unsigned int i = 0; i < storm_steps && !test_failed(); i++) {
		void **slot = &slots[random_below(&r, SLOTS)];

		stamped_free(shared_swap(slot, stamped(&r)), &r);
	}
}

static void storm_run(unsigned int bits, unsigned int steps)
{
	static unsigned int numbers[THREADS];
	struct random r = { .state = 3 };

	for (unsigned int i = 0; i < THREADS; i++)
		numbers[i] = i;
	storm_bits = bits;
	storm_steps = test_scaled(STEPS(steps));
	threads_run(THREADS, storm, numbers, sizeof(numbers[0]));
	CHECK_MICA();
	for (unsigned int i = 0; i < SLOTS; i++)
		stamped_free(shared_swap(&slots[i], NULL), &r);
	mica_collect(true);
}

static void storm_over(unsigned int bits, unsigned int steps)
{
	struct mica_stats before, after;

	mica_stats(&before);
	storm_run(bits, steps);
	mica_stats(&after);
	CHECK(after.contexts_begun >= before.contexts_begun + THREADS);
	CHECK(after.contexts_ended >= before.contexts_ended + THREADS);
	CHECK(after.remote_frees > before.remote_frees);
	CHECK(after.pages_abandoned > before.pages_abandoned);
}

TEST(threads_storm, .contexts = THREADS, .arena = ARENA_OF(64 << 20, 512 << 10))
{
	storm_over(10, 100000);
}

TEST(threads_storm_of_one_class, .contexts = THREADS,
     .arena = ARENA_OF(64 << 20, 512 << 10))
{
	storm_over(1, 150000);
}

TEST(threads_storm_of_runs, .contexts = THREADS,
     .arena = ARENA_OF(512 << 20, 2 << 20))
{
	storm_over(ARENA_OF(19, 12), 5000);
}

/* ---- producers and consumers ---- */

#define RING (TEST_PARALLEL ? 256 : 1)

struct ring {
	void *slots[RING];
	unsigned int steps;
	size_t size;
};

static void produce(struct ring *ring)
{
	for (unsigned int i = 0; i < ring->steps && !test_failed(); i++) {
		void **slot = &ring->slots[i % RING];
		unsigned char *p = mica_malloc(ring->size);

		REQUIRE(p);
		fill(p, ring->size, i);
		while (shared_load(slot) && !test_failed())
			thread_yield();
		shared_store(slot, p);
	}
}

static void consume(struct ring *ring)
{
	for (unsigned int i = 0; i < ring->steps && !test_failed(); i++) {
		void **slot = &ring->slots[i % RING];
		unsigned char *p;

		while (!(p = shared_load(slot)) && !test_failed())
			thread_yield();
		shared_store(slot, NULL);
		CHECK_INV(7, filled(p, ring->size, i));
		mica_free(p);
	}
}

struct end {
	struct ring *ring;
	void (*side)(struct ring *);
};

static void run_end(void *arg)
{
	struct end *end = arg;

	end->side(end->ring);
}

/* In pairs; consumers free all that producers made. */
static void hand_over(size_t size, unsigned int steps)
{
	static struct ring rings[PAIRS];
	struct end ends[THREADS];

	for (unsigned int i = 0; i < PAIRS; i++) {
		rings[i].steps = test_scaled(STEPS(steps));
		rings[i].size = size;
		ends[2 * i] = (struct end){ &rings[i], produce };
		ends[2 * i + 1] = (struct end){ &rings[i], consume };
	}
	threads_run(THREADS, run_end, ends, sizeof(ends[0]));
	CHECK_MICA();
	mica_collect(true);	/* a deferred run looks live on the tag layout */
}

TEST(threads_hand_over, .contexts = THREADS, .arena = ARENA_OF(64 << 20, 512 << 10))
{
	struct mica_stats before, after;

	mica_stats(&before);
	hand_over(MICA_HARDEN >= 2 ? 48 : 64, 100000);	/* blocks of pages */
	mica_stats(&after);
	CHECK(after.remote_frees > before.remote_frees);
	CHECK(after.remote_takes > before.remote_takes);
}

TEST(threads_hand_over_runs, .contexts = THREADS,
     .arena = ARENA_OF(512 << 20, 2 << 20))
{
	hand_over(ARENA_OF(300000, 3000), 3000);
}

/* ---- all the ways to meet ---- */

#define ROUNDS_MAX 100

/* What became more, of the counters that nobody moves alone. */
struct met {
	uint64_t locks_busy, runs_deferred, remote_takes, listed, claimed;
};

static struct met met_since(const struct mica_stats *before)
{
	struct mica_stats now;

	mica_stats(&now);
	return (struct met){
		now.locks_busy - before->locks_busy,
		now.runs_deferred - before->runs_deferred,
		now.remote_takes - before->remote_takes,
		now.pages_listed - before->pages_listed,
		now.pages_claimed - before->pages_claimed,
	};
}

/*
 * Chance decides how soon all have happened, so there are as many rounds.
 * Pages of the table layout are too large to become full here.
 */
TEST(threads_meet_in_every_way, .contexts = THREADS, .arena = 512 << 10,
     .needs = TEST_TAG)
{
	struct mica_stats before;
	struct met m = { 0 };
	unsigned int round = 0;

	mica_stats(&before);
	do {
		storm_run(9, 20000);
		hand_over(48, 10000);
		m = met_since(&before);
	} while (++round < ROUNDS_MAX && !test_failed() &&
		 !(m.locks_busy && m.runs_deferred && m.remote_takes &&
		   m.listed && m.claimed));
	test_print("# measured: busy locks %u, deferred runs %u, remote takes %u, "
		   "listed pages %u, claims %u; rounds %u\n",
		   (unsigned int)m.locks_busy, (unsigned int)m.runs_deferred,
		   (unsigned int)m.remote_takes, (unsigned int)m.listed,
		   (unsigned int)m.claimed, round);
	CHECK(m.locks_busy);
	CHECK(m.runs_deferred);
	CHECK(m.remote_takes);
	CHECK(m.listed);
	CHECK(m.claimed);
}
