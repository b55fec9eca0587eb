/* SPDX-License-Identifier: MIT */
/*
 * Heaps that are bound: to a region, a kind of memory, a provider, or regions of
 * their own. Invariant 6: never from memory that was not named.
 */
#include "heap.h"

#if MICA_HEAPS

#include "spans.h"

static bool block_is_in(char *p, size_t size, unsigned int k)
{
	if (!p)
		return false;
	CHECK_INV(6, lies_in(p, k) && lies_in(p + size - 1, k));
	return true;
}

/* Small and large, until the heap has no more. Return: how many, all inside. */
static unsigned int fill_span(struct mica_heap *heap, unsigned int k)
{
	unsigned int n = 0, i;
	size_t size;

	for (size = 16; size <= SPAN_BYTES / 64; size *= 4)
		for (i = 0; i < 10; i++)
			n += block_is_in(mica_heap_malloc(heap, size), size, k);
	size = SPAN_BYTES / 16;
	while (block_is_in(mica_heap_malloc(heap, size), size, k))
		n++;
	return n;
}

TEST(heap_of_a_region, .needs = TEST_ROOM)
{
	struct mica_heap_setup setup = { .region = span_of(0) };
	struct mica_heap *heap;
	size_t before;

	mica_free(mica_malloc(1));
	CHECK(!mica_heap_new(&setup));	/* there is no such region yet */
	REQUIRE(!mica_region_add(span_of(0), SPAN_BYTES - 1, 0));
	heap = mica_heap_new(&setup);
	REQUIRE(heap);
	mica_free(mica_heap_malloc(heap, 1));	/* the context's part of it */
	CHECK_EQ(mica_heap_collect(heap, false), 0);
	before = mica_used() - used_of(heap);
	CHECK(fill_span(heap, 0) > 20);
	CHECK_EQ(mica_used() - before, used_of(heap));
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_EQ(mica_used(), before);
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
}

TEST(heap_of_a_kind, .needs = TEST_ROOM)
{
	struct mica_heap_setup setup = { .require = MICA_FAST };
	struct mica_heap *heap = mica_heap_new(&setup);
	void *p;

	REQUIRE(heap);
	mica_free(mica_malloc(1));
	CHECK(!mica_heap_malloc(heap, 20));	/* nobody has that */
	REQUIRE(!mica_region_add(span_of(0), SPAN_BYTES - 1,
				 MICA_FAST | MICA_DMA));
	CHECK(fill_span(heap, 0) > 20);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	/* What is preferred comes first; when it is full, the rest will do. */
	setup = (struct mica_heap_setup){ .prefer = MICA_FAST };
	heap = mica_heap_new(&setup);
	REQUIRE(heap);
	CHECK(lies_in(mica_heap_malloc(heap, SPAN_BYTES / 2), 0));
	p = mica_heap_malloc(heap, SPAN_BYTES / 2);
	CHECK(p && !lies_in(p, 0));
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
}

/* What the region of @p is; its base is NULL if there is none. */
static struct mica_region region_with(const void *p)
{
	struct mica_region info;

	for (size_t k = 0; mica_region_get(k, &info); k++)
		if ((uintptr_t)p - (uintptr_t)info.base < info.bytes)
			return info;
	return (struct mica_region){ 0 };
}

/* A region that blocks of both the heap and the main one lie in. */
static const void *shared_region(void *const *p, void *const *q, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < n; k++)
			if (region_with(p[i]).base == region_with(q[k]).base)
				return region_with(p[i]).base;
	return NULL;
}

/* Nobody else's blocks lie where a separate heap's do, until it has gone. */
TEST(heap_separate, .arena = 256 << 20, .needs = TEST_TABLE)
{
	struct mica_heap_setup setup = { .flags = MICA_HEAP_SEPARATE };
	struct mica_heap *heap = mica_heap_new(&setup);
	struct mica_region own;
	void *p[64], *q[64], *large[20], *other[20];

	REQUIRE(heap);
	own = region_with(mica_heap_malloc(heap, 100));
	REQUIRE(own.base);
	for (unsigned int i = 0; i < 64; i++) {
		p[i] = mica_malloc((i + 1) * 1500);
		q[i] = mica_heap_malloc(heap, (i + 1) * 1500);
		REQUIRE(p[i] && q[i]);
	}
	CHECK_INV(6, !shared_region(p, q, 64));
	/* More than the first regions have room for. */
	for (unsigned int i = 0; i < 20; i++) {
		large[i] = mica_malloc(3 << 20);
		other[i] = mica_heap_malloc(heap, 3 << 20);
		REQUIRE(large[i] && other[i]);
	}
	CHECK_INV(6, !shared_region(large, other, 20));
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
	/* Its region is everybody's now: a heap may be bound to it, and so on. */
	setup = (struct mica_heap_setup){ .region = own.base };
	heap = mica_heap_new(&setup);
	REQUIRE(heap);
	CHECK(region_with(mica_heap_malloc(heap, 100)).base == own.base);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	for (unsigned int i = 0; i < 64; i++)
		mica_free(p[i]);
	for (unsigned int i = 0; i < 20; i++)
		mica_free(large[i]);
}

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

static unsigned int nr_reserved;

/* The one unit that lies in the pool as a whole, once. */
static int pool_reserve(void *context, size_t bytes, size_t align, size_t lead,
			struct mica_span *span)
{
	char *base = span_of(0);

