/* SPDX-License-Identifier: MIT */
/*
 * First-class heaps: what belongs to one, what it uses, what is left when it
 * goes, and what is refused. Invariants 3, 4 and 6.
 */
#include "../harness.h"
#include "../model.h"

#if MICA_HEAPS

#define IS_TABLE (MICA_LAYOUT == MICA_LAYOUT_TABLE)
#define MANY (IS_TABLE ? 2000u : 24u)

/* A size that takes a run of its own, and one that takes several pages' worth. */
static size_t large_size(void)
{
	return IS_TABLE ? 300000 : 700;
}

static size_t used_of(struct mica_heap *heap)
{
	struct mica_heap_usage usage;

	return CHECK(!mica_heap_usage(heap, &usage)) ? usage.used_bytes : 0;
}

static size_t total_of(struct mica_heap *heap)
{
	struct mica_heap_usage usage;

	return CHECK(!mica_heap_usage(heap, &usage)) ? usage.total_bytes : 0;
}

static struct mica_heap *heap_with(size_t soft, size_t hard,
				   struct mica_heap *parent)
{
	struct mica_heap_setup setup = {
		.name = "test", .soft_quota = soft, .hard_quota = hard,
		.parent = parent,
	};

	return mica_heap_new(&setup);
}

/* Blocks of many sizes, the last one large. Return: how many there are. */
static unsigned int heap_fill(struct mica_heap *heap, unsigned int n)
{
	unsigned int k;
	void *p;

	for (k = 0; k < n; k++) {
		p = mica_heap_malloc(heap, k % 100 + 1);
		if (!CHECK(p) || !CHECK(mica_heap_of(p) == heap))
			break;
		fill(p, k % 100 + 1, k);
	}
	p = mica_heap_malloc(heap, large_size());
	if (CHECK(p) && CHECK(mica_heap_contains(heap, p)))
		fill(p, large_size(), k++);
	return k;
}

/* ---- whose a block is ---------------------------------------------------------- */

TEST(heap_main_is_there, .arena = 1024)
{
	struct mica_heap *main = mica_heap_main();
	void *p = mica_malloc(10);

	CHECK(main && mica_heap_current() == main);
	CHECK(mica_heap_of(p) == main);
	CHECK(mica_heap_contains(main, p));
	CHECK(mica_heap_next(NULL) == main);
	mica_free(p);
	p = mica_heap_malloc(main, 10);
	CHECK(mica_heap_of(p) == main);
	mica_free(p);
}

TEST(heap_blocks_are_its, .arena = 8192)
{
	struct mica_heap *a = mica_heap_new(NULL), *b = mica_heap_new(NULL);
	void *p, *q, *m;

	REQUIRE(a && b && a != b);
	p = mica_heap_malloc(a, 24);
	q = mica_heap_malloc(b, 24);
	m = mica_malloc(24);
	REQUIRE(p && q && m);
	CHECK_INV(4, mica_heap_of(p) == a && mica_heap_of(q) == b);
	CHECK(mica_heap_of(m) == mica_heap_main());
	CHECK(mica_heap_contains(a, p) && !mica_heap_contains(b, p));
	CHECK(!mica_heap_contains(mica_heap_main(), p));
	CHECK_MICA();
	mica_free(p);
	mica_free(q);
	mica_free(m);
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(a), 0);
	CHECK_EQ(mica_heap_delete(b), 0);
}

TEST(heap_large_blocks_are_its, .arena = 8192)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	size_t bytes = large_size();
	void *p, *q;

	REQUIRE(heap);
	p = mica_heap_malloc(heap, bytes);
	q = mica_malloc(bytes);
	REQUIRE(p && q);
	CHECK(mica_heap_of(p) == heap);
	CHECK(mica_heap_of(q) == mica_heap_main());
	CHECK(mica_usable_size(p) >= bytes);
	CHECK(used_of(heap) >= bytes);
	fill(p, mica_usable_size(p), 1);
	CHECK_MICA();
	CHECK(mica_heap_of(p) == heap);
	mica_free(p);
	mica_free(q);
	CHECK_EQ(used_of(heap), 0);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* A run that grows, shrinks or moves stays what it is, and is counted so. */
