/* SPDX-License-Identifier: MIT */
/*
 * Banks that are switched off where nothing lives, and on again: a provider
 * that knows the state of each, fills what is off and sees whether anybody
 * touched it there. It refuses by order.
 */
#include "../model.h"
#include "core/held.h"

/*
 * They are a second region; and with 8 KiB of RAM there is no room for them
 * beside the test.
 */
#if MICA_LAYOUT == MICA_LAYOUT_TAG && MICA_REGION_SHIFT > 13 && \
	MICA_REGIONS_MAX > 1

#define BANK_BYTES ((size_t)(PAGE_BYTES > 512 ? PAGE_BYTES : 512))
#define BANKS 6u
#define OFF_BYTE 0xa5
#define KIND (MICA_EXECUTABLE | MICA_EXTERNAL)

static _Alignas(BANK_BYTES) unsigned char memory[BANKS * BANK_BYTES];
static bool off[BANKS], given;
static bool willing;			/* to give the memory at all */
static bool keeps;			/* it: will not have it back */
static unsigned int commits, decommits;	/* calls */
static unsigned int bad;		/* breaches of the contract by the core */
static unsigned int refuse_commit, refuse_decommit; /* the how many-th call */

static int give(void *context, size_t bytes, size_t align, size_t lead,
		struct mica_span *span)
{
	(void)context, (void)bytes, (void)lead;
	if (!willing || given || align != 1)
		return -1;
	given = true;
	for (unsigned int k = 0; k < BANKS; k++)
		off[k] = false;
	*span = (struct mica_span){ memory, sizeof(memory) };
	return 0;
}

static int take(void *context, struct mica_span span)
{
	(void)context;
	bad += !given || span.base != memory || span.bytes != sizeof(memory);
	given = keeps;
	return keeps ? -1 : 0;
}

/* The banks of a span; their state must be @is. */
static bool banks_of(struct mica_span span, bool is, unsigned int *from,
		     unsigned int *to)
{
	size_t at = (uintptr_t)span.base - (uintptr_t)memory;

	if (!given || !span.bytes || at >= sizeof(memory) ||
	    span.bytes > sizeof(memory) - at || at % BANK_BYTES ||
	    span.bytes % BANK_BYTES) {
		bad++;
		return false;
	}
	*from = (unsigned int)(at / BANK_BYTES);
	*to = *from + (unsigned int)(span.bytes / BANK_BYTES);
	for (unsigned int k = *from; k < *to; k++)
		bad += off[k] != is;
	return true;
}

static bool untouched(unsigned int k)
{
	for (size_t i = 0; i < BANK_BYTES; i++)
		if (memory[k * BANK_BYTES + i] != OFF_BYTE)
			return false;
	return true;
}

static int switch_on(void *context, struct mica_span span)
{
	unsigned int from, to;

	(void)context;
	commits++;
	if (!banks_of(span, true, &from, &to))
		return -1;
	if (refuse_commit && !--refuse_commit)
		return -1;
	for (; from < to; from++) {
		bad += !untouched(from);
		off[from] = false;
	}
	return 0;
}

static int switch_off(void *context, struct mica_span span)
{
	unsigned int from, to;

	(void)context;
	decommits++;
	if (!banks_of(span, false, &from, &to))
		return -1;
	if (refuse_decommit && !--refuse_decommit)
		return -1;
	for (; from < to; from++) {
		__builtin_memset(memory + from * BANK_BYTES, OFF_BYTE,
				 BANK_BYTES);
		off[from] = true;
	}
	return 0;
}

static const struct mica_provider banked = {
	.name = "banked",
	.flags = MICA_PROVIDER_COMMITTED,
	.attributes = KIND,
	.granule = BANK_BYTES,
	.reserve = give,
	.release = take,
	.commit = switch_on,
	.decommit = switch_off,
};

static unsigned int nr_off(void)
{
	unsigned int n = 0;

	for (unsigned int k = 0; k < BANKS; k++)
		n += off[k];
	return n;
}

static bool count_block(void *context, const struct mica_area *area, void *block)
{
	(void)area, (void)block;
	++*(size_t *)context;
	return true;
}

