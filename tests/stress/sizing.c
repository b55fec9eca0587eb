/* SPDX-License-Identifier: MIT */
/*
 * docs/sizing.md: what it says is enough is enough, and less is not.
 *
 * All memory but one free run of the size in question is taken, so that any
 * machine can try any size. Then a program tries to make a malloc fail: steps
 * that fill up with a kind, drop all of a kind but the blocks that touch
 * every so many bytes (Robson's adversary), drop at random, come and go. Some
 * programs are written down, most are found: random ones that are changed,
 * step by step, towards more memory lost in holes.
 */
#include "core/geometry.h"

#if CONTEXT_IS_SOLO	/* what the formulas are about */

#include "../harness.h"
#include "tools/sizing.h"

#define KINDS 4
#if MICA_HOSTED || MICA_REGION_SHIFT > 17
#define BAG_BLOCKS 1024u
#else
#define BAG_BLOCKS (MICA_REGION_SHIFT > 14 ? 512u : 160u)
#endif

/* @broken: percent of what is enough for certain; with that much, none is. */
static const struct peak {
	unsigned int broken;
	struct sizing_kind kinds[KINDS];
} peaks[] = {
	{ 45, { { 24, 40 } } },
	{ 40, { { 64, 20 } } },
	{ 20, { { 16, 20 }, { 100, 5 } } },
	{ 20, { { 32, 60 }, { 200, 8 } } },
	{ 40, { { 80, 40 }, { 144, 20 } } },
	{ 12, { { 100, 60 }, { 1000, 4 } } },
	{ 22, { { 8, 140 }, { 40, 100 } } },
	{ 10, { { 24, 100 }, { 72, 50 }, { 260, 16 }, { 516, 8 } } },
	{ 2, { { 16, 250 }, { 40, 100 }, { 128, 40 }, { 1500, 6 } } },
	{ 17, { { 64, 300 }, { 124, 150 }, { 252, 75 }, { 508, 38 } } },
	{ 20, { { 8, 120 }, { 24, 40 }, { 48, 20 }, { 64, 15 } } },
};

#define NR_PEAKS (sizeof(peaks) / sizeof(peaks[0]))

static struct sizing_load load_at(unsigned int k)
{
	struct sizing_load load = { peaks[k].kinds, 0 };

	while (load.nr < KINDS && peaks[k].kinds[load.nr].count)
		load.nr++;
	return load;
}

/* ---- the memory: one free run, all else is taken ---------------------------- */

#define WALLS 16u

static struct {
	void *wall[WALLS];	/* what holds the rest */
	unsigned int nr;
	struct runs *runs;
	slice_t begin, end;	/* the memory under test */
} field;

/* The longest free run of all regions. */
static slice_t longest_free(struct runs **runs, slice_t *at)
{
	slice_t i, n, most = 0;

	for (unsigned int k = 0; k < MAP_ENTRIES; k++) {
		struct runs *r = mica_map[k];

		for (i = r ? r->first_slice : 0; r && i < r->end; i += n) {
			n = run_slices(r, i);
			if (run_kind(r, i) != RUN_FREE || n <= most)
				continue;
			*runs = r;
			*at = i;
			most = n;
		}
	}
	return most;
}

static bool wall_up(size_t size)
{
	void *p = field.nr < WALLS ? mica_malloc(size) : NULL;

	field.wall[field.nr] = p;
	field.nr += p != NULL;
	return p != NULL;
}

static void field_end(void)
{
	while (field.nr)
		mica_free(field.wall[--field.nr]);
	mica_collect(true);
}

/*
 * Leave one free run of @bytes. Return: false, the memory is too small, or
 * in too many pieces.
 */
static bool field_begin(size_t bytes)
{
	slice_t at = 0, n;
	struct runs *r = NULL;
	void *hole = NULL;

	field.nr = 0;
	mica_collect(true);
	mica_free(mica_malloc(1));
	CHECK(!mica_malloc(REGION_BYTES_MAX));	/* all spans are regions now */
	n = longest_free(&r, &at);
	if (n > bytes + 2 * CLASS_BYTES_MAX)
		wall_up(run_bytes(n - (slice_t)bytes));
	while ((n = longest_free(&r, &at)) && field.nr < WALLS) {
		if (n != bytes || hole) {
			if (!wall_up(run_bytes(n)))
				break;
			continue;
		}
		hole = mica_malloc(run_bytes(n));
		field.runs = r;
		field.begin = run_at(r, (uintptr_t)hole);
	}
	field.end = field.begin + (slice_t)bytes;
	mica_free(hole);
	if (!n && hole && run_slices(field.runs, field.begin) == bytes)
		return true;
	field_end();
	return false;
}

