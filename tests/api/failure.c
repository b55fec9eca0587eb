/* SPDX-License-Identifier: MIT */
/* When memory runs out: the hooks and the reason. */
#include "../model.h"
#include "core/large.h"
#include "core/part.h"

#define TABLE (MICA_LAYOUT == MICA_LAYOUT_TABLE)

struct link {
	struct link *next;
	size_t size;
};

static struct link *taken;
static void *spare, *small;

/* What the spare block holds: some fit, however small the memory. */
static size_t spare_bytes(void)
{
	return TABLE ? (size_t)1 << 20 : test_within(2000, 8) & ~(size_t)15;
}

static size_t wanted_bytes(void)
{
	return spare_bytes() / 2;
}

static size_t biggest(void)
{
	return TABLE ? (size_t)8 << 20 : test_within(8 << 10, 8) & ~(size_t)15;
}

/* All memory but a spare block, and a small one to be reallocated. */
static bool use_up(void)
{
	struct link *l;

	mica_collect(true);
	taken = NULL;
	spare = mica_malloc(spare_bytes());
	small = mica_malloc(16);
	for (size_t size = biggest(); size >= sizeof(*l); size /= 2)
		while ((l = mica_malloc(size))) {
			*l = (struct link){ taken, size };
			taken = l;
		}
	return CHECK(spare && small && taken);
}

static void give_all(void)
{
	struct link *l;

	while ((l = taken)) {
		taken = l->next;
		mica_free(l);
	}
	mica_free(spare);
	mica_free(small);
	spare = small = NULL;
}

/* ---- the hooks -------------------------------------------------------------------- */

static unsigned int nr_failed, nr_reclaims;
static size_t told_size;
static uint32_t told_attributes;

static void on_failure(void)
{
	nr_failed++;
}

static void note(size_t size, uint32_t attributes)
{
	nr_reclaims++;
	told_size = size;
	told_attributes = attributes;
	CHECK_EQ(nr_failed, 0);		/* that one comes later */
}

static bool frees_spare(size_t size, uint32_t attributes)
{
	note(size, attributes);
	mica_free(spare);
	spare = NULL;
	return true;
}

static bool promises(size_t size, uint32_t attributes)
{
	note(size, attributes);
	return true;
}

static bool declines(size_t size, uint32_t attributes)
{
	note(size, attributes);
	return false;
}

/* Its own requests fail, in every way, and are not its own to help. */
static bool allocates(size_t size, uint32_t attributes)
{
	nr_reclaims++;
	CHECK(!mica_malloc(size));
	CHECK(!mica_zalloc(size));
	CHECK(!mica_malloc_aligned(size, 64));
	CHECK(!mica_malloc_attr(size, attributes, 0));
	return true;
}

static void hooks(bool (*reclaim)(size_t, uint32_t))
{
	nr_failed = nr_reclaims = 0;
	told_size = 0;
	told_attributes = ~0u;
	mica_on_failure(reclaim ? on_failure : NULL);
	mica_on_reclaim(reclaim);
}

static uint64_t failures(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return stats.failures;
}

/* ---- every way to ask --------------------------------------------------------------- */

static void *by_malloc(size_t size)
{
	return mica_malloc(size);
}

static void *by_zalloc(size_t size)
{
	void *p = mica_zalloc(size);

	CHECK(!p || all_zero(p, size));
	return p;
}

static void *by_calloc(size_t size)
{
	void *p = mica_calloc(size, 1);

	CHECK(!p || all_zero(p, size));
	return p;
}

static void *by_aligned(size_t size)
{
	void *p = mica_malloc_aligned(size, 32);

	CHECK_EQ((uintptr_t)p & 31, 0);
	return p;
}

static void *by_zalloc_aligned(size_t size)
{
	void *p = mica_zalloc_aligned(size, 32);

	CHECK_EQ((uintptr_t)p & 31, 0);
	CHECK(!p || all_zero(p, size));
	return p;
}

static void *resized(void *p)
{
	if (p)
		small = NULL;
	return p;
}

static void *by_realloc(size_t size)
{
	return resized(mica_realloc(small, size));
}

static void *by_realloc_aligned(size_t size)
{
	return resized(mica_realloc_aligned(small, size, 32));
}

