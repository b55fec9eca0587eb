/* SPDX-License-Identifier: MIT */
/*
 * core/run.h, alone: runs over memory of the test's own, and a shadow that
 * knows who owns each unit of them. Invariants 1 and 2. Sizes are in units,
 * the least by which runs differ: a slice of the table, a granule of tags.
 */
#include "../harness.h"
#include "core/run.h"

#define UNITS MIN_OF((size_t)600, REGION_SLICES_MAX / RUN_UNIT - 1)
#define UNITS_MAX 600
#define UNITS_MIN (RUN_MIN_SLICES / RUN_UNIT)
#define FREE 0
#define NO_PURGE 0

static uint8_t shadow[UNITS_MAX + 1];
static unsigned char space[LAYOUT_IS_TABLE ? 1 << 17 :
			   UNITS_MAX * MICA_GRANULE]
	__attribute__((aligned(64)));

/* Fresh runs. The table's slices are never touched, so any base will do. */
static struct runs *fresh(void)
{
	struct runs *r = (struct runs *)space;
	uintptr_t base = LAYOUT_IS_TABLE ? UNIT_BYTES : (uintptr_t)space;
	size_t head = runs_head_bytes(base, UNITS * RUN_UNIT_BYTES);
	size_t first = LAYOUT_IS_TABLE ? 3 * SLICE_BYTES : runs_first(head);

	CHECK(LAYOUT_IS_TABLE ? head <= sizeof(space)
			      : UNITS * RUN_UNIT_BYTES <= sizeof(space));
	for (size_t i = 0; i < sizeof(space); i++)
		space[i] = 0;
	for (size_t i = 0; i <= UNITS; i++)
		shadow[i] = FREE;
	runs_set_bounds(r, base, first, UNITS * RUN_UNIT_BYTES);
	runs_init(r);
	return r;
}

static slice_t units(const struct runs *r, slice_t i)
{
	return run_slices(r, i) / RUN_UNIT;
}

static uint8_t *shadow_of(const struct runs *r, slice_t i)
{
	return &shadow[(i - r->first_slice) / RUN_UNIT];
}

/* Runs tile the region, no two neighbours are free. */
static bool sound(struct runs *r)
{
	bool before_free = false;
	slice_t i = r->first_slice;

	while (i < runs_end(r)) {
		slice_t n = run_slices(r, i);
		bool is_free = run_kind(r, i) == RUN_FREE;

		if (!CHECK_INV(1, n >= RUN_MIN_SLICES) ||
		    !CHECK_INV(1, n <= runs_end(r) - i) ||
		    !CHECK_INV(2, !(is_free && before_free)) ||
		    !CHECK_INV(2, run_prev_is_free(r, i) == before_free))
			return false;
		for (slice_t k = i; k < i + n; k += RUN_UNIT)
			if (!CHECK_INV(1, (*shadow_of(r, k) == FREE) == is_free))
				return false;
		before_free = is_free;
		i += n;
	}
	return CHECK_INV(1, i == runs_end(r)) &&
	       CHECK_INV(2, run_prev_is_free(r, i) == before_free);
}

/* @n units from slice @i. */
static void own(struct runs *r, slice_t i, slice_t n, uint8_t owner)
{
	uint8_t *at = shadow_of(r, i);

	for (slice_t k = 0; k < n; k++) {
		CHECK_INV(1, owner == FREE || at[k] == FREE);
		at[k] = owner;
	}
}

static slice_t take(struct runs *r, slice_t n, uint8_t owner)
{
	struct run_want want = { .slices = n * RUN_UNIT, .align = 1 };
	slice_t i = run_take(r, &want);

	if (i)
		own(r, i, units(r, i), owner);
	return i;
}

static void give(struct runs *r, slice_t i)
{
	own(r, i, units(r, i), FREE);
	run_give(r, i, NO_PURGE);
}

static slice_t whole(const struct runs *r)
{
	return (runs_end(r) - r->first_slice) / RUN_UNIT;
}

static bool grow(struct runs *r, slice_t i, slice_t n)
{
	return run_grow(r, i, n * RUN_UNIT);
}

static void shrink(struct runs *r, slice_t i, slice_t n)
{
	run_shrink(r, i, n * RUN_UNIT, NO_PURGE);
}