/* What sleeps is no block to those who visit, either. */
static size_t nr_visited(void)
{
	struct mica_visit cursor = { 0 };
	size_t n = 0;

	while (mica_visit_blocks(&cursor, 64, count_block, &n) ==
	       MICA_VISIT_MORE)
		;
	return n;
}

/* What the core says is committed is what is on. Invariant 6. */
static bool books_agree(size_t before)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return CHECK_EQ(bad, 0) &&
	       CHECK_INV(6, stats.committed ==
			    before + sizeof(memory) - nr_off() * BANK_BYTES) &&
	       CHECK_EQ(nr_visited(), stats.live_blocks) &&
	       CHECK_MICA();
}

/* Bytes committed beside the banks; or SIZE_MAX: no region is to be had. */
static size_t banks_begin(void)
{
	static bool added;
	struct mica_region info;
	struct mica_stats stats;
	size_t n = 0;

	while (mica_region_get(n, &info))
		n++;
	CHECK(n < NR_REGIONS);
	if (n == NR_REGIONS)
		return SIZE_MAX;
	if (!added)
		CHECK_EQ(mica_provider_add(&banked), 0);
	added = true;
	CHECK_EQ(mica_banks_sleep(0), 0);
	mica_banks_sleep(~0u);		/* what the port gave may sleep as well */
	mica_stats(&stats);
	willing = true;
	mica_free(mica_malloc_attr(1, KIND, 0));
	willing = false;
	return CHECK(given) ? stats.committed : SIZE_MAX;
}

static void banks_end(void)
{
	refuse_commit = refuse_decommit = 0;
	CHECK_EQ(mica_region_remove(memory), 0);
	CHECK(!given);
	CHECK_EQ(bad, 0);
}

static bool lies_off(const void *p, size_t bytes)
{
	size_t at = (uintptr_t)p - (uintptr_t)memory;

	return off[at / BANK_BYTES] || off[(at + bytes - 1) / BANK_BYTES];
}

/* All but the bank of the head; and as many as are wanted come back. */
TEST(banks_sleep_and_wake)
{
	size_t before = banks_begin();
	unsigned int calls;
	unsigned char *p;

	if (before == SIZE_MAX)
		return;
	CHECK_EQ(mica_banks_sleep(0), 0);
	CHECK_EQ(nr_off(), 0);
	CHECK_EQ(mica_banks_sleep(~0u), (BANKS - 1) * BANK_BYTES);
	CHECK_EQ(nr_off(), BANKS - 1);
	CHECK(!off[0]);
	books_agree(before);
	calls = decommits;
	CHECK_EQ(mica_banks_sleep(~0u), 0);
	CHECK_EQ(decommits, calls);
	calls = commits;
	p = mica_malloc_attr(BANK_BYTES, KIND, 0);
	REQUIRE(p);
	CHECK_EQ(commits, calls + 1);
	CHECK(nr_off() >= BANKS - 3 && nr_off() < BANKS - 1);
	CHECK(!lies_off(p, BANK_BYTES));
	fill(p, BANK_BYTES, 1);
	books_agree(before);
	mica_banks_sleep(~0u);
	CHECK(filled(p, BANK_BYTES, 1));
	books_agree(before);
	mica_free(p);
	mica_collect(true);
	CHECK_EQ(nr_off(), BANKS - 1);
	p = mica_malloc_attr(3 * BANK_BYTES, KIND, 0);
	REQUIRE(p);
	CHECK(!lies_off(p, 3 * BANK_BYTES));
	fill(p, 3 * BANK_BYTES, 2);
	books_agree(before);
	mica_free(p);
	mica_banks_sleep(~0u);
	p = mica_malloc_attr((BANKS - 1) * BANK_BYTES, KIND, 0);
	REQUIRE(p);
	CHECK_EQ(nr_off(), 0);
	mica_free(p);
	CHECK(!mica_malloc_attr(2 * sizeof(memory), KIND, 0));
	banks_end();
}