static void *by_attr(size_t size)
{
	return mica_malloc_attr(size, 0, 0);
}

static void *by_realloc_attr(size_t size)
{
	return resized(mica_realloc_attr(small, size, 1, 0));
}

static void *(*const ways[])(size_t size) = {
	by_malloc, by_zalloc, by_calloc, by_aligned, by_zalloc_aligned,
	by_realloc, by_realloc_aligned, by_attr, by_realloc_attr,
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* The hook is asked once, with what is wanted, and the request succeeds. */
TEST(reclaim_saves_each_kind_of_request, .needs = TEST_FINITE)
{
	size_t wanted = wanted_bytes();
	uint64_t before;
	void *p;

	if (!use_up())
		return;
	for (unsigned int i = 0; i < WAYS; i++) {
		before = failures();
		hooks(frees_spare);
		p = ways[i](wanted);
		CHECK(p);
		CHECK_EQ(nr_reclaims, 1);
		CHECK_EQ(nr_failed, 0);
		CHECK_EQ(told_attributes, 0);
		CHECK(told_size >= wanted && told_size < 2 * wanted);
		CHECK_EQ(failures(), before);
		hooks(NULL);
		CHECK_MICA();
		mica_free(p);
		small = small ? small : mica_malloc(16);
		spare = spare ? spare : mica_malloc(spare_bytes());
		CHECK(small && spare);
	}
	give_all();
}

/* One retry: a hook that frees nothing does not keep the request going. */
TEST(reclaim_is_asked_once, .needs = TEST_FINITE)
{
	static bool (*const reclaim[])(size_t, uint32_t) = {
		promises, declines, allocates,
	};
	unsigned int i, k;
	uint64_t before;

	if (!use_up())
		return;
	for (k = 0; k < 3; k++)
		for (i = 0; i < WAYS; i++) {
			hooks(reclaim[k]);
			before = failures();
			CHECK(!ways[i](wanted_bytes()));
			CHECK_EQ(nr_reclaims, 1);
			CHECK_EQ(nr_failed, k == 2 ? 5 : 1);
			CHECK_EQ(failures(), before + nr_failed);
		}
	/* And again for the next request, and not without one. */
	hooks(promises);
	CHECK(!mica_malloc(wanted_bytes()));
	CHECK_EQ(nr_reclaims, 1);
	CHECK(!mica_expand(spare, biggest() * 64));
	CHECK_EQ(nr_reclaims, 1);
	hooks(NULL);
	CHECK(!mica_malloc(wanted_bytes()));
	CHECK_EQ(nr_reclaims + nr_failed, 0);
	CHECK_MICA();
	give_all();
}

/* Nothing that is freed makes room for what is impossible. */
TEST(reclaim_is_not_asked_for_the_impossible)
{
	void *p = mica_malloc(10);

	REQUIRE(p);
	hooks(promises);
	CHECK(!mica_malloc(hide_size(SIZE_MAX)));
	CHECK(!mica_malloc(hide_size(REQUEST_LIMIT + 1)));
	CHECK(!mica_calloc(hide_size(SIZE_MAX), 2));
	CHECK(!mica_realloc(p, hide_size(SIZE_MAX)));
	CHECK(!mica_malloc_aligned(100, 24));
	CHECK(!mica_malloc_attr(100, MICA_ATTRIBUTES + 1, 0));
	CHECK_EQ(nr_reclaims, 0);
	CHECK_EQ(nr_failed, 6);
	hooks(NULL);
	mica_free(p);
}

/* What no memory has, or a provider would not give, is worth asking for. */
TEST(reclaim_is_told_the_attributes)
{
	hooks(declines);
	CHECK(!mica_malloc_attr(100, MICA_EXECUTABLE, MICA_FAST));
	CHECK_EQ(nr_reclaims, 1);
	CHECK_EQ(nr_failed, 1);
	CHECK_EQ(told_size, 100);
	CHECK_EQ(told_attributes, MICA_EXECUTABLE);
	hooks(NULL);
}

/* ---- above the guard ---------------------------------------------------------------- */

#if CONTEXT_NESTS

/* As an interrupt does that comes in the middle of an operation. */
TEST(above_the_guard_no_hook_runs)
{
	struct mica_part *part = part_self();
	uint64_t before;
	void *p = mica_malloc(10);

	REQUIRE(p);
	before = failures();
	hooks(promises);
	context_set_busy(part, 1);
	CHECK(!mica_malloc(10));
	CHECK(!mica_malloc(wanted_bytes()));
	CHECK(!mica_zalloc(wanted_bytes()));
	CHECK_EQ(mica_failure_reason(10), MICA_REASON_GUARD);
	CHECK_EQ(mica_failure_reason(SIZE_MAX), MICA_REASON_TOO_LARGE);
	CHECK_EQ(mica_largest(), 0);
	CHECK_EQ(mica_largest_attr(0), 0);
	context_set_busy(part, 0);
	CHECK_EQ(nr_failed, 0);
	CHECK_EQ(failures(), before + 3);
	CHECK_EQ(mica_failure_reason(10), MICA_REASON_NONE);
	hooks(NULL);
	mica_free(p);
}

#endif

/* ---- reasons ------------------------------------------------------------------------ */

/* Every second of the largest blocks, so that no two are neighbours. */
static unsigned int free_every_second(void)
{
	struct link **at = &taken, *l;
	unsigned int n = 0, freed = 0;

	while ((l = *at)) {
		if (l->size == biggest() && n++ % 2) {
			*at = l->next;
			mica_free(l);
			freed++;
		} else {
			at = &l->next;
		}
	}
	return freed;
}

/* A provider was asked, unless the table has no room for what it would give. */
static bool provider_refused(void)
{
	struct mica_region region;
	size_t n = 0;

	while (mica_region_get(n, &region))
		n++;
	/* Those that other tests registered refuse as well. */
	return (!MICA_PORT_SPANS || mica_more_memory) && n < NR_REGIONS;
}

TEST(reasons_of_failure, .needs = TEST_FINITE)
{
	bool refused;
	void *p;

	if (!use_up())
		return;
	refused = provider_refused();
	CHECK(!mica_malloc(wanted_bytes()));
	CHECK_EQ(mica_failure_reason(wanted_bytes()),
		 refused ? MICA_REASON_PROVIDER : MICA_REASON_EXHAUSTED);
	CHECK_EQ(mica_failure_reason(REQUEST_LIMIT + 1), MICA_REASON_TOO_LARGE);
	CHECK_EQ(mica_failure_reason(SIZE_MAX), MICA_REASON_TOO_LARGE);
	CHECK(free_every_second() > 1);
	CHECK(!mica_malloc(biggest() + biggest() / 2));
	CHECK_EQ(mica_failure_reason(biggest() + biggest() / 2),
		 refused ? MICA_REASON_PROVIDER : MICA_REASON_FRAGMENTED);
	CHECK_EQ(mica_failure_reason(biggest()), MICA_REASON_NONE);
	CHECK_EQ(mica_failure_reason(0), MICA_REASON_NONE);
	p = mica_malloc(biggest());
	CHECK(p);
	mica_free(p);
	give_all();
	CHECK_EQ(mica_failure_reason(1), MICA_REASON_NONE);
}

TEST(reasons_have_words)
{
	for (int i = -1; i <= MICA_REASON_FRAGMENTED + 1; i++) {
		const char *text = mica_reason_text((enum mica_reason)i);

		CHECK(text && text[0]);
		for (int k = -1; k < i; k++)
			CHECK(text != mica_reason_text((enum mica_reason)k) ||
			      (k == -1 && i > MICA_REASON_FRAGMENTED));
	}
}

#if UINTPTR_MAX > UINT32_MAX && MICA_HOSTED

/* More than there is address space: the system refuses. */
TEST(reason_is_the_system, .needs = TEST_TABLE)
{
	size_t size = SIZE_LIMIT / 2;

	hooks(promises);
	CHECK(!mica_malloc(hide_size(size)));
	CHECK_EQ(nr_reclaims, 1);
	CHECK_EQ(nr_failed, 1);
	CHECK_EQ(told_size, size);
	CHECK_EQ(mica_failure_reason(size), MICA_REASON_PROVIDER);
	hooks(NULL);
}

#endif
