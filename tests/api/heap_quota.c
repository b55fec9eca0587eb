/* SPDX-License-Identifier: MIT */
/* First-class heaps: what one uses, its quotas, and what is refused. Invariant 6. */
#include "heap.h"

#if MICA_HEAPS

/* ---- what it uses ---------------------------------------------------------------------- */

TEST(heap_usage_counts, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	struct mica_heap_usage usage;
	size_t most;
	void *p, *q;

	REQUIRE(heap);
	CHECK_EQ(used_of(heap), 0);
	p = mica_heap_malloc(heap, 10);
	q = mica_heap_malloc(heap, large_size());
	most = used_of(heap);
	CHECK_INV(6, most >= large_size() + 10);
	mica_free(q);
	mica_free(p);
	CHECK_EQ(mica_heap_collect(heap, true), 0);
	CHECK_INV(6, used_of(heap) == 0);
	CHECK_EQ(mica_heap_usage(heap, &usage), 0);
	CHECK(usage.peak_bytes >= most && usage.total_bytes == 0);
	CHECK(!usage.name && !usage.parent);
	CHECK_EQ(mica_heap_usage(mica_heap_main(), &usage), 0);
	CHECK_EQ(usage.total_bytes, mica_used());
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

TEST(heap_stats_count, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	struct mica_heap_stats stats;
	unsigned int n;

	REQUIRE(heap);
	n = heap_fill(heap, MANY);
	CHECK_EQ(mica_heap_stats(heap, &stats), 0);
	CHECK_EQ(stats.live_blocks, n);
	CHECK(stats.live_bytes >= large_size());
	CHECK(stats.pages + stats.runs > 1 && stats.runs >= 1);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* What a run keeps of its heap is nobody's to use, also when that has gone. */
TEST(heap_statistics_of_all_agree, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	size_t step, n = large_size();
	struct mica_stats stats;
	size_t usable;
	void *p = NULL;

	REQUIRE(heap);
	for (step = 0; step < 4; step++) {
		mica_stats(&stats);
		usable = stats.live_bytes;
		p = step == 0 ? mica_heap_malloc(heap, n) :
			mica_heap_realloc(heap, p, n + step % 2 * n);
		REQUIRE(p);
		mica_stats(&stats);
		if (!step)
			CHECK_EQ(stats.live_bytes - usable, mica_usable_size(p));
		usable = stats.live_bytes - mica_usable_size(p);
	}
	CHECK_EQ(mica_heap_delete(heap), 0);
	mica_stats(&stats);
	CHECK_EQ(stats.live_bytes, usable + mica_usable_size(p));
	mica_free(p);
	mica_stats(&stats);
	CHECK_EQ(stats.live_bytes, usable);
	heap = mica_heap_new(NULL);
	REQUIRE(heap && mica_heap_malloc(heap, n));
	CHECK_EQ(mica_heap_destroy(heap), 0);
	mica_stats(&stats);
	CHECK_EQ(stats.live_bytes, usable);
}

TEST(heap_nested_counts, .arena = 16384)
{
	struct mica_heap *top = heap_with(0, 0, NULL);
	struct mica_heap *mid = heap_with(0, 0, top);
	struct mica_heap *low = heap_with(0, 0, mid);
	struct mica_heap_usage usage;
	size_t bytes;

	REQUIRE(top && mid && low);
	CHECK(mica_heap_malloc(low, large_size()));
	CHECK(mica_heap_malloc(mid, 10));
	bytes = used_of(low);
	CHECK_INV(6, total_of(mid) == used_of(mid) + bytes);
	CHECK_INV(6, total_of(top) == total_of(mid));
	CHECK_EQ(used_of(top), 0);
	CHECK_EQ(mica_heap_usage(low, &usage), 0);
	CHECK(usage.parent == mid);
	CHECK_EQ(mica_heap_destroy(top), MICA_ERROR_BUSY);
	CHECK_EQ(mica_heap_delete(mid), MICA_ERROR_BUSY);
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(low), 0);
	CHECK_EQ(total_of(top), used_of(mid));
	CHECK_EQ(mica_heap_destroy(mid), 0);
	CHECK_EQ(total_of(top), 0);
	CHECK_EQ(mica_heap_destroy(top), 0);
}

/* ---- quotas ------------------------------------------------------------------------------ */

static size_t quota_of(unsigned int large)
{
	return large * (IS_TABLE ? (size_t)5 << 16 :
			large_size() + (sizeof(void *) == 8 ? 48 : 24));
}

TEST(heap_hard_quota, .arena = 16384)
{
	struct mica_heap *heap = heap_with(0, quota_of(3), NULL);
	void *p[3], *old;
	unsigned int k;

	REQUIRE(heap);
	for (k = 0; k < 3; k++) {
		p[k] = mica_heap_malloc(heap, large_size());
		REQUIRE(p[k]);
	}
	CHECK_INV(6, !mica_heap_malloc(heap, large_size()));
	CHECK_INV(6, used_of(heap) <= quota_of(3));
	mica_heap_set_current(heap);
	CHECK_EQ(mica_failure_reason(large_size()), MICA_REASON_QUOTA);
	mica_heap_set_current(mica_heap_main());
	CHECK_EQ(mica_failure_reason(10), MICA_REASON_NONE);
	/* What cannot grow is as it was. */
	old = p[2];
	fill(old, large_size(), 2);
	CHECK(!mica_heap_realloc(heap, old, 2 * large_size()));
	CHECK(filled(old, large_size(), 2));
	mica_free(p[1]);
	p[1] = mica_heap_malloc(heap, large_size());
	CHECK(p[1]);
	CHECK_EQ(mica_heap_set_quota(heap, 0, quota_of(4)), 0);
	CHECK(mica_heap_malloc(heap, large_size()));
	CHECK(!mica_heap_malloc(heap, large_size()));
	/* 0 is no bound. */
	CHECK_EQ(mica_heap_set_quota(heap, 0, 0), 0);
	CHECK(mica_heap_malloc(heap, large_size()));
	/* Less than it uses: it gets no more. */
	CHECK_EQ(mica_heap_set_quota(heap, 0, 1), 0);
	CHECK(!mica_heap_malloc(heap, large_size()));
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* An empty page that is kept goes before a request fails. */
TEST(heap_quota_collects_first, .arena = 16384, .needs = TEST_TABLE)
{
	struct mica_heap *heap = heap_with(0, quota_of(1), NULL);
	size_t size;
	void *p;

	REQUIRE(heap);
	for (size = 100; size <= 3200; size *= 2) {
		p = mica_heap_malloc(heap, size);
		REQUIRE(p);
		mica_free(p);
	}
	CHECK(used_of(heap) > 0);
	CHECK(mica_heap_malloc(heap, large_size()));
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

TEST(heap_quota_of_a_parent, .arena = 16384)
{
	struct mica_heap *top = heap_with(0, quota_of(2), NULL);
	struct mica_heap *a = heap_with(0, 0, top), *b = heap_with(0, 0, top);
	void *p;

	REQUIRE(top && a && b);
	p = mica_heap_malloc(a, large_size());
	CHECK(p);
	CHECK(mica_heap_malloc(b, large_size()));
	CHECK_INV(6, !mica_heap_malloc(b, large_size()));
	CHECK_INV(6, !mica_heap_malloc(top, large_size()));
	CHECK_INV(6, total_of(top) == used_of(a) + used_of(b));
	mica_free(p);
	CHECK(mica_heap_malloc(top, large_size()));
	/* What is deleted does not count any more. */
	CHECK_EQ(mica_heap_destroy(b), 0);
	CHECK(mica_heap_malloc(a, large_size()));
	CHECK_EQ(mica_heap_destroy(a), 0);
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(top), 0);
}

static unsigned int warnings;

static void count_warning(void *context, const char *text, size_t len)
{
	static const char begin[] = "mica: heap";
	size_t k = 0;

	(void)context;
	while (k < len && begin[k] && text[k] == begin[k])
		k++;
	warnings += !begin[k];
}

TEST(heap_soft_quota_warns_once, .arena = 16384)
{
	static const struct mica_output output = { count_warning, NULL };
	long verbose = mica_option_get(MICA_OPTION_VERBOSE);
	struct mica_heap *heap = heap_with(quota_of(1), 0, NULL);
	void *p, *q;

	REQUIRE(heap);
	warnings = 0;
	mica_option_set(MICA_OPTION_VERBOSE, 1);
	mica_on_warning(&output);
	p = mica_heap_malloc(heap, large_size());
	CHECK_EQ(warnings, 0);
	q = mica_heap_malloc(heap, large_size());
	CHECK(q);
	CHECK_EQ(warnings, 1);
	CHECK(mica_heap_malloc(heap, large_size()));
	CHECK_EQ(warnings, 1);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	heap = heap_with(quota_of(1), 0, NULL);
	p = mica_heap_malloc(heap, large_size());
	q = mica_heap_malloc(heap, large_size());
	CHECK_EQ(warnings, 2);
	mica_free(q);
	q = mica_heap_malloc(heap, large_size());
	CHECK_EQ(warnings, 3);
	mica_free(p);
	mica_free(q);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	mica_on_warning(NULL);
	mica_option_set(MICA_OPTION_VERBOSE, verbose);
}

/* What a child uses counts in its parent's soft quota, too. */
TEST(heap_soft_quota_of_a_parent, .arena = 16384)
{
	static const struct mica_output output = { count_warning, NULL };
	struct mica_heap *top = heap_with(quota_of(1), 0, NULL);
	struct mica_heap *low = heap_with(0, 0, top);

	REQUIRE(top && low);
	warnings = 0;
	mica_on_warning(&output);
	CHECK(mica_heap_malloc(low, large_size()));
	CHECK_EQ(warnings, 0);
	CHECK(mica_heap_malloc(low, large_size()));
	CHECK_EQ(warnings, 1);
	CHECK_EQ(mica_heap_destroy(low), 0);
	CHECK_EQ(mica_heap_destroy(top), 0);
	mica_on_warning(NULL);
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void refuses_all(struct mica_heap *heap)
{
	struct mica_heap_usage usage;
	struct mica_heap_stats stats;
	void *p = mica_malloc(10);

	CHECK(!mica_heap_malloc(heap, 10) && !mica_heap_zalloc(heap, 10));
	CHECK(!mica_heap_calloc(heap, 1, 10) && !mica_heap_mallocn(heap, 1, 10));
	CHECK(!mica_heap_realloc(heap, NULL, 10));
	CHECK(!mica_heap_realloc(heap, p, 500));
	CHECK(!mica_heap_reallocn(heap, NULL, 1, 10));
	CHECK(!mica_heap_malloc_aligned(heap, 10, 8));
	CHECK(!mica_heap_malloc_aligned_at(heap, 10, 8, 0));
	CHECK(!mica_heap_zalloc_aligned(heap, 10, 8));
	CHECK(!mica_heap_zalloc_aligned_at(heap, 10, 8, 0));
	CHECK(!mica_heap_calloc_aligned(heap, 1, 10, 8));
	CHECK(!mica_heap_calloc_aligned_at(heap, 1, 10, 8, 0));
	CHECK(!mica_heap_realloc_aligned(heap, NULL, 10, 8));
	CHECK(!mica_heap_realloc_aligned_at(heap, NULL, 10, 8, 0));
	CHECK(!mica_heap_part(heap));
	CHECK(!mica_heap_set_current(heap));
	CHECK(!mica_heap_contains(heap, p));
	CHECK_EQ(mica_heap_usage(heap, &usage), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_stats(heap, &stats), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_set_quota(heap, 1, 2), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_collect(heap, false), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_delete(heap), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_destroy(heap), MICA_ERROR_INVALID);
	CHECK(mica_heap_current() == mica_heap_main());
	mica_free(p);
	/* This one frees it. */
	CHECK(!mica_heap_reallocf(heap, mica_malloc(10), 20));
}

TEST(heap_bad_heaps, .arena = 8192)
{
	struct mica_heap *heap = mica_heap_new(NULL), *other;

	REQUIRE(heap);
	refuses_all(NULL);
	refuses_all((struct mica_heap *)((char *)heap + 1));
	refuses_all((struct mica_heap *)&warnings);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	refuses_all(heap);
	/* The next one does not take its place. */
	other = mica_heap_new(NULL);
	CHECK(other && (other != heap || MICA_HEAPS == 1));
	CHECK_EQ(mica_heap_delete(other), 0);
	refuses_all(other);
}

TEST(heap_bad_input, .arena = 4096)
{
	static const struct mica_provider empty;
	struct mica_heap *main = mica_heap_main(), *heap;
	struct mica_heap_usage usage;
	struct mica_heap_stats stats;
	int local = 0;

	CHECK_EQ(mica_heap_delete(main), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_destroy(main), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_set_quota(main, 0, 100), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_usage(main, NULL), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_stats(main, NULL), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_usage(NULL, &usage), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_stats(NULL, &stats), MICA_ERROR_INVALID);
	CHECK(!mica_heap_of(NULL) && !mica_heap_of(&local));
	CHECK(!mica_heap_contains(main, &local));
	CHECK(!mica_heap_contains(NULL, NULL));
	CHECK(!mica_heap_next((struct mica_heap *)(void *)&usage));
	heap = heap_with(0, 0, NULL);
	REQUIRE(heap);
	CHECK_EQ(mica_heap_set_quota(heap, 20, 10), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK(!heap_with(20, 10, NULL));
	CHECK(!heap_with(0, 0, heap));
	CHECK(!mica_heap_new(&(struct mica_heap_setup){ .require = 1u << 31 }));
	CHECK(!mica_heap_new(&(struct mica_heap_setup){ .prefer = 1u << 31 }));
	CHECK(!mica_heap_new(&(struct mica_heap_setup){ .flags = 1u << 31 }));
	CHECK(!mica_heap_new(&(struct mica_heap_setup){ .region = &local }));
	CHECK(!mica_heap_new(&(struct mica_heap_setup){ .provider = &empty }));
}

TEST(heap_nested_too_deep, .arena = 4096)
{
	struct mica_heap *heaps[MICA_HEAP_DEPTH + 1];
	unsigned int n = 0;

	for (; n <= MICA_HEAP_DEPTH && n < MICA_HEAPS; n++) {
		heaps[n] = heap_with(0, 0, n ? heaps[n - 1] : NULL);
		if (!heaps[n])
			break;
	}
	CHECK_EQ(n, MICA_HEAPS < MICA_HEAP_DEPTH ? MICA_HEAPS : MICA_HEAP_DEPTH);
	while (n--)
		CHECK_EQ(mica_heap_destroy(heaps[n]), 0);
}

TEST(heap_places_end, .arena = 4096)
{
	static struct mica_heap *heaps[MICA_HEAPS];
	unsigned int n, seen = 0;
	struct mica_heap *heap = NULL;

	for (n = 0; n < MICA_HEAPS; n++) {
		heaps[n] = mica_heap_new(NULL);
		REQUIRE(heaps[n]);
	}
	CHECK(!mica_heap_new(NULL));
	while ((heap = mica_heap_next(heap)))
		seen++;
	CHECK_EQ(seen, MICA_HEAPS + 1);
	CHECK_EQ(mica_heap_destroy(heaps[MICA_HEAPS / 2]), 0);
	heaps[MICA_HEAPS / 2] = mica_heap_new(NULL);
	CHECK(heaps[MICA_HEAPS / 2]);
	while (n--)
		CHECK_EQ(mica_heap_delete(heaps[n]), 0);
	CHECK(!mica_heap_next(mica_heap_main()));
}

#endif
