// SPDX-License-Identifier: MIT
/* Runs of slices in one region; run.h has the theory. */
#include "run.h"

/* ---- the index of free runs: lists by size ------------------------------ */

/* The list that a run of @slices is kept in: level * INDEX_STEPS + step. */
static inline unsigned int index_of(slice_t slices)
{
	unsigned int b;

	if (RUN_MIN_SLICES < INDEX_STEPS && slices < INDEX_STEPS)
		return slices;
	b = bit_highest(slices);
	return (slices >> (b - INDEX_STEP_SHIFT)) +
	       ((b - INDEX_LEAST_SHIFT) << INDEX_STEP_SHIFT);
}

/* The list has become empty, or no longer is. */
static inline void index_toggle(struct runs *r, unsigned int list)
{
	uint32_t *word = &r->list_map[INDEX_WORDS > 1 ? list / 32 : 0];

	store_relaxed(word, *word ^ 1u << list % 32);
}

/*
 * Free run @i of @slices goes to the head of its list. Its neighbour behind
 * is not told.
 */
static __fast_inline void index_insert(struct runs *r, slice_t i,
				       slice_t slices, uint32_t since)
{
	unsigned int list = index_of(slices);
	slice_t head = *runs_head(r, list);

	run_set_free(r, i, slices);
	*run_link_next(r, i) = head;
	*run_link_prev(r, i) = 0;
	if (head)
		*run_link_prev(r, head) = i;
	else
		index_toggle(r, list);
	*runs_head(r, list) = i;
	run_dirty_add(r, i, since);
}

static __fast_inline void index_remove(struct runs *r, slice_t i, slice_t slices)
{
	slice_t next = *run_link_next(r, i), prev = *run_link_prev(r, i);
	unsigned int list;

	run_dirty_remove(r, i);
	if (next)
		*run_link_prev(r, next) = prev;
	if (prev) {
		*run_link_next(r, prev) = next;
		return;
	}
	list = index_of(slices);
	*runs_head(r, list) = next;
	if (!next)
		index_toggle(r, list);
}

/* The first list after @list that has a run, or 0. Cost: INDEX_WORDS. */
static __always_inline unsigned int index_next(const struct runs *r, unsigned int list)
{
	unsigned int w = INDEX_WORDS > 1 ? list / 32 : 0;
	uint32_t bits = load_relaxed(&r->list_map[w]) & ~1u << list % 32;

	while (!bits) {
		if (++w == INDEX_WORDS)
			return 0;
		bits = load_relaxed(&r->list_map[w]);
	}
	return w * 32 + bit_lowest(bits);
}

/* The list whose first run has at least @slices, or 0. */
static __fast_inline unsigned int index_find(struct runs *r, slice_t slices)
{
	unsigned int list;
	slice_t head;

	if (slices >= runs_size(r))
		return 0;
	list = index_of(slices);
	head = *runs_head(r, list);
	if (head && run_slices(r, head) >= slices)
		return list;
	return index_next(r, list);
}

/* Run @i, the first of @list, leaves it. */
static __fast_inline void index_pop(struct runs *r, unsigned int list,
				    slice_t i, slice_t slices)
{
	slice_t next;

	if (PREFER_SMALL) {
		index_remove(r, i, slices);
		return;
	}
	next = *run_link_next(r, i);
	run_dirty_remove(r, i);
	*runs_head(r, list) = next;
	if (next)
		*run_link_prev(r, next) = 0;
	else
		index_toggle(r, list);
}

/* ---- taking ---------------------------------------------------------------- */

/* The lowest place, where memory grows: see layout_grow.h. */
static __always_inline slice_t place_low(const struct runs *r, slice_t i,
					 slice_t have,
					 const struct run_want *want)
{
	slice_t off = (want->phase - (slice_t)run_address(r, i)) &
		      (want->align - 1);

	if (RUN_MIN_SLICES > RUN_UNIT && off && off < RUN_MIN_SLICES)
		off += want->align;
	return have >= want->slices && have - want->slices >= off ? i + off : 0;
}

/*
 * The highest place in a free run [@i, @i + @have) for what is wanted, so
 * that aligned runs gather at one end: 0 if there is none. What remains
 * before it is nothing or a run of its own.
 */
static __always_inline slice_t place_in(const struct runs *r, slice_t i,
				      slice_t have,
				      const struct run_want *want)
{
	slice_t at, top, off;

	if (have < want->slices)
		return 0;
	top = i + have - want->slices;
	off = (slice_t)(run_address(r, top) >> MICA_SLICE_SHIFT) - want->phase;
	at = top - (off & (want->align - 1));
	if (RUN_MIN_SLICES > RUN_UNIT && at != i && at - i < RUN_MIN_SLICES)
		at -= want->align;
	return at >= i && at <= top ? at : 0;
}

/*
 * Cut [@at, @at + @slices) out of the free run [@i, @i + @have), which is
 * the first of @list.
 */
static __fast_inline void run_cut(struct runs *r, unsigned int list, slice_t i,
				  slice_t have, slice_t at, slice_t slices)
{
	slice_t before = at - i, after = have - before - slices;
	uint32_t since = run_dirty_since(r, i);

	index_pop(r, list, i, have);
	if (after >= RUN_MIN_SLICES) {
		index_insert(r, at + slices, after, since);
		count_in(r, runs_split, 1);
	} else {
		slices += after;
		run_set_prev_free(r, at + slices, false);
	}
	if (before) {
		index_insert(r, i, before, since);
		count_in(r, runs_split, 1);
	}
	run_set_used(r, at, slices, before);
	runs_note_taken(r, at + slices);
}

