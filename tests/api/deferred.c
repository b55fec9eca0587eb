/* SPDX-License-Identifier: MIT */
/* The deferred-free hook: how often, in which order, from where; upkeep. */
#include "../model.h"
#include "../threads.h"
#include "core/heartbeat.h"
#include "core/large.h"
#include "core/part.h"

#if MICA_DEFERRED

/* Nobody passes more: the frees, a look at each list, or the mallocs. */
#define GAP_MOST (2 * (HEARTBEAT_FREES + HEARTBEAT_MALLOCS))

static unsigned int nr_calls, nr_forced, depth, deepest;
static uint64_t last_beat;
static bool beats_rise, allocates, gives_hoard;
static int cookie;

static void **hoard;

static void hoard_free(void)
{
	void **next;

	for (; hoard; hoard = next) {
		next = *hoard;
		mica_free(hoard);
	}
}

/* What a hook may do: enough to pass every slow path, and large blocks. */
static void allocate_some(void)
{
	void *p[20];

	for (int i = 0; i < 20; i++)
		p[i] = mica_malloc((size_t)(1 + i * 3));
	for (int i = 0; i < 20; i++)
		mica_free(p[i]);
	mica_free(mica_zalloc(test_within(3000, 8)));
	mica_free(mica_malloc_aligned(100, 64));
}

#if MICA_HEAPS

/* Other parts of the same context: for them the hook runs, too. */
static void allocate_in_a_heap(void)
{
	struct mica_heap *heap = mica_heap_new(NULL);

	for (int i = 0; heap && i < 200; i++)
		CHECK(mica_heap_malloc(heap, (size_t)(1 + i)));
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

#else

static void allocate_in_a_heap(void)
{
}

#endif

static void on_deferred(bool force, uint64_t heartbeat, void *argument)
{
	CHECK(argument == &cookie);
	CHECK(!mica_port_in_interrupt());
	deepest = ++depth > deepest ? depth : deepest;
	beats_rise = beats_rise && heartbeat > last_beat;
	last_beat = heartbeat;
	nr_calls++;
	nr_forced += force;
	if (allocates) {
		allocate_some();
		allocate_in_a_heap();
	}
	if (force && gives_hoard)
		hoard_free();
	depth--;
}

static void begin(void)
{
	nr_calls = nr_forced = depth = deepest = 0;
	last_beat = 0;
	beats_rise = true;
	CHECK_EQ(mica_on_deferred(on_deferred, &cookie), 0);
}

static void end(void)
{
	unsigned int before;

	CHECK_EQ(mica_on_deferred(NULL, NULL), 0);
	before = nr_calls;
	for (int i = 0; i < 4 * (int)GAP_MOST; i++)
		mica_free(mica_malloc(40));
	mica_collect(true);
	CHECK_EQ(nr_calls, before);
	CHECK(beats_rise);
	CHECK_EQ(depth, 0);
	CHECK(deepest <= 1);
	CHECK_MICA();
}

/* The longest stretch of rounds without a call. */
static unsigned int longest_gap(size_t size, unsigned int rounds)
{
	unsigned int gap = 0, longest = 0, seen = nr_calls;

	while (rounds--) {
		mica_free(hide(mica_malloc(size)));
		gap = nr_calls == seen ? gap + 1 : 0;
		seen = nr_calls;
		longest = gap > longest ? gap : longest;
	}
	return longest;
}

#if MICA_HEAPS

/* The count is the context's, whatever heaps its blocks are in. */
TEST(deferred_beats_in_a_heap)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	unsigned int gap = 0, longest = 0, seen;

	REQUIRE(heap);
	mica_free(mica_heap_malloc(heap, 24));
	begin();
	seen = nr_calls;
	for (unsigned int i = 0; i < 2000; i++) {
		mica_free(hide(mica_heap_malloc(heap, 24)));
		gap = nr_calls == seen ? gap + 1 : 0;
		seen = nr_calls;
		longest = gap > longest ? gap : longest;
	}
	CHECK(longest <= GAP_MOST);
	CHECK(nr_calls <= 2000 / HEARTBEAT_FREES + 2);	/* and no page is given up more often */
	end();
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

#endif

/* One block in turn never needs the slow path, but for the hook. */
TEST(deferred_beats_for_one_block_in_turn)
{
	void *keep = mica_malloc(24);

	longest_gap(24, 1000);
	begin();
	CHECK(longest_gap(24, 2000) <= GAP_MOST);
	CHECK(nr_calls >= 2000 / GAP_MOST);
	CHECK(longest_gap(PAGED(200), 2000) <= GAP_MOST);
	CHECK(longest_gap(test_within(3000, 4), 500) <= GAP_MOST);
	CHECK_EQ(nr_forced, 0);
	end();
	mica_free(keep);
}

/* The same with blocks of other sizes between, last in first out. */
TEST(deferred_beats_in_a_mix)
{
	static const unsigned char sizes[] = { 8, 40, 24, 8, 56, 16 };
	unsigned int gap = 0, longest = 0, seen;
	void *p[ARRAY_SIZE(sizes)];

	begin();
	seen = nr_calls;
	for (unsigned int round = 0; round < 1000; round++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++, gap++)
			p[i] = mica_malloc(sizes[(i + round) % 6]);
		for (unsigned int i = ARRAY_SIZE(sizes); i--;)
			mica_free(p[i]);
		longest = gap > longest ? gap : longest;
		gap = nr_calls == seen ? gap : 0;
		seen = nr_calls;
	}
	CHECK(longest <= ARRAY_SIZE(sizes) * GAP_MOST);
	end();
}