/* Bytes of it in free runs from which no run of @slices can be cut. */
static size_t field_lost(slice_t slices)
{
	size_t lost = 0;
	slice_t i, n;

	for (i = field.begin; i < field.end; i += n) {
		n = run_slices(field.runs, i);
		if (run_kind(field.runs, i) == RUN_FREE)
			lost += n % slices;
	}
	return lost;
}

/* ---- the blocks ---------------------------------------------------------------- */

static struct {
	void *block[BAG_BLOCKS];
	uint8_t kind[BAG_BLOCKS];
	unsigned int nr, live[KINDS];
	unsigned int refused;
	size_t lost;		/* the most there was */
	struct sizing_load load;
	struct random random;
} bag;

static unsigned int room_of(unsigned int kind)
{
	return (unsigned int)bag.load.kinds[kind].count - bag.live[kind];
}

static bool put(unsigned int kind)
{
	void *p;

	if (!room_of(kind))
		return true;
	p = mica_malloc(bag.load.kinds[kind].size);
	if (!p) {
		bag.refused++;
		return false;
	}
	bag.block[bag.nr] = p;
	bag.kind[bag.nr++] = (uint8_t)kind;
	bag.live[kind]++;
	return true;
}

static void drop(unsigned int i)
{
	bag.live[bag.kind[i]]--;
	mica_free(bag.block[i]);
	bag.block[i] = bag.block[--bag.nr];
	bag.kind[i] = bag.kind[bag.nr];
}

static void bag_begin(const struct sizing_load *load, uint32_t seed)
{
	bag.load = *load;
	bag.random.state = 2 * (uint64_t)seed + 1;
	bag.refused = 0;
	bag.lost = 0;
}

static void bag_end(void)
{
	while (bag.nr)
		drop(bag.nr - 1);
}

/* ---- steps of a program ------------------------------------------------------- */

enum act { FILL, COMB, THIN, CHURN, LEAVE, ACTS };

struct step {
	uint8_t act, kind;
	uint16_t arg;
};

#define STEPS 20u

static void fill_kind(unsigned int kind, unsigned int percent)
{
	unsigned int n = room_of(kind) * percent / 100 + 1;

	while (n-- && put(kind))
		;
}

/* Of @kind only those stay that touch a byte at @off modulo @pitch. */
static void comb(unsigned int kind, size_t pitch, size_t off)
{
	size_t size = bag.load.kinds[kind].size, from;

	for (unsigned int i = bag.nr; i--;) {
		from = (uintptr_t)bag.block[i] - run_address(field.runs, field.begin) + off;
		if (bag.kind[i] == kind &&
		    (from + size - 1) / pitch == (from - 1) / pitch)
			drop(i);
	}
}

static void thin(unsigned int kind, unsigned int percent)
{
	for (unsigned int i = bag.nr; i--;)
		if (bag.kind[i] == kind &&
		    random_below(&bag.random, 100) < percent)
			drop(i);
}

static void churn(unsigned int n)
{
	unsigned int kinds = (unsigned int)bag.load.nr;

	while (n--)
		if (!bag.nr || random_below(&bag.random, 5) < 3)
			put(random_below(&bag.random, kinds));
		else
			drop(random_below(&bag.random, bag.nr));
}

/* The distances that a comb keeps: what would not fit between its teeth. */
static size_t pitch_of(unsigned int arg)
{
	unsigned int kind = arg % (unsigned int)bag.load.nr;
	size_t run = sizing_run(bag.load.kinds[kind].size);
	unsigned int more = arg / 8 % 8;

	return more == 7 ? PAGE_BYTES : run + more * MICA_GRANULE * (arg / 64 % 4);
}

