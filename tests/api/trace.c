/* SPDX-License-Identifier: MIT */
/* Tracing and sampling: what is told, in which order, and what is not. */
#include "../threads.h"

static const struct mica_tracer deaf_tracer = { NULL, NULL };

#if !MICA_TRACE

static void never(void *context, const struct mica_trace_event *event)
{
	(void)context, (void)event;
	CHECK(!"told, in a build without");
}

static void never_sample(void *context, const struct mica_sample *sample)
{
	(void)context, (void)sample;
	CHECK(!"sampled, in a build without");
}

TEST(trace_is_refused_where_it_is_not_built_in)
{
	static const struct mica_tracer tracer = { never, NULL };
	static const struct mica_sampler sampler = { 1, never_sample, NULL };

	CHECK_EQ(mica_on_trace(&tracer), MICA_ERROR_REFUSED);
	CHECK_EQ(mica_on_trace(&deaf_tracer), MICA_ERROR_REFUSED);
	CHECK_EQ(mica_on_trace(NULL), MICA_ERROR_REFUSED);
	CHECK_EQ(mica_on_sample(&sampler), MICA_ERROR_REFUSED);
	CHECK_EQ(mica_trace_lost(), 0);
	mica_free(mica_malloc(1));
}

#else

/* ---- what is told ------------------------------------------------------------------ */

#define SEEN_MAX 16u

static struct mica_trace_event seen[SEEN_MAX];
static unsigned int nr_seen;

static void see(void *context, const struct mica_trace_event *event)
{
	CHECK(context == seen);
	if (CHECK(nr_seen < SEEN_MAX))
		seen[nr_seen++] = *event;
}

static const struct mica_tracer seer = { see, seen };

static bool saw(enum mica_trace_kind kind, void *block, void *old, size_t size,
		size_t align)
{
	const struct mica_trace_event *e = &seen[0];
	bool ok = nr_seen == 1 && e->kind == kind && e->block == block &&
		  e->old == old && e->size == size && e->align == align;

	nr_seen = 0;
	return ok;
}

static void see_begin(void)
{
	nr_seen = 0;
	CHECK_EQ(mica_on_trace(&seer), 0);
}

TEST(trace_tells_of_malloc_and_free)
{
	void *p;

	see_begin();
	p = mica_malloc(20);
	CHECK(saw(MICA_TRACE_MALLOC, p, NULL, 20, 1));
	mica_free(p);
	CHECK(saw(MICA_TRACE_FREE, p, NULL, 0, 0));
	mica_free(NULL);
	CHECK_EQ(nr_seen, 0);
	p = mica_zalloc(0);
	CHECK(saw(MICA_TRACE_MALLOC, p, NULL, 0, 1));
	mica_free(p);
	nr_seen = 0;
	p = mica_calloc(3, 7);
	CHECK(saw(MICA_TRACE_MALLOC, p, NULL, 21, 1));
	mica_free(p);
	nr_seen = 0;
	p = mica_mallocn(3, 7);
	CHECK(saw(MICA_TRACE_MALLOC, p, NULL, 21, 1));
	mica_on_trace(NULL);
	mica_free(p);
	CHECK_EQ(nr_seen, 0);
}

typedef void *aligned_call(size_t count, size_t size, size_t align);

static void *call_aligned(size_t count, size_t size, size_t align)
{
	return mica_malloc_aligned(count * size, align);
}

static void *call_zalloc(size_t count, size_t size, size_t align)
{
	return mica_zalloc_aligned(count * size, align);
}

static void *call_at(size_t count, size_t size, size_t align)
{
	return mica_malloc_aligned_at(count * size, align, 8);
}

static void *call_attr(size_t count, size_t size, size_t align)
{
	return mica_aligned_attr(count * size, align, 0, 0);
}

TEST(trace_tells_of_aligned_blocks, .arena = 2048)
{
	static aligned_call *const calls[] = {
		call_aligned, call_zalloc, call_at, call_attr,
		mica_mallocn_aligned, mica_calloc_aligned,
	};
	size_t k;
	void *p;

	for (k = 0; k < sizeof(calls) / sizeof(*calls); k++) {
		see_begin();
		p = calls[k](3, 20, 32);
		CHECK(p && saw(MICA_TRACE_MALLOC, p, NULL, 60, 32));
		mica_on_trace(NULL);
		mica_free(p);
	}
}

/* A move is one event, told while the old block is still there. */
static bool old_was_there;

static void see_move(void *context, const struct mica_trace_event *event)
{
	see(context, event);
	if (event->kind == MICA_TRACE_MOVE)
		old_was_there = mica_usable_size(event->old) >= 16 &&
				*(char *)event->old == 'x' &&
				*(char *)event->block == 'x';
}

