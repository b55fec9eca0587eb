/* SPDX-License-Identifier: MIT */
/*
 * Heaps under threads, or cores: many allocate from one and free each other's blocks, end
 * while it is destroyed or deleted, and take over what ended ones left.
 * Invariants 3, 4, 5 and 6.
 */
#include "../harness.h"
#include "../threads.h"

#if MICA_HEAPS && TEST_PARALLEL

#define THREADS 4u
#define SLOTS 192u

/* Few classes where a class that is rare has no pages. */
#define SMALL_MOST (MICA_LAYOUT == MICA_LAYOUT_TABLE ? 120u : 24u)

/* ---- others are at work ------------------------------------------------------ */

#define CROWD 3u
#define CROWD_SLOTS 40u

struct crowd {
	uint64_t seed;
	uintptr_t *stop;
};

/* Pages of the main heap open, fill up and go, and so do runs. */
static void crowd_work(void *arg)
{
	struct crowd *w = arg;
	struct random r = { w->seed };
	void *slots[CROWD_SLOTS] = { NULL };
	unsigned int k, size;

	while (!__atomic_load_n(w->stop, __ATOMIC_SEQ_CST)) {
		size = 1 + random_below(&r, SMALL_MOST);
		for (k = 0; k < CROWD_SLOTS; k++)
			slots[k] = mica_malloc(size);
		for (k = 0; k < CROWD_SLOTS; k++)
			mica_free(slots[k]);
	}
}

/* A heap of pages and runs, all blocks of which live. */
static void heap_comes_and_goes(struct random *r, bool destroy)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	void *blocks[SLOTS];
	unsigned int k;

	REQUIRE(heap);
	for (k = 0; k < SLOTS; k++)
		blocks[k] = mica_heap_malloc(heap, 1 + random_below(r, SMALL_MOST));
	CHECK_EQ(destroy ? mica_heap_destroy(heap) : mica_heap_delete(heap), 0);
	for (k = 0; k < SLOTS && !destroy; k++)
		mica_free(blocks[k]);
}

/*
 * What belongs to a heap that ends is looked for in regions in which the pages
 * and runs of others come and go.
 */
TEST(heaps_end_in_a_crowd, .arena = ARENA_OF(64u << 20, 64u << 10),
     .contexts = CROWD + 1)
{
	struct thread threads[CROWD];
	struct crowd workers[CROWD];
	struct random r = { 1 };
	uintptr_t stop = 0;
	unsigned int k, n = test_scaled(500);

	for (k = 0; k < CROWD; k++) {
		workers[k] = (struct crowd){ k + 1, &stop };
		REQUIRE(thread_start(&threads[k], crowd_work, &workers[k]));
	}
	for (k = 0; k < n; k++)
		heap_comes_and_goes(&r, k % 2);
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	for (k = 0; k < CROWD; k++)
		thread_join(&threads[k]);
	CHECK_MICA();
}


/* ---- many at one heap -------------------------------------------------------- */

struct shop {
	struct mica_heap *heap;
	void *slots[SLOTS];
	uintptr_t done;
};

struct worker {
	struct shop *shop;
	uint64_t seed;
	unsigned int n;
};

static size_t shop_size(struct random *r)
{
	size_t most = MICA_LAYOUT == MICA_LAYOUT_TABLE ? 100000 : 600;

	return random_below(r, 16) ? 1 + random_below(r, SMALL_MOST) :
				     1 + random_below(r, (uint32_t)most);
}

/* What lies in a slot goes, whoever made it; a block of the heap comes there. */
static void shop_work(void *arg)
{
	struct worker *w = arg;
	struct random r = { w->seed };
	unsigned int k;
	void *p;

	for (k = 0; k < w->n; k++) {
		p = mica_heap_malloc(w->shop->heap, shop_size(&r));
		if (p)
			*(volatile char *)p = 1;
		p = shared_swap(&w->shop->slots[random_below(&r, SLOTS)], p);
		mica_free(p);
	}
	__atomic_add_fetch(&w->shop->done, 1, __ATOMIC_SEQ_CST);
}

static void shop_empty(struct shop *shop)
{
	unsigned int k;

	for (k = 0; k < SLOTS; k++)
		mica_free(shared_swap(&shop->slots[k], NULL));
}

static void shop_run(struct shop *shop, unsigned int n)
{
	struct worker workers[THREADS];
	unsigned int k;

	for (k = 0; k < THREADS; k++)
		workers[k] = (struct worker){ shop, k + n + 1, n };
	threads_run(THREADS, shop_work, workers, sizeof(workers[0]));
}

