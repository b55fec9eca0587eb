/* SPDX-License-Identifier: MIT */
/* A provider that the program registers: it counts, and refuses by switch. */
#include "../model.h"
#include "core/region.h"

#if MICA_LAYOUT == MICA_LAYOUT_TAG && MICA_REGIONS_MAX > 1

static char memory[4096];
static unsigned int calls, reserved, released, refused;
static bool willing, commits = true, releases = true;

static int give(void *context, size_t bytes, size_t align, size_t lead,
		struct mica_span *span)
{
	(void)bytes, (void)lead;
	calls++;
	if (context != memory || align != 1 || !willing || reserved > released)
		return -1;
	reserved++;
	*span = (struct mica_span){ memory, sizeof(memory) };
	return 0;
}

/* Others come while the provider is at it: the region's place is not theirs. */
static char others[MICA_REGIONS_MAX][1200];
static unsigned int nr_others;
static bool crowd;

static void fill_up(void)
{
	int result;

	CHECK(!mica_owns(memory + 2000));
	while (!(result = mica_region_add(others[nr_others],
					  sizeof(others[0]), 0)))
		nr_others++;
	CHECK_EQ(result, MICA_ERROR_FULL);
	CHECK_MICA();
	mica_free(mica_malloc(100));
}

static int take(void *context, struct mica_span span)
{
	if (crowd)
		fill_up();
	CHECK(context == memory && span.base == memory &&
	      span.bytes == sizeof(memory));
	released++;
	refused += !releases;
	return releases ? 0 : -5;
}

static int have(void *context, struct mica_span span)
{
	CHECK(context == memory && span.base == memory);
	refused += !commits;
	return commits ? 0 : -6;
}

static const struct mica_provider counting = {
	.name = "counting",
	.context = memory,
	.attributes = MICA_RETAINED,
	.granule = 1,
	.reserve = give,
	.release = take,
	.commit = have,
};

TEST(provider_refuses_bad_input)
{
	struct mica_provider bad = counting;

	CHECK_EQ(mica_provider_add(NULL), MICA_ERROR_INVALID);
	bad.reserve = NULL;
	CHECK_EQ(mica_provider_add(&bad), MICA_ERROR_INVALID);
	bad = counting;
	bad.attributes = MICA_ATTRIBUTES + 1;
	CHECK_EQ(mica_provider_add(&bad), MICA_ERROR_INVALID);
	bad = counting;
	bad.granule = 3;
	CHECK_EQ(mica_provider_add(&bad), MICA_ERROR_INVALID);
}

/* It cannot be taken back: the tests share it. */
static void enter(void)
{
	static bool entered;

	if (!entered)
		CHECK_EQ(mica_provider_add(&counting), 0);
	entered = true;
	reserved = released = refused = 0;
	mica_free(mica_malloc(1));
}

TEST(provider_is_asked_by_attribute, .needs = TEST_ROOM)
{
	void *p;

	CHECK(!mica_malloc_attr(100, MICA_RETAINED, 0));
	enter();
	CHECK_EQ(mica_provider_add(&counting), MICA_ERROR_INVALID);
	CHECK_EQ(reserved, 0);
	CHECK(!mica_malloc_attr(100, MICA_RETAINED, 0));	/* it refuses */
	willing = true;
	CHECK(!mica_malloc_attr(100, MICA_RETAINED | MICA_FAST, 0));
	CHECK_EQ(reserved, 0);
	p = mica_malloc_attr(100, MICA_RETAINED, 0);
	willing = false;
	REQUIRE(p);
	CHECK_EQ(reserved, 1);
	CHECK((uintptr_t)p - (uintptr_t)memory < sizeof(memory));
	CHECK_EQ(mica_region_remove(memory), MICA_ERROR_BUSY);
	CHECK_EQ(released, 0);
	mica_free(p);
	CHECK_EQ(mica_region_remove(memory), 0);
	CHECK_EQ(released, 1);
	CHECK_MICA();
}

/* ---- refusals: invariant 8 ------------------------------------------------------ */

struct books {
	size_t regions, reserved, committed, used, blocks;
	uint64_t refused;
};

__attribute__((noinline)) static struct books books_now(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return (struct books){
		stats.regions, stats.reserved, stats.committed,
		stats.used_bytes, stats.live_blocks, stats.provider_failures,
	};
}

/* All is as before, but that @times a provider has refused. */
static void same_books(const struct books *before, unsigned int times)
{
	struct books after = books_now();

	CHECK_INV(8, after.regions == before->regions);
	CHECK_INV(8, after.reserved == before->reserved);
	CHECK_INV(6, after.committed == before->committed);
	CHECK_INV(8, after.used == before->used);
	CHECK_INV(8, after.blocks == before->blocks);
	CHECK_EQ(after.refused, before->refused + times);
	CHECK_MICA();
}