	(void)context;
	base += (0 - (uintptr_t)base) & (((size_t)1 << MICA_UNIT_SHIFT) - 1);
	if (nr_reserved++ || lead || bytes > (size_t)1 << MICA_UNIT_SHIFT ||
	    ((uintptr_t)base & (align - 1)))
		return -1;
	*span = (struct mica_span){ base, bytes };
	return 0;
}

TEST(heap_of_a_provider, .needs = TEST_TABLE)
{
	static const struct mica_provider pool_provider = {
		.name = "pool", .granule = 4096, .reserve = pool_reserve,
	};
	struct mica_heap_setup setup = { .provider = &pool_provider };
	struct mica_heap *heap = mica_heap_new(&setup);
	struct mica_region pool_region;
	void *p, *q;

	REQUIRE(heap);
	nr_reserved = 0;
	p = mica_heap_malloc(heap, 100);
	q = mica_heap_malloc(heap, 1 << 18);
	REQUIRE(p && q);
	CHECK_EQ(nr_reserved, 1);
	pool_region = region_with(p);
	CHECK_INV(6, pool_region.provider == pool_provider.name);
	CHECK_INV(6, region_with(q).provider == pool_provider.name);
	/* It has no more: no memory comes from elsewhere. */
	while (mica_heap_malloc(heap, 1 << 18))
		;
	CHECK(nr_reserved > 1);
	CHECK(used_of(heap) > (size_t)3 << (MICA_UNIT_SHIFT - 2));
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_EQ(mica_region_remove(pool_region.base), 0);
}

#else

static unsigned int nr_spans;

static int once_reserve(void *context, size_t bytes, size_t align, size_t lead,
			struct mica_span *span)
{
	(void)context, (void)bytes, (void)align, (void)lead;
	*span = (struct mica_span){ span_of(0), SPAN_BYTES - 1 };
	return nr_spans++ ? -1 : 0;
}

/* A region of its own, in which nobody else gets a block though there is room. */
TEST(heap_separate_with_a_provider, .needs = TEST_TAG | TEST_ROOM | TEST_FINITE)
{
	static const struct mica_provider once = {
		.name = "once", .granule = 8, .reserve = once_reserve,
	};
	struct mica_heap_setup setup = {
		.provider = &once, .flags = MICA_HEAP_SEPARATE,
	};
	struct mica_heap *heap = mica_heap_new(&setup);
	size_t size = test_within(4000, 40);
	void *first, **p, **all = NULL;

	REQUIRE(heap);
	nr_spans = 0;
	first = mica_heap_malloc(heap, SPAN_BYTES / 2);
	REQUIRE(first);
	CHECK_INV(6, lies_in(first, 0));
	mica_free(first);
	while ((p = mica_malloc(size))) {
		CHECK_INV(6, !lies_in(p, 0));
		*p = all;
		all = p;
	}
	CHECK_INV(6, lies_in(mica_heap_malloc(heap, SPAN_BYTES / 2), 0));
	CHECK_MICA();
	for (; all; all = p) {
		p = *all;
		mica_free(all);
	}
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_EQ(mica_region_remove(span_of(0)), 0);
	CHECK_MICA();
}

static struct mica_span lie;
static unsigned int nr_lies, nr_returned;

static int lying_reserve(void *context, size_t bytes, size_t align, size_t lead,
			 struct mica_span *span)
{
	(void)context, (void)bytes, (void)align, (void)lead;
	nr_lies++;
	*span = lie;
	return 0;
}

static int lying_release(void *context, struct mica_span span)
{
	(void)context;
	nr_returned += span.base == lie.base;
	return 0;
}

static void refuse_lie(struct mica_heap *heap, void *base, size_t bytes,
		       unsigned int returned)
{
	struct mica_stats before, after;
	unsigned int lies = nr_lies;

	mica_stats(&before);
	lie = (struct mica_span){ base, bytes };
	nr_returned = 0;
	CHECK(!mica_heap_malloc(heap, 100));
	CHECK_EQ(nr_lies, lies + 1);
	CHECK_EQ(nr_returned, returned);
	mica_stats(&after);
	CHECK_EQ(after.regions, before.regions);
	CHECK_EQ(after.live_blocks, before.live_blocks);
	CHECK_MICA();
}

/* Memory that is none, is mica's already or too small, for a heap. Invariant 1. */
TEST(heap_of_a_provider_that_lies, .needs = TEST_TAG | TEST_ROOM)
{
	static const struct mica_provider lying = {
		.name = "lying", .granule = 8, .reserve = lying_reserve,
		.release = lying_release,
	};
	struct mica_heap_setup setup = { .provider = &lying };
	struct mica_heap *heap = mica_heap_new(&setup);
	char *p = mica_malloc(600);

	REQUIRE(heap && p);
	fill(p, 600, 3);
	refuse_lie(heap, NULL, SPAN_BYTES, 0);
	refuse_lie(heap, p, 600, 0);
	refuse_lie(heap, p + 8, 100, 0);
	refuse_lie(heap, span_of(0), SIZE_MAX - 7, 0);
	refuse_lie(heap, span_of(0), 20, 1);
	CHECK(filled(p, 600, 3));
	mica_free(p);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

#endif

#endif