TEST(heaps_shared_by_threads, .arena = ARENA_OF(64u << 20, 64u << 10),
     .contexts = THREADS)
{
	struct shop shop = { .heap = mica_heap_new(NULL) };
	struct mica_heap_usage usage;
	unsigned int round;

	REQUIRE(shop.heap);
	for (round = 0; round < 3; round++) {
		shop_run(&shop, test_scaled(2000));
		CHECK_MICA();
	}
	shop_empty(&shop);
	CHECK_EQ(mica_heap_collect(shop.heap, false), 0);
	CHECK_MICA();
	CHECK_EQ(mica_heap_usage(shop.heap, &usage), 0);
	CHECK_INV(6, usage.used_bytes == 0);
	CHECK_EQ(mica_heap_destroy(shop.heap), 0);
}

/* No core may end while a heap does. */
#if MICA_CONTEXT == MICA_CONTEXT_THREAD

/* Threads have done their last call and end while the heap does. */
static void ends_race(bool destroy, unsigned int rounds)
{
	struct worker workers[THREADS];
	struct thread threads[THREADS];
	struct shop shop;
	unsigned int k;

	while (rounds--) {
		shop = (struct shop){ .heap = mica_heap_new(NULL) };
		REQUIRE(shop.heap);
		for (k = 0; k < THREADS; k++) {
			workers[k] = (struct worker){ &shop, k + rounds + 1, 200 };
			REQUIRE(thread_start(&threads[k], shop_work, &workers[k]));
		}
		while (__atomic_load_n(&shop.done, __ATOMIC_SEQ_CST) < THREADS)
			thread_yield();
		CHECK_EQ(destroy ? mica_heap_destroy(shop.heap) :
				   mica_heap_delete(shop.heap), 0);
		for (k = 0; k < THREADS; k++)
			thread_join(&threads[k]);
		if (!destroy)
			shop_empty(&shop);
		CHECK_MICA();
	}
}

TEST(heaps_destroyed_as_threads_end, .arena = ARENA_OF(64u << 20, 64u << 10),
     .contexts = THREADS)
{
	ends_race(true, test_scaled(40));
}

TEST(heaps_deleted_as_threads_end, .arena = ARENA_OF(64u << 20, 64u << 10),
     .contexts = THREADS)
{
	ends_race(false, test_scaled(40));
}

/* Blocks are freed by their own and other threads while the heap is deleted. */
static void free_shop(void *arg)
{
	struct worker *w = arg;

	shop_work(w);
	while (__atomic_load_n(&w->shop->done, __ATOMIC_SEQ_CST) < THREADS)
		thread_yield();
	shop_empty(w->shop);
	CHECK(mica_heap_current() == mica_heap_main());
}

TEST(heaps_deleted_as_blocks_are_freed,
     .arena = ARENA_OF(64u << 20, 64u << 10), .contexts = THREADS)
{
	unsigned int rounds = test_scaled(40), k;
	struct worker workers[THREADS];
	struct thread threads[THREADS];
	struct mica_heap *parent = mica_heap_new(NULL);
	struct mica_heap_usage usage;
	struct shop shop;

	REQUIRE(parent);
	while (rounds--) {
		shop = (struct shop){ .heap = mica_heap_new(
			&(struct mica_heap_setup){ .parent = parent }) };
		REQUIRE(shop.heap);
		for (k = 0; k < THREADS; k++) {
			workers[k] = (struct worker){ &shop, k + rounds + 1, 200 };
			REQUIRE(thread_start(&threads[k], free_shop, &workers[k]));
		}
		while (__atomic_load_n(&shop.done, __ATOMIC_SEQ_CST) < THREADS)
			thread_yield();
		CHECK_EQ(mica_heap_delete(shop.heap), 0);
		for (k = 0; k < THREADS; k++)
			thread_join(&threads[k]);
		CHECK_EQ(mica_heap_usage(parent, &usage), 0);
		CHECK_INV(6, usage.total_bytes == 0);
		CHECK_MICA();
	}
	CHECK_EQ(mica_heap_destroy(parent), 0);
}

#endif

/* ---- each thread's own ---------------------------------------------------------- */

struct owner {
	struct mica_heap *heap;		/* current in this thread */
	struct mica_part *part;
	struct thread_barrier *all;
};

static void own_current(void *arg)
{
	struct owner *o = arg;
	void *p;

	CHECK(mica_heap_current() == mica_heap_main());
	CHECK(mica_heap_set_current(o->heap) == mica_heap_main());
	o->part = mica_heap_part(o->heap);
	barrier_wait(o->all);
	CHECK(mica_heap_current() == o->heap);
	for (unsigned int k = 0; k < 200; k++) {
		p = mica_malloc(1 + k % 100);
		CHECK_INV(4, mica_heap_of(p) == o->heap);
	}
	barrier_wait(o->all);
}

