/* SPDX-License-Identifier: MIT */
/* docs/sizing.md: what it says is enough is enough, and less is not. */
#include "core/geometry.h"

#if CONTEXT_IS_SOLO	/* what the formulas are about */

#include "adversary.h"

#define NEEDS TEST_TAG | TEST_FINITE

/*
 * @broken: percent of what is enough for certain; with that much, none is,
 * with pages of up to 2 KiB. What is certain grows with the page, as each
 * may be held by one block; what a program needs hardly does.
 */
static const struct peak {
	unsigned int broken;
	struct sizing_kind kinds[KINDS];
} peaks[] = {
	{ 45, { { 24, 40 } } },
	{ 40, { { 64, 20 } } },
	{ 18, { { 16, 20 }, { 100, 5 } } },
	{ 18, { { 32, 60 }, { 200, 8 } } },
	{ 40, { { 80, 40 }, { 144, 20 } } },
	{ 12, { { 100, 60 }, { 1000, 4 } } },
	{ 22, { { 8, 140 }, { 40, 100 } } },
	{ 10, { { 24, 100 }, { 72, 50 }, { 260, 16 }, { 516, 8 } } },
	{ 2, { { 16, 250 }, { 40, 100 }, { 128, 40 }, { 1500, 6 } } },
	{ 17, { { 64, 300 }, { 124, 150 }, { 252, 75 }, { 508, 38 } } },
	{ 20, { { 8, 120 }, { 24, 40 }, { 48, 20 }, { 64, 15 } } },
};

#define NR_PEAKS (sizeof(peaks) / sizeof(peaks[0]))

static struct trial trial_at(unsigned int k)
{
	struct trial trial = { .load.kinds = peaks[k].kinds, .seed = k + 1 };

	while (trial.load.nr < KINDS && peaks[k].kinds[trial.load.nr].count)
		trial.load.nr++;
	return trial;
}

/* How many trials had room, and how many of these were refused. */
struct tally {
	unsigned int had_room, refused;
};

static void tally_add(struct tally *tally, enum outcome outcome)
{
	tally->had_room += outcome != NO_ROOM;
	tally->refused += outcome == REFUSED;
}

static void check_all_served(const struct tally *tally)
{
	CHECK(tally->had_room);
	CHECK_EQ(tally->refused, 0);
}

/* How little breaks a load was found with pages of 2 KiB and less. */
static void check_all_refused(const struct tally *tally)
{
	CHECK(tally->had_room);
	if (MICA_LAYOUT == MICA_LAYOUT_TAG && MICA_PAGE_SHIFT > 11)
		return;
	CHECK_EQ(tally->refused, tally->had_room);
}

static size_t part_of(size_t bytes, unsigned int percent)
{
	return align_down(bytes * percent / 100, RUN_UNIT);
}

/* Nothing that these programs do makes a malloc fail. */
TEST(sizing_for_certain_is_enough, .arena = 5 << 10, .needs = NEEDS)
{
	struct tally tally = { 0, 0 };

	for (unsigned int k = 0; k < NR_PEAKS; k++) {
		struct trial trial = trial_at(k);

		trial.bytes = sizing_certain(&trial.load);
		tally_add(&tally, trial_attack(&trial, test_scaled(60)));
	}
	check_all_served(&tally);
}

/* They are no lame programs: with less, each load is refused. */
TEST(sizing_less_is_not_enough, .arena = 5 << 10, .needs = NEEDS)
{
	struct tally tally = { 0, 0 };

	for (unsigned int k = 0; k < NR_PEAKS; k++) {
		struct trial trial = trial_at(k);

		trial.bytes = part_of(sizing_certain(&trial.load),
				      peaks[k].broken);
		tally_add(&tally, trial_attack(&trial, test_scaled(60)));
	}
	check_all_refused(&tally);
}

/* One kind of large blocks: enough to the byte, and a granule less is not. */
TEST(sizing_of_one_kind_is_exact, .arena = 5 << 10, .needs = NEEDS)
{
	static const size_t sizes[] = { 100, 132, 148, 236, 300 };
	struct tally enough = { 0, 0 }, less = { 0, 0 };

	for (unsigned int k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		struct sizing_kind kind = { sizes[k] + MICA_GRANULE * 4, 8 };
		struct trial trial = { .load = { &kind, 1 } };

		trial.bytes = sizing_certain(&trial.load);
		tally_add(&enough, trial_attack(&trial, test_scaled(60)));
		trial.bytes -= RUN_UNIT;
		tally_add(&less, trial_attack(&trial, 1));
	}
	check_all_served(&enough);
	check_all_refused(&less);
}

TEST(sizing_if_nothing_is_freed, .arena = 5 << 10, .needs = NEEDS)
{
	struct tally enough = { 0, 0 }, less = { 0, 0 };

	for (unsigned int k = 0; k < NR_PEAKS; k++) {
		struct trial trial = trial_at(k);

		for (unsigned int n = test_scaled(20); n--; trial.seed++) {
			trial.bytes = sizing_kept(&trial.load);
			tally_add(&enough, trial_fill(&trial));
		}
		trial.bytes = part_of(sizing_asked(&trial.load), 100);
		tally_add(&less, trial_fill(&trial));
	}
	check_all_served(&enough);
	check_all_refused(&less);
}

