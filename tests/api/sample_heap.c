/* SPDX-License-Identifier: MIT */
/* Sampling of heaps: samples end with a heap that is destroyed, and live on else. */
#include "heap.h"

#if MICA_TRACE && MICA_HEAPS

static size_t sample_bytes, sample_blocks, samples_unkept;

static void weigh(void *context, const struct mica_sample *sample)
{
	(void)context;
	if (!sample->kept) {
		samples_unkept++;
		return;
	}
	sample_bytes += sample->freed ? 0 - sample->size : sample->size;
	sample_blocks += sample->freed ? 0 - (size_t)1 : 1;
}

static const struct mica_sampler weigher = { 1, weigh, NULL };

TEST(sample_of_a_heap_ends_with_it, .arena = 16384)
{
	struct mica_heap *a = mica_heap_new(NULL), *b = mica_heap_new(NULL);
	unsigned int k;
	void *p, *q;

	REQUIRE(a && b);
	sample_bytes = sample_blocks = samples_unkept = 0;
	CHECK_EQ(mica_on_sample(&weigher), 0);
	for (k = 0; k < 6; k++)
		CHECK(mica_heap_malloc(a, 30));
	p = mica_heap_malloc(b, 50);
	q = mica_malloc(70);
	REQUIRE(!samples_unkept);	/* so few have room */
	CHECK_EQ(sample_blocks, 8);
	CHECK_EQ(mica_heap_destroy(a), 0);
	CHECK_EQ(sample_blocks, 2);
	CHECK_EQ(sample_bytes, 120);
	mica_free(p);
	CHECK_EQ(sample_bytes, 70);
	mica_free(q);
	CHECK_EQ(sample_bytes, 0);
	mica_on_sample(NULL);
	CHECK_EQ(mica_heap_destroy(b), 0);
}

/* A later heap in a deleted one's place has nothing of its samples. */
TEST(sample_of_a_deleted_heap_lives_on, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL), *again;
	unsigned int k;
	void *p;

	REQUIRE(heap);
	sample_bytes = sample_blocks = samples_unkept = 0;
	CHECK_EQ(mica_on_sample(&weigher), 0);
	p = mica_heap_malloc(heap, 50);
	CHECK_EQ(mica_heap_delete(heap), 0);
	for (k = 0; k <= MICA_HEAPS; k++) {
		again = mica_heap_new(NULL);
		CHECK(again && !mica_heap_destroy(again));
	}
	CHECK_EQ(sample_blocks, 1);
	mica_free(p);
	CHECK_EQ(sample_blocks, 0);
	CHECK_EQ(sample_bytes, 0);
	mica_on_sample(NULL);
}

#endif