TEST(provider_refuses_to_reserve_or_commit, .needs = TEST_ROOM)
{
	struct books before;
	void *p;

	enter();
	before = books_now();
	CHECK(!mica_malloc_attr(100, MICA_RETAINED, 0));
	same_books(&before, 1);
	willing = true;
	commits = false;
	CHECK(!mica_malloc_attr(100, MICA_RETAINED, 0));
	same_books(&before, 2);
	CHECK_EQ(refused, 1);
	CHECK_EQ(reserved, 1);
	CHECK_EQ(released, 1);
	releases = false;		/* nor will it have the span back */
	CHECK(!mica_malloc_attr(100, MICA_RETAINED, 0));
	same_books(&before, 4);
	commits = releases = true;
	p = mica_malloc_attr(100, MICA_RETAINED, 0);
	REQUIRE(p);
	mica_free(p);
	CHECK_EQ(mica_region_remove(memory), 0);
	willing = false;
	same_books(&before, 4);
}

/* A region of the provider, which has nothing more. */
static void begin_with_region(void)
{
	enter();
	willing = true;
	mica_free(mica_malloc_attr(100, MICA_RETAINED, 0));
	willing = false;
	CHECK_EQ(reserved, 1);
}

/* It is there as before, and serves. */
static void serves_on(void)
{
	unsigned char *p;

	CHECK_INV(8, mica_owns(memory + 2000));
	CHECK_INV(8, mica_attributes(memory + 2000) == MICA_RETAINED);
	p = mica_malloc_attr(2000, MICA_RETAINED, 0);
	REQUIRE(p);
	fill(p, 2000, 3);
	CHECK_MICA();
	CHECK_EQ(mica_region_remove(memory), MICA_ERROR_BUSY);
	CHECK(filled(p, 2000, 3));
	mica_free(p);
}

TEST(provider_refuses_to_release, .needs = TEST_ROOM)
{
	struct books before;

	begin_with_region();
	before = books_now();
	releases = false;
	CHECK_EQ(mica_region_remove(memory), MICA_ERROR_REFUSED);
	same_books(&before, 1);
	serves_on();
	CHECK_EQ(mica_region_remove(memory), MICA_ERROR_REFUSED);
	same_books(&before, 2);
	CHECK_EQ(refused, 2);
	CHECK_EQ(reserved, 1);
	releases = true;
	CHECK_EQ(mica_region_remove(memory), 0);
	CHECK(!mica_owns(memory + 2000));
	CHECK(!mica_malloc_attr(100, MICA_RETAINED, 0));
}

TEST(provider_refuses_to_release_in_a_crowd, .needs = TEST_ROOM)
{
	struct books before;

	begin_with_region();
	before = books_now();
	crowd = true;
	releases = false;
	CHECK_EQ(mica_region_remove(memory), MICA_ERROR_REFUSED);
	serves_on();
	releases = true;
	CHECK_EQ(mica_region_remove(memory), 0);
	crowd = false;
	CHECK_EQ(mica_region_add(memory, sizeof(memory), MICA_RETAINED), 0);
	CHECK_EQ(mica_region_add(others[nr_others], sizeof(others[0]), 0),
		 MICA_ERROR_FULL);
	CHECK(nr_others > 0);
	while (nr_others)
		CHECK_EQ(mica_region_remove(others[--nr_others]), 0);
	serves_on();
	CHECK_EQ(mica_region_remove(memory), 0);
	CHECK_EQ(books_now().regions, before.regions - 1);
	CHECK_MICA();
}

/* ---- plain malloc -------------------------------------------------------------------- */

static void **taken;

static void use_up(size_t size)
{
	void **p;

	for (; size >= sizeof(*p); size /= 2)
		while ((p = mica_malloc(size))) {
			*p = taken;
			taken = p;
		}
}

static unsigned int nr_asked;
static bool offers;

/* After the providers: whoever was to be asked has been. */
static bool on_reclaim(size_t size, uint32_t attributes)
{
	CHECK_EQ(size, 1000);
	CHECK_EQ(attributes, 0);
	CHECK(calls >= 1);
	nr_asked++;
	willing = offers;
	return offers;
}

/* First the providers, then the hook, then NULL and the reason. */
TEST(provider_then_reclaim_then_failure, .needs = TEST_ROOM | TEST_FINITE)
{
	void *p, **next;

	enter();
	use_up(test_within(8 << 10, 8));
	CHECK(!mica_malloc(1000));
	CHECK_EQ(mica_failure_reason(1000), MICA_REASON_PROVIDER);
	willing = true;
	commits = false;
	CHECK(!mica_malloc(1000));
	CHECK(refused >= 1);	/* where several take part, it looks again */
	CHECK_EQ(mica_failure_reason(1000), MICA_REASON_PROVIDER);
	willing = false;
	commits = true;
	nr_asked = calls = reserved = released = refused = 0;
	mica_on_reclaim(on_reclaim);
	CHECK(!mica_malloc(1000));
	CHECK_EQ(nr_asked, 1);
	nr_asked = calls = 0;
	offers = true;
	p = mica_malloc(1000);		/* the hook has made the provider willing */
	mica_on_reclaim(NULL);
	CHECK_EQ(nr_asked, 1);
	CHECK_EQ(reserved, 1);
	REQUIRE(p);
	CHECK((uintptr_t)p - (uintptr_t)memory < sizeof(memory));
	CHECK_EQ(mica_failure_reason(1000), MICA_REASON_NONE);
	mica_free(p);
	for (; taken; taken = next) {
		next = *taken;
		mica_free(taken);
	}
	CHECK_EQ(mica_region_remove(memory), 0);
	willing = offers = false;
	CHECK_MICA();
}

#endif