TEST(runs_fresh_is_one)
{
	struct runs *r = fresh();
	slice_t i = r->first_slice;

	CHECK(sound(r));
	CHECK_EQ(units(r, i), whole(r));
	CHECK_EQ(run_kind(r, i), RUN_FREE);
	CHECK_EQ(runs_largest(r), whole(r) * RUN_UNIT);
	CHECK(runs_may_fit(r, whole(r) * RUN_UNIT));
	CHECK_EQ(take(r, whole(r), 1), i);
	CHECK_EQ(runs_largest(r), 0);
	CHECK(!take(r, UNITS_MIN, 1));
	CHECK(!runs_may_fit(r, RUN_MIN_SLICES));
	give(r, i);
	CHECK(sound(r));
}

TEST(runs_split_and_merge_both_sides)
{
	struct runs *r = fresh();
	slice_t a = take(r, 5, 1), b = take(r, 7, 2), c = take(r, 9, 3);
	slice_t d = take(r, 11, 4);

	REQUIRE(a && b && c && d);
	CHECK(sound(r));
	CHECK(b == a + 5 * RUN_UNIT && c == b + 7 * RUN_UNIT &&
	      d == c + 9 * RUN_UNIT);
	give(r, b);				/* nothing to merge with */
	CHECK(sound(r));
	CHECK_EQ(units(r, b), 7);
	give(r, a);				/* with what follows */
	CHECK(sound(r));
	CHECK_EQ(units(r, a), 12);
	give(r, d);				/* with the rest */
	CHECK(sound(r));
	give(r, c);				/* with both */
	CHECK(sound(r));
	CHECK_EQ(units(r, r->first_slice), whole(r));
}

/* After a merge no stale head is taken for a block. */
TEST(runs_forget_merged_heads)
{
	struct runs *r = fresh();
	slice_t a = take(r, 8, 1), b = take(r, 8, 2), c = take(r, 8, 3), i;

	give(r, a);
	give(r, b);
	CHECK(run_of_block(r, run_address(r, b), &i) != RUN_BLOCK);
	CHECK(run_of_block(r, run_address(r, a), &i) != RUN_BLOCK);
	CHECK(run_of_block(r, run_address(r, c), &i) == RUN_BLOCK && i == c);
	give(r, c);
	CHECK(run_of_block(r, run_address(r, c), &i) != RUN_BLOCK);
}

/* One slice less or more than there is: fits or does not. */
TEST(runs_exact_fit)
{
	struct runs *r = fresh();

	for (slice_t n = UNITS_MIN; n < whole(r) / 2; n++) {
		slice_t a = take(r, n, 1), fence = take(r, 4, 2), again;
		slice_t rest = take(r, whole(r) - n - 4, 3);

		REQUIRE(a && fence && rest);
		give(r, a);
		CHECK(!take(r, n + 1, 4));
		again = take(r, n, 4);
		CHECK_EQ(again, a);
		CHECK(sound(r));
		give(r, again);
		give(r, fence);
		give(r, rest);
		CHECK_EQ(units(r, r->first_slice), whole(r));
	}
}

TEST(runs_grow_and_shrink)
{
	struct runs *r = fresh();
	slice_t a = take(r, 10, 1), b = take(r, 10, 2), c = take(r, 10, 3);

	REQUIRE(a && b && c);
	CHECK(grow(r, a, 10));
	CHECK(grow(r, a, 5));
	CHECK_EQ(units(r, a), 10);
	CHECK(!grow(r, a, 11));
	give(r, b);
	CHECK(!grow(r, a, 21));
	CHECK(grow(r, a, 15));
	own(r, a, 0, 1);
	own(r, a + 10 * RUN_UNIT, 5, 1);
	CHECK_EQ(units(r, a), 15);
	CHECK(sound(r));
	CHECK(grow(r, a, 20));
	own(r, a + 15 * RUN_UNIT, 5, 1);
	CHECK_EQ(units(r, a), 20);
	CHECK(sound(r));
	shrink(r, a, 4);
	own(r, a + 4 * RUN_UNIT, 16, FREE);
	CHECK_EQ(units(r, a), 4);
	CHECK(sound(r));
	give(r, c);
	CHECK(sound(r));
	give(r, a);
	CHECK_EQ(units(r, r->first_slice), whole(r));
}