TEST(heap_large_blocks_change, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	size_t bytes = large_size(), n;
	void *p, *more;

	REQUIRE(heap);
	p = mica_heap_malloc(heap, bytes);
	REQUIRE(p);
	for (n = bytes; n < 3 * bytes; n += bytes / 2) {
		fill(p, n, 5);
		more = mica_heap_realloc(heap, p, n + bytes / 2);
		REQUIRE(more);
		p = more;
		CHECK(filled(p, n, 5));
		fill(p, mica_usable_size(p), 6);
		CHECK(mica_heap_of(p) == heap);
		CHECK(used_of(heap) >= n + bytes / 2);
		CHECK_MICA();
	}
	p = mica_heap_realloc(heap, p, bytes);
	CHECK(p && mica_heap_of(p) == heap);
	CHECK(used_of(heap) < 2 * bytes);
	mica_free(p);
	CHECK_EQ(used_of(heap), 0);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

TEST(heap_huge_blocks_are_its, .arena = 256u << 20, .needs = TEST_TABLE)
{
	struct mica_heap *heap = mica_heap_new(NULL), *kept = mica_heap_new(NULL);
	void *p, *q, *r;

	REQUIRE(heap && kept);
	p = mica_heap_malloc(heap, (size_t)80 << 20);
	q = mica_heap_malloc(heap, (size_t)80 << 20);
	r = mica_heap_malloc(kept, (size_t)80 << 20);
	REQUIRE(p && q && r);
	CHECK(mica_heap_of(p) == heap && mica_heap_of(r) == kept);
	CHECK(used_of(heap) >= (size_t)160 << 20);
	mica_free(p);
	CHECK(used_of(heap) < (size_t)160 << 20);
	CHECK_EQ(mica_heap_delete(kept), 0);
	CHECK(mica_heap_of(r) == mica_heap_main());
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK(!mica_owns(q));
	mica_free(r);
}

TEST(heap_other_calls, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	void *p[12];
	size_t k;

	REQUIRE(heap);
	p[0] = mica_heap_zalloc(heap, 50);
	p[1] = mica_heap_calloc(heap, 5, 20);
	p[2] = mica_heap_mallocn(heap, 5, 20);
	p[3] = mica_heap_realloc(heap, NULL, 30);
	p[4] = mica_heap_reallocn(heap, NULL, 3, 30);
	p[5] = mica_heap_reallocf(heap, NULL, 30);
	p[6] = mica_heap_malloc_aligned(heap, 40, 64);
	p[7] = mica_heap_malloc_aligned_at(heap, 40, 32, 32);
	p[8] = mica_heap_zalloc_aligned(heap, 40, 64);
	p[9] = mica_heap_calloc_aligned(heap, 4, 10, 64);
	p[10] = mica_heap_realloc_aligned(heap, NULL, 40, 64);
	p[11] = mica_heap_calloc_aligned_at(heap, 4, 10, 32, 32);
	for (k = 0; k < 12; k++)
		CHECK(mica_heap_contains(heap, p[k]));
	CHECK(all_zero(p[0], 50) && all_zero(p[1], 100));
	CHECK(all_zero(p[8], 40) && all_zero(p[9], 40) && all_zero(p[11], 40));
	CHECK(!((uintptr_t)p[6] % 64) && !((uintptr_t)p[10] % 64));
	CHECK(!mica_heap_calloc(heap, SIZE_MAX / 2, 3));
	CHECK(!mica_heap_malloc(heap, SIZE_MAX));
	CHECK(!mica_heap_malloc_aligned(heap, 10, 3));
	CHECK(mica_heap_current() == mica_heap_main());
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* A block of one heap moves to the one that is named; where it stays it stays. */
TEST(heap_realloc_moves_between, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	void *p = mica_malloc(20);

	REQUIRE(heap && p);
	fill(p, 20, 3);
	p = mica_heap_realloc(heap, p, 20);
	CHECK(mica_heap_of(p) == mica_heap_main());
	p = mica_heap_realloc(heap, p, large_size());
	CHECK(p && mica_heap_of(p) == heap && filled(p, 20, 3));
	p = mica_realloc(p, 20);
	CHECK(p && filled(p, 20, 3));
	mica_free(p);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* ---- the current heap, parts ------------------------------------------------------- */

TEST(heap_current, .arena = 8192)
{
	struct mica_heap *main = mica_heap_main(), *heap = mica_heap_new(NULL);
	void *p, *q, *m = mica_malloc(20);

	REQUIRE(heap && m);
	CHECK(mica_heap_set_current(heap) == main);
	CHECK(mica_heap_current() == heap);
	p = mica_malloc(20);
	q = mica_malloc(large_size());
	CHECK(mica_heap_of(p) == heap && mica_heap_of(q) == heap);
	/* Of another heap of the same context. */
	mica_free(m);
	CHECK_MICA();
	CHECK(mica_heap_set_current(NULL) == NULL);
	CHECK(mica_heap_current() == heap);
	m = mica_heap_malloc(main, 20);
	CHECK(mica_heap_of(m) == main);
	CHECK(mica_heap_current() == heap);
	CHECK(mica_heap_set_current(main) == heap);
	mica_free(m);
	mica_free(p);
	mica_free(q);
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* What is current when it goes is so no more. */
TEST(heap_current_goes, .arena = 8192)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	void *p;

	REQUIRE(heap);
	mica_heap_set_current(heap);
	p = mica_malloc(20);
	CHECK_EQ(mica_heap_delete(heap), 0);
	CHECK(mica_heap_current() == mica_heap_main());
	CHECK(mica_heap_of(p) == mica_heap_main());
	mica_free(p);
	heap = mica_heap_new(NULL);
	REQUIRE(heap);
	mica_heap_set_current(heap);
	CHECK(mica_malloc(20));
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK(mica_heap_current() == mica_heap_main());
}

TEST(heap_part_at_hand, .arena = 8192)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	struct mica_part *part;
	void *p, *q, *r;

	REQUIRE(heap);
	part = mica_heap_part(heap);
	REQUIRE(part);
	CHECK(mica_heap_part(heap) == part);
	CHECK(mica_part_heap(part) == heap);
	CHECK(mica_part_heap(mica_heap_part(mica_heap_main())) ==
	      mica_heap_main());
	p = mica_part_malloc(part, 20);
	q = mica_part_zalloc(part, large_size());
	CHECK(mica_heap_of(p) == heap && mica_heap_of(q) == heap);
	CHECK(q && all_zero(q, large_size()));
	r = mica_part_calloc(part, 3, 7);
	CHECK(mica_heap_of(r) == heap && all_zero(r, 21));
	p = mica_part_realloc(part, p, 40);
	CHECK(p && mica_heap_of(p) == heap);
	r = mica_part_malloc_aligned(part, 20, 64);
	CHECK(mica_heap_of(r) == heap && !((uintptr_t)r % 64));
	CHECK(!mica_part_malloc(NULL, 20) && !mica_part_zalloc(NULL, 20));
	CHECK(!mica_part_calloc(NULL, 1, 20) && !mica_part_realloc(NULL, NULL, 1));
	CHECK(!mica_part_malloc_aligned(NULL, 20, 8));
	CHECK(!mica_part_heap(NULL));
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* ---- ends ---------------------------------------------------------------------------- */

TEST(heap_destroyed_is_empty, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	size_t before = mica_used();

	REQUIRE(heap);
	heap_fill(heap, MANY);
	CHECK_MICA();
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_MICA();
	mica_collect(false);
	/* A part is for good, and serves the next heap. */
	CHECK(mica_used() <= before + (IS_TABLE ? (size_t)256 << 10 : 0));
	CHECK(!heap || mica_heap_usage(heap, &(struct mica_heap_usage){ 0 }) < 0);
}

/* Places and memory are there again, however often. */
TEST(heap_again_and_again, .arena = 16384)
{
	unsigned int k, rounds = test_scaled(IS_TABLE ? 300 : 60);
	struct mica_heap *heap;
	size_t used = 0;

	for (k = 0; k < rounds; k++) {
		heap = heap_with(0, 0, NULL);
		REQUIRE(heap);
		heap_fill(heap, MANY / 10);
		CHECK_EQ(mica_heap_destroy(heap), 0);
		if (k == 0)
			used = mica_used();
	}
	CHECK_EQ(mica_used(), used);
}

TEST(heap_deleted_blocks_live_on, .arena = 16384)
{
	static void *blocks[MANY];
	struct mica_heap *heap = mica_heap_new(NULL);
	unsigned int k, n = MANY;
	void *large;

	REQUIRE(heap);
	for (k = 0; k < n; k++) {
		blocks[k] = mica_heap_malloc(heap, k % 64 + 1);
		REQUIRE(blocks[k]);
		fill(blocks[k], k % 64 + 1, k);
	}
	large = mica_heap_malloc(heap, large_size());
	REQUIRE(large);
	fill(large, large_size(), 9);
	for (k = 0; k < n; k += 3)
		mica_free(blocks[k]);
	CHECK_EQ(mica_heap_delete(heap), 0);
	CHECK_MICA();
	for (k = 0; k < n; k++) {
		if (k % 3 == 0)
			continue;
		CHECK(mica_heap_of(blocks[k]) == mica_heap_main());
		CHECK(filled(blocks[k], k % 64 + 1, k));
	}
	CHECK(mica_heap_of(large) == mica_heap_main());
	large = mica_realloc(large, large_size() + 400);
	CHECK(large && filled(large, large_size(), 9));
	for (k = 0; k < n; k++)
		if (k % 3)
			mica_free(blocks[k]);
	mica_free(large);
	CHECK_MICA();
}

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
	return large * (IS_TABLE ? (size_t)5 << 16 : large_size() + 24);
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
	(void)context;
	warnings += len > 10 && !__builtin_memcmp(text, "mica: heap", 10);
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