static void step_do(const struct step *s)
{
	unsigned int kind = s->kind % (unsigned int)bag.load.nr;

	switch (s->act) {
	case FILL:
		fill_kind(kind, 100);
		break;
	case COMB:
		comb(kind, pitch_of(s->arg), 1 + s->arg / 256 * MICA_GRANULE);
		break;
	case THIN:
		thin(kind, s->arg % 100);
		break;
	case CHURN:
		churn(s->arg % 128);
		break;
	case LEAVE:
		fill_kind(kind, s->arg % 100);
		break;
	}
}

/* Holes count only for the largest kind, which comes last. */
static void program_run(const struct step *steps)
{
	unsigned int last = (unsigned int)bag.load.nr - 1;
	slice_t run = (slice_t)sizing_run(bag.load.kinds[last].size);

	for (unsigned int k = 0; k < STEPS && !bag.refused; k++) {
		step_do(&steps[k]);
		bag.lost = MAX_OF(bag.lost, field_lost(run));
	}
	for (unsigned int k = 0; k <= last && !bag.refused; k++)
		fill_kind(last - k, 100);
	bag_end();
}

static struct step step_random(struct random *r)
{
	return (struct step){
		(uint8_t)random_below(r, ACTS),
		(uint8_t)random_below(r, KINDS),
		(uint16_t)random_next(r),
	};
}

/*
 * Robson's: fill with a kind, keep one in each stretch of the next kind's
 * size, go on to that one; the large ones go to make room for small teeth.
 */
static void program_robson(struct step *steps, unsigned int kinds,
			   unsigned int off)
{
	for (unsigned int k = 0; k < STEPS; k += 2) {
		unsigned int kind = k / 2 % kinds, next = (kind + 1) % kinds;

		steps[k] = (struct step){ FILL, (uint8_t)kind, 0 };
		steps[k + 1] = (struct step){
			kind == kinds - 1 ? THIN : COMB, (uint8_t)kind,
			(uint16_t)(kind == kinds - 1 ? 99 : next + off * 256),
		};
	}
}

/* Return: did it make a malloc fail in @bytes? */
static bool breaks(const struct sizing_load *load, const struct step *steps,
		   uint32_t seed)
{
	bag_begin(load, seed);
	program_run(steps);
	return bag.refused;
}

/* Programs that are written down, then @tries that are found. */
static bool attack(const struct sizing_load *load, uint32_t seed,
		   unsigned int tries)
{
	struct step best[STEPS], now[STEPS];
	struct random r = { .state = 2 * (uint64_t)seed + 1 };
	size_t most = 0;

	for (unsigned int off = 0; off < 8; off++) {
		program_robson(now, (unsigned int)load->nr, off);
		if (breaks(load, now, seed + off))
			return true;
	}
	for (unsigned int t = 0; t < tries; t++) {
		if (t % 64 == 0)
			most = 0;	/* begin anew */
		for (unsigned int k = 0; k < STEPS; k++)
			if (!most || !random_below(&r, STEPS / 2))
				now[k] = step_random(&r);
			else
				now[k] = best[k];
		if (breaks(load, now, seed))
			return true;
		if (bag.lost < most)
			continue;
		most = bag.lost;
		__builtin_memcpy(best, now, sizeof(best));
	}
	return false;
}

/* ---- the claims ------------------------------------------------------------------ */

/* The load with @bytes: is it refused? Return: false, too, if it has no room. */
static bool broken_in(const struct sizing_load *load, size_t bytes,
		      unsigned int tries, unsigned int *had_room)
{
	bool broken;

	if (sizing_blocks(load) > BAG_BLOCKS || !field_begin(bytes))
		return false;
	++*had_room;
	broken = attack(load, (uint32_t)bytes, tries);
	CHECK_MICA();
	field_end();
	return broken;
}

/* Nothing that these programs do makes a malloc fail. */
TEST(sizing_for_certain_is_enough, .arena = 5 << 10, .needs = TEST_TAG | TEST_FINITE)
{
	unsigned int had_room = 0;

	for (unsigned int k = 0; k < NR_PEAKS; k++) {
		struct sizing_load load = load_at(k);

		CHECK(!broken_in(&load, sizing_certain(&load),
				 test_scaled(100), &had_room));
	}
	CHECK(had_room);
}