/* What a thread makes its current heap is no other's, nor is its part. */
TEST(heaps_current_of_each_thread, .arena = ARENA_OF(64u << 20, 64u << 10),
     .contexts = THREADS)
{
	struct mica_heap *heaps[2] = { mica_heap_new(NULL), mica_heap_new(NULL) };
	struct owner owners[THREADS];
	struct mica_heap_stats stats;
	struct thread_barrier all;
	unsigned int k, i;

	REQUIRE(heaps[0] && heaps[1]);
	barrier_init(&all, THREADS);
	for (k = 0; k < THREADS; k++)
		owners[k] = (struct owner){ heaps[k % 2], NULL, &all };
	threads_run(THREADS, own_current, owners, sizeof(owners[0]));
	CHECK(mica_heap_current() == mica_heap_main());
	for (k = 0; k < THREADS; k++)
		for (i = 0; i < k; i++)
			CHECK(owners[k].part != owners[i].part);
	for (k = 0; k < 2; k++) {
		CHECK_EQ(mica_heap_stats(heaps[k], &stats), 0);
		CHECK_EQ(stats.live_blocks, 200 * THREADS / 2);
		CHECK_EQ(mica_heap_destroy(heaps[k]), 0);
	}
}

/* ---- nothing is taken over from one heap by another ------------------------------------ */

#define LEFT 300u

static void *left_behind[LEFT];

static void leave_and_end(void *arg)
{
	struct mica_heap *heap = arg;
	unsigned int k;

	for (k = 0; k < LEFT; k++)
		left_behind[k] = mica_heap_malloc(heap, 100);
	for (k = 1; k < LEFT; k += 2)
		mica_free(left_behind[k]);
}

static void *region_base(const void *p)
{
	struct mica_region info;

	for (size_t k = 0; mica_region_get(k, &info); k++)
		if ((uintptr_t)p - (uintptr_t)info.base < info.bytes)
			return info.base;
	return NULL;
}

/*
 * The half-used pages that a thread left in a separate heap serve this heap
 * again, and nobody else; and the other way round.
 */
TEST(heaps_separate_reclaim_their_own, .arena = ARENA_OF(256u << 20, 64u << 10),
     .contexts = 2, .needs = TEST_TABLE)
{
	struct mica_heap_setup setup = { .flags = MICA_HEAP_SEPARATE };
	struct mica_heap *heaps[2] = { mica_heap_new(&setup), mica_heap_new(&setup) };
	struct mica_heap_stats stats[2];
	struct thread t;
	void *mine[400], *p;
	unsigned int k, i;

	REQUIRE(heaps[0] && heaps[1]);
	REQUIRE(thread_start(&t, leave_and_end, heaps[0]));
	thread_join(&t);
	CHECK_EQ(mica_heap_stats(heaps[0], &stats[0]), 0);
	CHECK_EQ(stats[0].live_blocks, LEFT / 2);
	REQUIRE(thread_start(&t, leave_and_end, mica_heap_main()));
	thread_join(&t);
	for (k = 0; k < 400; k++) {
		p = mica_heap_malloc(heaps[1], 100);
		CHECK_INV(4, mica_heap_contains(heaps[1], p));
		CHECK_INV(6, region_base(p) != region_base(left_behind[0]));
	}
	for (k = 0; k < 400; k++) {
		mine[k] = mica_malloc(100);
		CHECK_INV(4, !mica_heap_contains(heaps[0], mine[k]));
	}
	CHECK_EQ(mica_heap_stats(heaps[0], &stats[1]), 0);
	CHECK_EQ(stats[1].pages, stats[0].pages);
	CHECK_EQ(stats[1].live_blocks, LEFT / 2);
	/* Its own does. */
	for (k = 0; k < 100; k++)
		CHECK(mica_heap_contains(heaps[0], mica_heap_malloc(heaps[0], 100)));
	CHECK_EQ(mica_heap_stats(heaps[0], &stats[1]), 0);
	CHECK_EQ(stats[1].pages, stats[0].pages);
	CHECK(region_base(mica_heap_malloc(heaps[0], 100)) !=
	      region_base(mica_heap_malloc(heaps[1], 100)));
	for (i = 0; i < 2; i++)
		CHECK_EQ(mica_heap_destroy(heaps[i]), 0);
	for (k = 0; k < 400; k++)
		mica_free(mine[k]);
	for (k = 0; k < LEFT; k += 2)
		mica_free(left_behind[k]);
}

#endif