/* A budget of calls; a bank in which a block lives stays on. */
TEST(banks_sleep_around_blocks)
{
	size_t before = banks_begin();
	unsigned char *p[BANKS];
	unsigned int n, calls;

	if (before == SIZE_MAX)
		return;
	for (n = 0; n < BANKS; n++) {
		p[n] = mica_malloc_attr(BANK_BYTES - 64, KIND, 0);
		if (!p[n])
			break;
		fill(p[n], BANK_BYTES - 64, n);
	}
	CHECK(n >= BANKS - 1);
	calls = decommits;
	CHECK_EQ(mica_banks_sleep(~0u), 0);
	CHECK_EQ(decommits, calls);
	/* Two runs of two blocks each: one bank at least in either. */
	for (unsigned int k = 0; k < 5; k += k == 1 ? 2 : 1)
		mica_free(p[k]);
	CHECK(mica_banks_sleep(1) >= BANK_BYTES);
	CHECK_EQ(decommits, calls + 1);
	mica_banks_sleep(~0u);
	books_agree(before);
	CHECK(!lies_off(p[2], BANK_BYTES - 64));
	CHECK(filled(p[2], BANK_BYTES - 64, 2));
	CHECK_EQ(mica_region_remove(memory), MICA_ERROR_BUSY);
	books_agree(before);
	/* What neither has for itself they have together. */
	mica_free(p[2]);
	for (unsigned int k = 5; k < n; k++)
		mica_free(p[k]);
	p[0] = mica_malloc_attr((BANKS - 1) * BANK_BYTES, KIND, 0);
	REQUIRE(p[0]);
	CHECK_EQ(nr_off(), 0);
	fill(p[0], (BANKS - 1) * BANK_BYTES, 3);
	books_agree(before);
	mica_free(p[0]);
	banks_end();
}

/* A block that begins with a bank has its tag in the one before. */
TEST(banks_keep_the_next_tag)
{
	size_t before = banks_begin();
	unsigned char *p;

	if (before == SIZE_MAX)
		return;
	p = mica_aligned_attr(64, BANK_BYTES, KIND, 0);
	REQUIRE(p);
	CHECK(mica_banks_sleep(~0u));
	CHECK(!off[((uintptr_t)p - (uintptr_t)memory) / BANK_BYTES - 1]);
	CHECK_INV(7, !lies_off(p - sizeof(uint32_t), 64));
	books_agree(before);
	mica_free(p);
	banks_end();
}

/* Invariant 8: what is refused changes nothing. */
TEST(banks_refused)
{
	size_t before = banks_begin();
	struct mica_stats stats;
	uint64_t failures;
	void *p;

	if (before == SIZE_MAX)
		return;
	mica_stats(&stats);
	failures = stats.provider_failures;
	refuse_decommit = 1;
	CHECK_EQ(mica_banks_sleep(~0u), 0);
	CHECK_EQ(nr_off(), 0);
	books_agree(before);
	CHECK_EQ(mica_banks_sleep(~0u), (BANKS - 1) * BANK_BYTES);
	refuse_commit = 1;
	CHECK(!mica_malloc_attr(BANK_BYTES, KIND, 0));
	CHECK_EQ(nr_off(), BANKS - 1);
	books_agree(before);
	mica_stats(&stats);
	CHECK(MICA_STATS < 2 || stats.provider_failures >= failures + 2);
	p = mica_malloc_attr(BANK_BYTES, KIND, 0);
	CHECK(p);
	mica_free(p);
	books_agree(before);
	banks_end();
}

/* A region that sleeps is taken back as it is. */
TEST(banks_asleep_are_released)
{
	size_t before = banks_begin();
	unsigned int calls = commits;
	struct mica_stats stats;

	if (before == SIZE_MAX)
		return;
	CHECK(mica_banks_sleep(~0u));
	banks_end();
	CHECK_EQ(commits, calls);
	mica_stats(&stats);
	CHECK_INV(6, stats.committed == before);
	CHECK_MICA();
}

/* Invariant 8: what sleeps in a region that is not released sleeps on. */
TEST(banks_asleep_are_not_released)
{
	size_t before = banks_begin();
	unsigned char *p;

	if (before == SIZE_MAX)
		return;
	CHECK_EQ(mica_banks_sleep(~0u), (BANKS - 1) * BANK_BYTES);
	keeps = true;
	CHECK_EQ(mica_region_remove(memory), MICA_ERROR_REFUSED);
	keeps = false;
	CHECK_EQ(nr_off(), BANKS - 1);
	books_agree(before);
	CHECK_EQ(mica_banks_sleep(~0u), 0);
	p = mica_malloc_attr((BANKS - 1) * BANK_BYTES, KIND, 0);
	REQUIRE(p);
	CHECK_EQ(nr_off(), 0);
	fill(p, (BANKS - 1) * BANK_BYTES, 4);
	books_agree(before);
	mica_free(p);
	banks_end();
}