/* They are no lame programs: with less, each load is refused. */
TEST(sizing_less_is_not_enough, .arena = 5 << 10, .needs = TEST_TAG | TEST_FINITE)
{
	unsigned int had_room = 0, refused = 0;

	for (unsigned int k = 0; k < NR_PEAKS; k++) {
		struct sizing_load load = load_at(k);
		size_t bytes = sizing_certain(&load) * peaks[k].broken / 100;

		refused += broken_in(&load, align_down(bytes, RUN_UNIT),
				     test_scaled(100), &had_room);
	}
	CHECK(had_room);
	CHECK_EQ(refused, had_room);
}

/* One kind of large blocks: enough to the byte, and a granule less is not. */
TEST(sizing_of_one_kind_is_exact, .arena = 5 << 10, .needs = TEST_TAG | TEST_FINITE)
{
	static const size_t sizes[] = { 100, 132, 148, 236, 300 };
	unsigned int had_room = 0;

	for (unsigned int k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		struct sizing_kind kind = { sizes[k] + MICA_GRANULE * 2, 8 };
		struct sizing_load load = { &kind, 1 };
		size_t bytes = sizing_certain(&load);

		CHECK(!broken_in(&load, bytes, test_scaled(100), &had_room));
		CHECK(broken_in(&load, bytes - RUN_UNIT, 1, &had_room));
	}
	CHECK_EQ(had_room, 2 * sizeof(sizes) / sizeof(sizes[0]));
}

/* Fill up in a random order; what comes and goes at once is not kept. */
static bool kept_in(const struct sizing_load *load, size_t bytes, uint32_t seed)
{
	unsigned int kinds = (unsigned int)load->nr, kind;
	bool refused;

	if (sizing_blocks(load) > BAG_BLOCKS || !field_begin(bytes))
		return true;
	bag_begin(load, seed);
	while (bag.nr < sizing_blocks(load) && !bag.refused) {
		kind = random_below(&bag.random, kinds);
		fill_kind(kind, random_below(&bag.random, 101));
	}
	refused = bag.refused;
	bag_end();
	field_end();
	return !refused;
}

TEST(sizing_if_nothing_is_freed, .arena = 5 << 10, .needs = TEST_TAG | TEST_FINITE)
{
	unsigned int seeds = test_scaled(40), less = 0;

	for (unsigned int k = 0; k < NR_PEAKS; k++) {
		struct sizing_load load = load_at(k);
		size_t bytes = sizing_kept(&load);

		for (uint32_t seed = 0; seed < seeds; seed++)
			CHECK(kept_in(&load, bytes, seed));
		less += !kept_in(&load, align_down(sizing_asked(&load), RUN_UNIT), 0);
	}
	CHECK(less);
}

/* Coming and going at random, near the peak: the rule of thumb. */
TEST(sizing_as_a_rule, .arena = 5 << 10, .needs = TEST_TAG | TEST_FINITE)
{
	unsigned int steps = test_scaled(20000), had_room = 0;

	for (unsigned int k = 0; k < NR_PEAKS; k++) {
		struct sizing_load load = load_at(k);
		size_t bytes = sizing_usual(&load);

		CHECK(!broken_in(&load, bytes, test_scaled(100), &had_room));
		if (sizing_blocks(&load) > BAG_BLOCKS || !field_begin(bytes))
			continue;
		bag_begin(&load, k);
		churn(steps);
		CHECK_EQ(bag.refused, 0);
		bag_end();
		field_end();
	}
	CHECK(had_room);
}

/* The head that is added is the one that regions have. */
TEST(sizing_knows_the_head, .needs = TEST_TAG)
{
	unsigned int regions = 0;

	mica_free(mica_malloc(1));
	for (unsigned int k = 0; k < MAP_ENTRIES; k++) {
		const struct runs *r = mica_map[k];

		if (!r)
			continue;
		CHECK_EQ(sizing_in_span(r->bytes), r->end - r->first_slice);
		regions++;
	}
	CHECK(regions);
	for (size_t bytes = 256; bytes < 9000; bytes += 1000) {
		size_t span = sizing_span(bytes);

		if (!span)
			continue;
		CHECK(sizing_in_span(span) >= bytes);
		CHECK(sizing_in_span(span - RUN_UNIT) < bytes);
	}
}

#endif