/* One block in turn by each way there is to have one. */
static void *one_block(unsigned int way)
{
	switch (way) {
	case 0:
		return mica_zalloc(24);
	case 1:
		return mica_calloc(3, 8);
	case 2:
		return mica_malloc_aligned(24, 64);
	case 3:
		return mica_realloc(NULL, 24);
	case 4:
		return mica_malloc(test_within(LAYOUT_IS_TABLE ? 300000 : 3000, 4));
	case 5:
		return mica_malloc_attr(24, 0, MICA_FAST);
	case 6:
		return mica_realloc(mica_malloc(24), test_within(3000, 8));
	default:
		return mica_malloc_aligned_at(24, 64, 8);
	}
}

TEST(deferred_beats_whatever_is_called)
{
	unsigned int way, i, gap, longest, seen;

	begin();
	for (way = 0; way < 8; way++) {
		gap = longest = 0;
		seen = nr_calls;
		for (i = 0; i < 600; i++) {
			mica_free(hide(one_block(way)));
			gap = nr_calls == seen ? gap + 1 : 0;
			seen = nr_calls;
			longest = gap > longest ? gap : longest;
		}
		if (!CHECK(longest <= GAP_MOST))
			test_print("# by way %u: %u rounds\n", way, longest);
	}
	end();
}

/* Mallocs alone: at the latest when the page that is current has no more. */
TEST(deferred_beats_without_frees, .arena = 64 << 10)
{
	unsigned int n, most = (unsigned int)test_within(8000, 64);
	unsigned int gap = 0, longest = 0, seen;
	void **taken = NULL, **p;

	begin();
	seen = nr_calls;
	for (n = 0; n < most && (p = mica_malloc(24)); n++) {
		*p = taken;
		taken = p;
		gap = nr_calls == seen ? gap + 1 : 0;
		seen = nr_calls;
		longest = gap > longest ? gap : longest;
	}
	CHECK(longest <= (LAYOUT_IS_TABLE ? SLICE_BYTES / 32 : GAP_MOST));
	hoard = taken;
	hoard_free();
	end();
}

TEST(deferred_hook_may_allocate)
{
	unsigned int calls;

	begin();
	allocates = true;
	CHECK(longest_gap(32, 1000) <= GAP_MOST);
	calls = nr_calls;
	CHECK(calls > 0);
	mica_collect(true);
	CHECK_EQ(nr_calls, calls + 1);
	allocates = false;
	CHECK_EQ(deepest, 1);
	end();
}

TEST(deferred_is_forced_by_collect)
{
	begin();
	mica_collect(false);
	CHECK_EQ(nr_forced, 0);
	mica_collect(true);
	CHECK_EQ(nr_forced, 1);
	mica_collect(true);
	CHECK_EQ(nr_forced, 2);
	end();
}