/* @sure: only a run where it fits wherever that lies, one that may fit is passed over. */
static __always_inline slice_t take(struct runs *r,
				     const struct run_want *want, bool sure)
{
	slice_t i, at, have, slack = want->align - RUN_UNIT;
	unsigned int list;

	slack += 2 * (RUN_MIN_SLICES - RUN_UNIT);
	list = index_find(r, want->slices + slack);
	if (!list && !sure)
		list = index_find(r, want->slices);	/* it may fit */
	if (!list)
		return 0;
	i = *runs_head(r, list);
	have = run_slices(r, i);
	at = MICA_PORT_GROWS ? place_low(r, i, have, want) :
			       place_in(r, i, have, want);
	if (at)
		run_cut(r, list, i, have, at, want->slices);
	return at;
}

slice_t run_take_any(struct runs *r, slice_t slices)
{
	unsigned int list = index_find(r, slices);
	slice_t i;

	if (!list)
		return 0;
	i = *runs_head(r, list);
	run_cut(r, list, i, run_slices(r, i), i, slices);
	return i;
}

slice_t run_take(struct runs *r, const struct run_want *want)
{
	return want->align <= RUN_UNIT ? run_take_any(r, want->slices) :
					 take(r, want, false);
}

slice_t run_take_page(struct runs *r)
{
	const struct run_want want = {
		.slices = 1u << PAGE_SLICES_SHIFT,
		.align = 1u << PAGE_SLICES_SHIFT,
	};

	return take(r, &want, true);
}

/* ---- giving back -------------------------------------------------------------- */

void run_give_known(struct runs *r, slice_t i, slice_t n, uint32_t since)
{
	slice_t next = i + n, prev = i, m;

	if (run_kind(r, next) == RUN_FREE) {
		m = run_slices(r, next);
		since = since ? since : run_dirty_since(r, next);
		index_remove(r, next, m);
		n += m;
		count_in(r, runs_merged, 1);
	} else {
		run_set_prev_free(r, next, true);
	}
	if (run_prev_is_free(r, i)) {
		prev = run_prev(r, i);
		m = i - prev;
		since = since ? since : run_dirty_since(r, prev);
		index_remove(r, prev, m);
		run_forget(r, i);
		n += m;
		count_in(r, runs_merged, 1);
	}
	index_insert(r, prev, n, since);
}

void run_give(struct runs *r, slice_t i, uint32_t since)
{
	run_give_known(r, i, run_slices(r, i), since);
}

void run_shrink(struct runs *r, slice_t i, slice_t slices, uint32_t since)
{
	slice_t n = run_slices(r, i);
	size_t lead = run_lead(r, i);

	if (n < slices + RUN_MIN_SLICES)
		return;
	run_set_used(r, i, slices, run_prev_is_free(r, i));
	run_set_lead(r, i, lead);
	run_set_used(r, i + slices, n - slices, false);
	count_in(r, runs_split, 1);
	run_give(r, i + slices, since);
}

bool run_grow(struct runs *r, slice_t i, slice_t slices)
{
	slice_t n = run_slices(r, i), next = i + n, m;
	size_t lead = run_lead(r, i);
	uint32_t since;

	if (n >= slices)
		return true;
	if (run_kind(r, next) != RUN_FREE)
		return false;
	m = run_slices(r, next);
	if (n + m < slices)
		return false;
	since = run_dirty_since(r, next);
	index_remove(r, next, m);
	if (n + m < slices + RUN_MIN_SLICES) {
		slices = n + m;
		run_set_prev_free(r, i + slices, false);
	} else {
		index_insert(r, i + slices, n + m - slices, since);
	}
	run_set_used(r, i, slices, run_prev_is_free(r, i));
	run_set_lead(r, i, lead);
	runs_note_taken(r, i + slices);
	return true;
}

void run_hold(struct runs *r, slice_t i)
{
	slice_t n = run_slices(r, i);

	index_remove(r, i, n);
	run_set_used(r, i, n, false);
	run_set_prev_free(r, i + n, false);
	run_set_kind(r, i, RUN_HELD);
}

/* ---- the region as a whole --------------------------------------------------- */

void runs_init(struct runs *r)
{
	index_insert(r, r->first_slice, runs_end(r) - r->first_slice, 0);
}

bool runs_may_fit(const struct runs *r, slice_t slices)
{
	return index_next(r, index_of(slices) - 1) != 0;
}

bool run_is_list_head(struct runs *r, slice_t i)
{
	unsigned int list = index_of(run_slices(r, i));

	return *runs_head(r, list) == i && r->list_map[list / 32] >> list % 32 & 1;
}

unsigned int runs_list(slice_t slices)
{
	return index_of(slices);
}

unsigned int runs_top(const struct runs *r)
{
	unsigned int w = INDEX_WORDS;

	while (w--)
		if (r->list_map[w])
			return w * 32 + bit_highest(r->list_map[w]);
	return 0;
}

slice_t runs_largest(struct runs *r)
{
	unsigned int w = INDEX_WORDS;

	while (w--)
		if (r->list_map[w])
			return run_slices(r, *runs_head(r, w * 32 +
						bit_highest(r->list_map[w])));
	return 0;
}