/* The rule of thumb, for kinds: not even these programs break it. */
TEST(sizing_as_a_rule, .arena = 5 << 10, .needs = NEEDS)
{
	struct tally tally = { 0, 0 };

	for (unsigned int k = 0; k < NR_PEAKS; k++) {
		struct trial trial = trial_at(k);

		trial.bytes = sizing_usual(&trial.load);
		tally_add(&tally, trial_attack(&trial, test_scaled(60)));
		tally_add(&tally, trial_churn(&trial, test_scaled(5000)));
	}
	check_all_served(&tally);
}

/* ---- loads known by their bytes ---------------------------------------------------- */

/* Where blocks of 80 bytes are small (a granule of 16) pages are added. */
static const struct peak_range {
	unsigned int broken;
	struct sizing_range range;
} ranges[] = {
	{ CLASS_BYTES_MAX < 80 ? 42 : 14, { 1000, 80, 150 } },
	{ 10, { 1200, 20, 60 } },
	{ 9, { 4000, 24, 200 } },
	{ 11, { 8000, 70, 600 } },
};

#define NR_RANGES (sizeof(ranges) / sizeof(ranges[0]))

/* Four sizes stand for all: the ends, the worst to round, the middle. */
static void range_kinds(const struct sizing_range *range,
			struct sizing_kind kinds[KINDS])
{
	size_t round = align_up(range->least, RUN_UNIT) + 5;

	kinds[0].size = range->least;
	kinds[1].size = MIN_OF(range->largest, round);
	kinds[2].size = (range->least + range->largest) / 2;
	kinds[3].size = range->largest;
}

TEST(sizing_of_bytes_for_certain, .arena = 5 << 10, .needs = NEEDS)
{
	struct tally enough = { 0, 0 }, less = { 0, 0 };
	struct sizing_kind kinds[KINDS] = { { 0, 0 } };

	for (unsigned int k = 0; k < NR_RANGES; k++) {
		const struct sizing_range *range = &ranges[k].range;
		struct trial trial = { { kinds, KINDS }, range->most, 0, k };

		range_kinds(range, kinds);
		trial.bytes = sizing_range_certain(range);
		tally_add(&enough, trial_attack(&trial, test_scaled(60)));
		trial.bytes = part_of(trial.bytes, ranges[k].broken);
		tally_add(&less, trial_attack(&trial, test_scaled(60)));
	}
	check_all_served(&enough);
	check_all_refused(&less);
}

TEST(sizing_of_bytes_as_a_rule, .arena = 5 << 10, .needs = NEEDS)
{
	struct sizing_kind kinds[KINDS] = { { 0, 0 } };
	struct tally tally = { 0, 0 };

	for (unsigned int k = 0; k < NR_RANGES; k++) {
		const struct sizing_range *range = &ranges[k].range;
		struct trial trial = { { kinds, KINDS }, range->most, 0, k };

		range_kinds(range, kinds);
		trial.bytes = sizing_range_usual(range);
		tally_add(&tally, trial_churn(&trial, test_scaled(5000)));
	}
	check_all_served(&tally);
}

/* ---- a region for each kind ---------------------------------------------------------- */

#if MICA_REGIONS_MAX > 1

static char pool[2048] __attribute__((aligned(16)));

/* Small blocks, too, are runs there: exact, with the head. */
TEST(sizing_apart_is_exact, .needs = TEST_TAG)
{
	static const struct sizing_kind kind = { 24, 35 };
	size_t span = sizing_span(sizing_apart(&kind));
	struct random random = { .state = 5 };
	static void *block[35];
	unsigned int nr = 0;

	mica_free(mica_malloc(1));
	REQUIRE(span <= sizeof(pool));
	if (mica_region_add(pool, span, MICA_RETAINED) == MICA_ERROR_FULL)
		return;
	for (unsigned int i = test_scaled(20000); i-- && !test_failed();) {
		if (nr < kind.count && random_below(&random, 100) < 60) {
			block[nr] = mica_malloc_attr(kind.size, MICA_RETAINED, 0);
			CHECK(block[nr++]);
		} else if (nr) {
			unsigned int k = random_below(&random, nr);

			mica_free(block[k]);
			block[k] = block[--nr];
		}
	}
	while (nr < kind.count)
		block[nr++] = mica_malloc_attr(kind.size, MICA_RETAINED, 0);
	CHECK(block[nr - 1]);
	CHECK(!mica_malloc_attr(kind.size, MICA_RETAINED, 0));
	while (nr)
		mica_free(block[--nr]);
	CHECK_EQ(mica_region_remove(pool), 0);
}

#endif

/* The head that is added is the one that regions have, but for one that grows. */
TEST(sizing_knows_the_head, .needs = TEST_TAG)
{
	unsigned int regions = 0;

	mica_free(mica_malloc(1));
	for (unsigned int k = 0; k < MAP_ENTRIES; k++) {
		const struct runs *r = mica_map[k];

		if (!r || (MICA_PORT_GROWS && k == 0))
			continue;
		CHECK_EQ(sizing_in_span(r->bytes), r->end - r->first_slice);
		regions++;
	}
	CHECK(regions || MICA_PORT_GROWS);
	for (size_t bytes = 256; bytes < 9000; bytes += 1000) {
		size_t span = sizing_span(bytes);

		if (!span)
			continue;
		CHECK(sizing_in_span(span) >= bytes);
		CHECK(sizing_in_span(span - RUN_UNIT) < bytes);
	}
}

#endif