/* They are free, but no promise is made of them: what is promised is awake. */
TEST(banks_asleep_are_not_promised)
{
	size_t before = banks_begin(), most;
	struct mica_usage awake, asleep;
	unsigned int calls;
	void *p;

	if (before == SIZE_MAX)
		return;
	CHECK(mica_usage(&awake));
	CHECK(mica_largest_attr(KIND) > (BANKS - 2) * BANK_BYTES);
	CHECK_EQ(mica_banks_sleep(~0u), (BANKS - 1) * BANK_BYTES);
	CHECK(mica_usage(&asleep));
	CHECK_EQ(asleep.free, awake.free);
	CHECK_EQ(asleep.committed, awake.committed - (BANKS - 1) * BANK_BYTES);
	most = mica_largest_attr(KIND);
	CHECK(most < BANK_BYTES);
	calls = commits;
	p = most ? mica_malloc_attr(most, KIND, 0) : NULL;
	CHECK(p || !most);
	CHECK_EQ(commits, calls);
	mica_free(p);
	p = mica_malloc_attr(most + BANK_BYTES, KIND, 0);
	CHECK(p);
	CHECK(commits > calls);
	mica_free(p);
	banks_end();
}

/* malloc of any kind fails only when no bank is off any more. */
TEST(banks_wake_before_malloc_fails, .needs = TEST_FINITE)
{
	size_t before = banks_begin();
	void *first = NULL, *p, **link;

	if (before == SIZE_MAX)
		return;
	CHECK(mica_banks_sleep(~0u));
	while ((p = mica_malloc(24))) {
		link = p;
		*link = first;
		first = p;
	}
	CHECK_EQ(nr_off(), 0);
	CHECK_EQ(bad, 0);
	CHECK_MICA();
	while ((p = first)) {
		first = *(void **)p;
		mica_free(p);
	}
	CHECK(mica_banks_sleep(~0u));
	CHECK(nr_off() > 0);
	banks_end();
}

/* Blocks come, go, grow; banks sleep and refuse at random. */
TEST(banks_stress)
{
	size_t before = banks_begin();
	struct random r = { 20 };
	unsigned int i, n = test_scaled(4000);
	struct model *m = &model_main;
	size_t size;
	void *p;

	if (before == SIZE_MAX)
		return;
	model_reset(m);
	while (n-- && !test_failed()) {
		if (!random_below(&r, 7))
			refuse_commit = 1 + random_below(&r, 3);
		if (!random_below(&r, 7))
			refuse_decommit = 1 + random_below(&r, 3);
		size = random_size(&r, 11);
		i = m->nr ? random_below(&r, m->nr) : 0;
		/* The tide: filled and emptied in turn. */
		if (random_below(&r, 100) < (n / 128 % 2 ? 70 : 30)) {
			p = mica_malloc_attr(size, KIND, 0);
			if (p && m->nr + 1 < MODEL_BLOCKS)
				model_add(m, p, size, MICA_GRANULE);
			else
				mica_free(p);
		} else if (m->nr && !random_below(&r, 4)) {
			p = mica_realloc_attr((void *)m->blocks[i].addr, size,
					      1, KIND);
			if (p)
				model_moved(m, i, p, size, MICA_GRANULE);
		} else if (m->nr) {
			mica_free(model_take(m, i));
		}
		if (!random_below(&r, 16))
			mica_banks_sleep(random_below(&r, 4));
		if (!random_below(&r, 64)) {
			books_agree(before);
			model_verify_all(m);
		}
	}
	model_free_all(m);
	banks_end();
}

/* A held run is no block, whatever its tag says. */
DEATH(free_of_a_held_run, "mica: free of a pointer that is not mica's: %p")
{
	size_t before = banks_begin();
	unsigned char *held = memory + BANK_BYTES - BANK_HEAD_BYTES;

	REQUIRE(before != SIZE_MAX);
	REQUIRE(mica_banks_sleep(~0u));
	dies_at(held);
	mica_free(held);
}

#endif