TEST(trace_tells_of_a_move, .arena = 4096)
{
	static const struct mica_tracer mover = { see_move, seen };
	char *p = mica_malloc(16), *q;
	void *old = hide(p);

	REQUIRE(p);
	*p = 'x';
	nr_seen = 0;
	old_was_there = false;
	CHECK_EQ(mica_on_trace(&mover), 0);
	q = mica_realloc_aligned(p, 300, 256);
	CHECK(q && q != old);
	CHECK(saw(MICA_TRACE_MOVE, q, old, 300, 256));
	CHECK_INV(7, old_was_there);
	mica_on_trace(NULL);
	mica_free(q);
}

TEST(trace_tells_of_what_stays, .arena = 2048)
{
	char *p = mica_malloc(16), *q;

	REQUIRE(p);
	see_begin();
	q = mica_realloc(p, 15);
	CHECK(q == p && saw(MICA_TRACE_RESIZE, p, p, 15, 1));
	q = mica_expand(p, 14);
	CHECK(q == p && saw(MICA_TRACE_RESIZE, p, p, 14, 1));
	q = mica_realloc(NULL, 5);
	CHECK(saw(MICA_TRACE_MALLOC, q, NULL, 5, 1));
	mica_on_trace(NULL);
	mica_free(p);
	mica_free(q);
}

TEST(trace_tells_of_failures, .arena = 512)
{
	char *p = mica_malloc(16);

	REQUIRE(p);
	see_begin();
	CHECK(!mica_malloc(hide_size(SIZE_MAX)));
	CHECK(saw(MICA_TRACE_FAILURE, NULL, NULL, SIZE_MAX, 1));
	CHECK(!mica_calloc(hide_size(SIZE_MAX / 2), 4));
	CHECK(saw(MICA_TRACE_FAILURE, NULL, NULL, SIZE_MAX, 1));
	CHECK(!mica_malloc_aligned(8, hide_size(3)));
	CHECK(saw(MICA_TRACE_FAILURE, NULL, NULL, 8, 3));
	CHECK(!mica_realloc(p, hide_size(SIZE_MAX)));
	CHECK(saw(MICA_TRACE_FAILURE, NULL, p, SIZE_MAX, 1));
	CHECK(!mica_reallocf(p, hide_size(SIZE_MAX)));
	CHECK(nr_seen == 2 && seen[1].kind == MICA_TRACE_FREE);
	mica_on_trace(NULL);
}

TEST(trace_refuses)
{
	see_begin();
	CHECK_EQ(mica_on_trace(&deaf_tracer), MICA_ERROR_INVALID);
	mica_free(mica_malloc(1));
	CHECK_EQ(nr_seen, 2);	/* the one before is still set */
	mica_on_trace(NULL);
}

/* ---- hooks that allocate -------------------------------------------------------------- */

static unsigned int nested_calls;

static void nest(void *context, const struct mica_trace_event *event)
{
	(void)context, (void)event;
	nested_calls++;
	mica_free(mica_malloc(24));
}

TEST(trace_hook_may_allocate, .arena = 1024)
{
	static const struct mica_tracer nester = { nest, NULL };
	size_t lost = mica_trace_lost();
	void *p;

	nested_calls = 0;
	CHECK_EQ(mica_on_trace(&nester), 0);
	p = mica_malloc(8);
	mica_on_trace(NULL);
	CHECK(p);
	mica_free(p);
	/* Of a core, four deep: each call makes two more. */
	CHECK_EQ(nested_calls,
		 MICA_CONTEXT == MICA_CONTEXT_CORE ? 15 : 1);
	CHECK_EQ(mica_trace_lost() - lost,
		 MICA_CONTEXT == MICA_CONTEXT_CORE ? 16 : 2);
}

/* ---- samples --------------------------------------------------------------------------- */

static struct {
	size_t weight, sampled, freed, kept;
	bool odd;
} sums;

static void add(void *context, const struct mica_sample *sample)
{
	CHECK(context == &sums);
	if (sample->freed) {
		sums.freed++;
		sums.odd |= !sample->kept || sample->size > sample->weight;
		return;
	}
	sums.weight += sample->weight;
	sums.sampled++;
	sums.kept += sample->kept;
	sums.odd |= sample->size > sample->weight || !sample->block;
}

static void sample_begin(const struct mica_sampler *sampler)
{
	__builtin_memset(&sums, 0, sizeof(sums));
	CHECK_EQ(mica_on_sample(sampler), 0);
}

/* The weights stand for all bytes but those after the last sample. */
TEST(sample_weights_add_up, .arena = 1024)
{
	static const struct mica_sampler sampler = { 1000, add, &sums };
	size_t bytes = 0, size;
	unsigned int n = test_scaled(20000), k;

	sample_begin(&sampler);
	for (k = 0; k < n; k++) {
		size = 1 + k % 60;
		bytes += size;
		mica_free(mica_malloc(size));
	}
	mica_on_sample(NULL);
	CHECK(!sums.odd);
	CHECK(sums.weight <= bytes && bytes - sums.weight < 2000);
	CHECK_EQ(sums.freed, sums.kept);
	CHECK(sums.kept == sums.sampled);
	/* Drawn around the interval: hundreds come close to it. */
	CHECK(sums.sampled > bytes / 1000 * 3 / 4 &&
	      sums.sampled < bytes / 1000 * 5 / 4);
}

