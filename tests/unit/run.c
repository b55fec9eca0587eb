/* SPDX-License-Identifier: MIT */
/*
 * core/run.h, alone: runs over memory of the test's own, and a shadow that
 * knows who owns each slice. Invariants 1 and 2.
 */
#include "../harness.h"
#include "core/run.h"

#define SLICES MIN_OF((size_t)600, REGION_SLICES_MAX - 1)
#define SLICES_MAX 600
#define FREE 0
#define NO_PURGE 0

static uint8_t shadow[SLICES_MAX + 1];
static unsigned char space[LAYOUT_IS_TABLE ? 1 << 17 :
			   SLICES_MAX << MICA_SLICE_SHIFT]
	__attribute__((aligned(64)));

/* Fresh runs. The table's slices are never touched, so any base will do. */
static struct runs *fresh(void)
{
	struct runs *r = (struct runs *)space;
	uintptr_t base = LAYOUT_IS_TABLE ? UNIT_BYTES : (uintptr_t)space;
	size_t head = runs_head_bytes(base, SLICES << MICA_SLICE_SHIFT);
	size_t first = LAYOUT_IS_TABLE ? 3 :
		(head + 2 * SLICE_BYTES - 1) >> MICA_SLICE_SHIFT;

	CHECK(LAYOUT_IS_TABLE ? head <= sizeof(space)
			      : SLICES << MICA_SLICE_SHIFT <= sizeof(space));
	for (size_t i = 0; i < sizeof(space); i++)
		space[i] = 0;
	for (size_t i = 0; i <= SLICES; i++)
		shadow[i] = FREE;
	runs_set_bounds(r, base, (slice_t)first, SLICES);
	runs_init(r);
	return r;
}

/* Runs tile the region, no two neighbours are free, the count is right. */
static bool sound(struct runs *r)
{
	bool before_free = false;
	slice_t i = r->first_slice, used = 0;

	while (i < r->nr_slices) {
		slice_t n = run_slices(r, i);
		bool is_free = run_kind(r, i) == RUN_FREE;

		if (!CHECK_INV(1, n >= RUN_MIN_SLICES) ||
		    !CHECK_INV(1, n <= r->nr_slices - i) ||
		    !CHECK_INV(2, !(is_free && before_free)) ||
		    !CHECK_INV(2, run_prev_is_free(r, i) == before_free))
			return false;
		for (slice_t k = i; k < i + n; k++)
			if (!CHECK_INV(1, (shadow[k] == FREE) == is_free))
				return false;
		used += is_free ? 0 : n;
		before_free = is_free;
		i += n;
	}
	return CHECK_INV(1, i == r->nr_slices) &&
	       CHECK_EQ(used, r->nr_used);
}

static void own(slice_t i, slice_t n, uint8_t owner)
{
	for (slice_t k = i; k < i + n; k++) {
		CHECK_INV(1, owner == FREE || shadow[k] == FREE);
		shadow[k] = owner;
	}
}

static slice_t take(struct runs *r, slice_t n, uint8_t owner)
{
	struct run_want want = { .slices = n, .align = 1 };
	slice_t i = run_take(r, &want);

	if (i)
		own(i, run_slices(r, i), owner);
	return i;
}

static void give(struct runs *r, slice_t i)
{
	own(i, run_slices(r, i), FREE);
	run_give(r, i, NO_PURGE);
}

static slice_t whole(const struct runs *r)
{
	return r->nr_slices - r->first_slice;
}

TEST(runs_fresh_is_one)
{
	struct runs *r = fresh();
	slice_t i = r->first_slice;

	CHECK(sound(r));
	CHECK_EQ(run_slices(r, i), whole(r));
	CHECK_EQ(run_kind(r, i), RUN_FREE);
	CHECK_EQ(runs_largest(r), whole(r));
	CHECK(runs_may_fit(r, whole(r)));
	CHECK_EQ(take(r, whole(r), 1), i);
	CHECK_EQ(runs_largest(r), 0);
	CHECK(!take(r, RUN_MIN_SLICES, 1));
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
	CHECK(b == a + 5 && c == b + 7 && d == c + 9);
	give(r, b);				/* nothing to merge with */
	CHECK(sound(r));
	CHECK_EQ(run_slices(r, b), 7);
	give(r, a);				/* with what follows */
	CHECK(sound(r));
	CHECK_EQ(run_slices(r, a), 12);
	give(r, d);				/* with the rest */
	CHECK(sound(r));
	give(r, c);				/* with both */
	CHECK(sound(r));
	CHECK_EQ(run_slices(r, r->first_slice), whole(r));
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

	for (slice_t n = RUN_MIN_SLICES; n < whole(r) / 2; n++) {
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
		CHECK_EQ(run_slices(r, r->first_slice), whole(r));
	}
}