/* What the program has put off is freed before a request fails. */
TEST(deferred_is_forced_before_failing, .needs = TEST_FINITE)
{
	size_t size = test_within(LAYOUT_IS_TABLE ? (size_t)1 << 20 : 1000, 8);
	void **taken = NULL, **p;

	begin();
	for (unsigned int n = 0; (p = mica_malloc(size)); n++) {
		*p = n % 2 ? hoard : taken;
		*(n % 2 ? &hoard : &taken) = p;
	}
	CHECK(nr_forced > 0);
	gives_hoard = true;
	p = mica_malloc(size);
	gives_hoard = false;
	CHECK(p);
	CHECK(!hoard);
	mica_free(p);
	hoard = taken;
	hoard_free();
	end();
}

/* Nothing helps: the hook is not asked. */
TEST(deferred_is_not_forced_by_the_impossible)
{
	begin();
	CHECK(!mica_malloc(hide_size(SIZE_MAX)));
	CHECK(!mica_malloc(hide_size(REQUEST_LIMIT + 1)));
	CHECK(!mica_calloc(hide_size(SIZE_MAX), 2));
	CHECK_EQ(nr_forced, 0);
	end();
}

#if CONTEXT_NESTS

TEST(deferred_waits_above_the_guard)
{
	struct mica_part *part = part_self();
	unsigned int calls;

	begin();
	mica_free(mica_malloc(10));
	calls = nr_calls;
	context_set_busy(part, 1);
	for (unsigned int i = 0; i < 2 * GAP_MOST; i++)
		CHECK(!mica_malloc(10));
	CHECK(!mica_zalloc(test_within(3000, 8)));
	context_set_busy(part, 0);
	CHECK_EQ(nr_calls, calls);
	longest_gap(24, GAP_MOST);
	CHECK(nr_calls > calls);
	end();
}

#endif

/* ---- several contexts --------------------------------------------------------- */

#if TEST_PARALLEL

#define BEATERS 4

struct beater {
	void *part;		/* its context's, by which the hook knows it */
	uint64_t last;
	unsigned int beaten;
	struct thread_barrier *start;
};

static unsigned int stop;

static void on_parallel(bool force, uint64_t heartbeat, void *argument)
{
	struct beater *b = argument, *end = b + BEATERS;

	(void)force;
	while (b < end && shared_load(&b->part) != part_self())
		b++;
	if (b == end)
		return;
	CHECK(heartbeat > b->last);
	b->last = heartbeat;
	__atomic_fetch_add(&b->beaten, 1, __ATOMIC_RELAXED);
	mica_free(mica_malloc(48));
}

/* It is on its shortest way long before there is a hook. */
static void beat_on(void *arg)
{
	struct beater *b = arg;

	for (int i = 0; i < 1000; i++)
		mica_free(hide(mica_malloc(64)));
	shared_store(&b->part, part_self());
	barrier_wait(b->start);
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
		mica_free(hide(mica_malloc(64)));
}

static bool all_have_beaten(struct beater *b)
{
	for (int i = 0; i < BEATERS; i++)
		if (__atomic_load_n(&b[i].beaten, __ATOMIC_RELAXED) < 10)
			return false;
	return true;
}

TEST(deferred_reaches_threads_that_run, .contexts = BEATERS + 1)
{
	struct thread_barrier start;
	struct thread threads[BEATERS];
	struct beater b[BEATERS];
	unsigned int n, waited;

	barrier_init(&start, BEATERS + 1);
	stop = 0;
	for (n = 0; n < BEATERS; n++) {
		b[n] = (struct beater){ .start = &start };
		REQUIRE(thread_start(&threads[n], beat_on, &b[n]));
	}
	barrier_wait(&start);
	CHECK_EQ(mica_on_deferred(on_parallel, b), 0);
	for (waited = 0; !all_have_beaten(b) && waited < 10000000; waited++)
		thread_yield();
	CHECK(all_have_beaten(b));
	CHECK_EQ(mica_on_deferred(NULL, NULL), 0);
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	while (n)
		thread_join(&threads[--n]);
	CHECK_MICA();
}

#endif

#else

static void on_nothing(bool force, uint64_t heartbeat, void *argument)
{
	(void)force, (void)heartbeat, (void)argument;
}

TEST(deferred_is_not_built_in)
{
	CHECK_EQ(mica_on_deferred(on_nothing, NULL), MICA_ERROR_UNKNOWN);
	CHECK_EQ(mica_on_deferred(NULL, NULL), MICA_ERROR_UNKNOWN);
}

#endif