/* Each block is one: more than the table has room for are sampled, not kept. */
TEST(sample_table_is_bounded, .arena = ARENA_OF(1 << 20, 4096))
{
	static const struct mica_sampler sampler = { 1, add, &sums };
	static void *blocks[MICA_SAMPLE_SLOTS + 8];
	size_t n = sizeof(blocks) / sizeof(*blocks), k;

	sample_begin(&sampler);
	for (k = 0; k < n; k++)
		blocks[k] = mica_malloc(8);
	CHECK_EQ(sums.sampled, n);
	CHECK_EQ(sums.weight, 8 * n);
	CHECK(sums.kept <= MICA_SAMPLE_SLOTS && sums.kept >= MICA_SAMPLE_SLOTS / 4);
	for (k = 0; k < n; k++)
		mica_free(blocks[k]);
	CHECK_EQ(sums.freed, sums.kept);
	mica_on_sample(NULL);
	CHECK(!sums.odd);
}

TEST(sample_ends_with_its_sampler_and_when_moved, .arena = 2048)
{
	static const struct mica_sampler sampler = { 1, add, &sums };
	void *p, *q;

	sample_begin(&sampler);
	p = mica_malloc(8);
	CHECK_EQ(mica_on_sample(&sampler), 0);
	mica_free(p);
	CHECK_EQ(sums.freed, 0);
	p = mica_malloc(8);
	q = mica_realloc_aligned(p, 300, 256);
	CHECK_EQ(sums.freed, 1);
	CHECK_EQ(sums.sampled, 3);
	mica_free(q);
	CHECK_EQ(sums.freed, 2);
	mica_on_sample(NULL);
}

TEST(sample_refuses)
{
	static const struct mica_sampler good = { 1, add, &sums };
	static const struct mica_sampler none = { 0, add, &sums };
	static const struct mica_sampler deaf = { 1, NULL, &sums };
	static const struct mica_sampler more = {
		MICA_SAMPLE_INTERVAL_MAX + 1, add, &sums
	};

	sample_begin(&good);
	CHECK_EQ(mica_on_sample(&none), MICA_ERROR_INVALID);
	CHECK_EQ(mica_on_sample(&deaf), MICA_ERROR_INVALID);
	CHECK_EQ(mica_on_sample(&more), MICA_ERROR_INVALID);
	mica_free(mica_malloc(8));
	CHECK_EQ(sums.sampled, 1);	/* the one before is still set */
	mica_on_sample(NULL);
}

/* ---- many at once ----------------------------------------------------------------------- */

static uintptr_t nr_begun, nr_gone, nr_wrong;

static void count_event(void *context, const struct mica_trace_event *event)
{
	(void)context;
	if (event->kind == MICA_TRACE_MALLOC)
		__atomic_add_fetch(&nr_begun, 1, __ATOMIC_RELAXED);
	else if (event->kind == MICA_TRACE_FREE)
		__atomic_add_fetch(&nr_gone, 1, __ATOMIC_RELAXED);
	else
		__atomic_add_fetch(&nr_wrong, 1, __ATOMIC_RELAXED);
	mica_free(mica_malloc(40));
}

static void count_sample(void *context, const struct mica_sample *sample)
{
	(void)context;
	__atomic_add_fetch(sample->freed ? &nr_gone : &nr_begun,
			   sample->kept, __ATOMIC_RELAXED);
}

static void churn(void *arg)
{
	void *blocks[32] = { NULL };
	unsigned int k, n = test_scaled(20000);

	(void)arg;
	for (k = 0; k < n; k++) {
		mica_free(blocks[k % 32]);
		blocks[k % 32] = mica_malloc(16 + k % 200);
	}
	for (k = 0; k < 32; k++)
		mica_free(blocks[k]);
}

static void count_begin(void)
{
	nr_begun = nr_gone = nr_wrong = 0;
}

TEST(trace_of_threads_balances, .contexts = 4,
     .arena = ARENA_OF(64 << 20, 64 << 10))
{
	static const struct mica_tracer tracer = { count_event, NULL };
	static const struct mica_sampler sampler = { 500, count_sample, NULL };
	char args[4];

	count_begin();
	CHECK_EQ(mica_on_trace(&tracer), 0);
	threads_run(4, churn, args, 1);
	mica_on_trace(NULL);
	if (MICA_CONTEXT == MICA_CONTEXT_THREAD)
		CHECK_EQ(nr_begun, 4 * test_scaled(20000));
	CHECK(nr_begun == nr_gone && !nr_wrong);
	count_begin();
	CHECK_EQ(mica_on_sample(&sampler), 0);
	threads_run(4, churn, args, 1);
	mica_on_sample(NULL);
	CHECK(nr_begun > 100 && nr_begun == nr_gone);
}

#endif