TEST(runs_grow_and_shrink)
{
	struct runs *r = fresh();
	slice_t a = take(r, 10, 1), b = take(r, 10, 2), c = take(r, 10, 3);

	REQUIRE(a && b && c);
	CHECK(run_grow(r, a, 10));
	CHECK(run_grow(r, a, 5));
	CHECK_EQ(run_slices(r, a), 10);
	CHECK(!run_grow(r, a, 11));
	give(r, b);
	CHECK(!run_grow(r, a, 21));
	CHECK(run_grow(r, a, 15));
	own(a, 0, 1);
	own(a + 10, 5, 1);
	CHECK_EQ(run_slices(r, a), 15);
	CHECK(sound(r));
	CHECK(run_grow(r, a, 20));
	own(a + 15, 5, 1);
	CHECK_EQ(run_slices(r, a), 20);
	CHECK(sound(r));
	run_shrink(r, a, 4, NO_PURGE);
	own(a + 4, 16, FREE);
	CHECK_EQ(run_slices(r, a), 4);
	CHECK(sound(r));
	give(r, c);
	CHECK(sound(r));
	give(r, a);
	CHECK_EQ(run_slices(r, r->first_slice), whole(r));
}

/* A rest too short for a run of its own stays with its neighbour. */
TEST(runs_shortest_rest)
{
	struct runs *r = fresh();
	slice_t a = take(r, 10, 1), n;

	run_shrink(r, a, 9, NO_PURGE);
	n = run_slices(r, a);
	own(a + n, 10 - n, FREE);
	CHECK_EQ(n, RUN_MIN_SLICES == 1 ? 9 : 10);
	CHECK(sound(r));
	give(r, a);
	a = take(r, whole(r) - 1, 1);
	REQUIRE(a);
	CHECK_EQ(run_slices(r, a), whole(r) - (RUN_MIN_SLICES == 1));
	CHECK(sound(r));
	give(r, a);
}

TEST(runs_aligned)
{
	struct runs *r = fresh();

	for (slice_t align = 1; align <= SLICES / 4; align *= 2) {
		for (slice_t n = RUN_MIN_SLICES; n < SLICES / 3; n += 3) {
			struct run_want want = {
				.slices = n, .align = align,
				.phase = n & (align - 1),
			};
			slice_t fence = take(r, RUN_MIN_SLICES + n % 3, 1);
			slice_t i = run_take(r, &want);

			REQUIRE(i && fence);
			own(i, run_slices(r, i), 2);
			CHECK_INV(7, ((run_address(r, i) >> MICA_SLICE_SHIFT) &
				      (align - 1)) == want.phase);
			CHECK(run_slices(r, i) >= n);
			CHECK(sound(r));
			give(r, fence);
			give(r, i);
			CHECK_EQ(run_slices(r, r->first_slice), whole(r));
		}
	}
}

TEST(runs_hold_and_give)
{
	struct runs *r = fresh();
	slice_t a = take(r, 10, 1), b = take(r, 10, 2);

	give(r, a);
	run_hold(r, a);
	own(a, 10, 9);
	CHECK(sound(r));
	CHECK(take(r, 10, 3) != a);
	give(r, a);
	CHECK(sound(r));
	give(r, b);
}

/* ---- a random walk ---- */

#define OWNERS 40
#define WALK ((uint32_t)SLICES / 10)	/* slices of a run, about */

static slice_t owned[OWNERS];

/* The longest free run, as the shadow sees it. */
static slice_t longest(const struct runs *r)
{
	slice_t best = 0, n = 0;

	for (slice_t i = r->first_slice; i < r->nr_slices; i++) {
		n = shadow[i] == FREE ? n + 1 : 0;
		best = n > best ? n : best;
	}
	return best;
}

/* A refusal is right unless a run lies a full list above the request. */
static void walk_take(struct runs *r, struct random *rnd, unsigned int k)
{
	slice_t n = RUN_MIN_SLICES + random_below(rnd, WALK);

	owned[k] = take(r, n, (uint8_t)(k + 1));
	CHECK(owned[k] || longest(r) < n + n / INDEX_STEPS + 1);
	CHECK(!owned[k] || run_slices(r, owned[k]) >= n);
}

static void walk_resize(struct runs *r, struct random *rnd, unsigned int k)
{
	slice_t i = owned[k], n = run_slices(r, i), now;
	slice_t want = RUN_MIN_SLICES + random_below(rnd, WALK);

	if (want < n)
		run_shrink(r, i, want, NO_PURGE);
	else
		run_grow(r, i, want);
	now = run_slices(r, i);
	own(i, n, FREE);
	own(i, now, (uint8_t)(k + 1));
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
	CHECK_EQ(run_slices(r, r->first_slice), whole(r));
	CHECK(sound(r));
}