/* A rest too short for a run of its own stays with its neighbour. */
TEST(runs_shortest_rest)
{
	struct runs *r = fresh();
	slice_t a = take(r, 10, 1), n;

	shrink(r, a, 9);
	n = units(r, a);
	own(r, a + n * RUN_UNIT, 10 - n, FREE);
	CHECK_EQ(n, UNITS_MIN == 1 ? 9 : 10);
	CHECK(sound(r));
	give(r, a);
	a = take(r, whole(r) - 1, 1);
	REQUIRE(a);
	CHECK_EQ(units(r, a), whole(r) - (UNITS_MIN == 1));
	CHECK(sound(r));
	give(r, a);
}

TEST(runs_aligned)
{
	struct runs *r = fresh();

	for (slice_t align = 1; align <= UNITS / 4; align *= 2) {
		for (slice_t n = UNITS_MIN; n < UNITS / 3; n += 3) {
			struct run_want want = {
				.slices = n * RUN_UNIT, .align = align * RUN_UNIT,
				.phase = (n & (align - 1)) * RUN_UNIT,
			};
			slice_t fence = take(r, UNITS_MIN + n % 3, 1);
			slice_t i = run_take(r, &want);

			REQUIRE(i && fence);
			own(r, i, units(r, i), 2);
			CHECK_INV(7, ((run_address(r, i) >> MICA_SLICE_SHIFT) &
				      (want.align - 1)) == want.phase);
			CHECK(units(r, i) >= n);
			CHECK(sound(r));
			give(r, fence);
			give(r, i);
			CHECK_EQ(units(r, r->first_slice), whole(r));
		}
	}
}

TEST(runs_hold_and_give)
{
	struct runs *r = fresh();
	slice_t a = take(r, 10, 1), b = take(r, 10, 2);

	give(r, a);
	run_hold(r, a);
	own(r, a, 10, 9);
	CHECK(sound(r));
	CHECK(take(r, 10, 3) != a);
	give(r, a);
	CHECK(sound(r));
	give(r, b);
}

/* ---- a random walk ---- */

#define OWNERS 40
#define WALK ((uint32_t)UNITS / 10)	/* units of a run, about */

static slice_t owned[OWNERS];

/* The longest free run, as the shadow sees it. */
static slice_t longest(const struct runs *r)
{
	slice_t best = 0, n = 0;

	for (slice_t i = 0; i < whole(r); i++) {
		n = shadow[i] == FREE ? n + 1 : 0;
		best = n > best ? n : best;
	}
	return best;
}

/* A refusal is right unless a run lies a full list above the request. */
static void walk_take(struct runs *r, struct random *rnd, unsigned int k)
{
	slice_t n = UNITS_MIN + random_below(rnd, WALK);

	owned[k] = take(r, n, (uint8_t)(k + 1));
	CHECK(owned[k] || longest(r) < n + n / INDEX_STEPS + 1);
	CHECK(!owned[k] || units(r, owned[k]) >= n);
}

static void walk_resize(struct runs *r, struct random *rnd, unsigned int k)
{
	slice_t i = owned[k], n = units(r, i), now;
	slice_t want = UNITS_MIN + random_below(rnd, WALK);

	if (want < n)
		shrink(r, i, want);
	else
		grow(r, i, want);
	now = units(r, i);
	own(r, i, n, FREE);
	own(r, i, now, (uint8_t)(k + 1));
	CHECK(now >= want || now == n);
}

TEST(runs_random_walk)
{
	struct runs *r = fresh();
	struct random rnd = { .state = 17 };

	for (unsigned int k = 0; k < OWNERS; k++)
		owned[k] = 0;
	for (unsigned int s = 0; s < test_scaled(20000); s++) {
		unsigned int k = random_below(&rnd, OWNERS);

		if (!owned[k]) {
			walk_take(r, &rnd, k);
		} else if (random_below(&rnd, 3)) {
			give(r, owned[k]);
			owned[k] = 0;
		} else {
			walk_resize(r, &rnd, k);
		}
		if (!sound(r))
			return;
	}
	for (unsigned int k = 0; k < OWNERS; k++)
		if (owned[k])
			give(r, owned[k]);
	CHECK_EQ(units(r, r->first_slice), whole(r));
	CHECK(sound(r));
}
