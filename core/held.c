// SPDX-License-Identifier: MIT
/* Held runs: cut from free ones and given back; bank.h has the theory. */
#include "held.h"

#if !LAYOUT_PURGES

size_t bank_granule(const struct region *region)
{
	return MAX_OF(region->provider->granule, PAGE_BYTES);
}

bool region_can_sleep(const struct region *region)
{
	return region && region->provider && region->provider->decommit &&
	       bank_granule(region) < runs_size(&region->runs);
}

struct mica_span bank_span(struct region *region, slice_t i, slice_t n)
{
	struct runs *r = &region->runs;
	uintptr_t granule = bank_granule(region), at = run_address(r, i);
	uintptr_t from = align_up(at + BANK_HEAD_BYTES, granule);
	uintptr_t to = at + n - (i + n == runs_end(r) ? 0 : TAG_BYTES);
	struct mica_span span = { (void *)from, 0 };

	to = align_down(to, granule);
	if (from > at && from < to)	/* it wraps around where none is above */
		span.bytes = to - from;
	return span;
}

/* The held run behind @end, if it is nobody else's; or 0. */
static slice_t held_after(const struct runs *r, slice_t end)
{
	const struct bank *bank = (const struct bank *)run_address(r, end);

	return end < runs_end(r) && run_is_held(r, end) && bank->prev ? end : 0;
}

/* Work out what of it is awake. Return: is there anything? */
static bool nap_span(struct region *region, slice_t first, slice_t end,
		     struct nap *nap)
{
	struct mica_span all = bank_span(region, first, end - first), part;
	uintptr_t from = (uintptr_t)all.base, to = from + all.bytes;

	if (all.bytes && nap->before) {
		part = bank_span(region, first, nap->before);
		from = (uintptr_t)part.base + part.bytes;
	}
	if (all.bytes && nap->after) {
		part = bank_span(region, nap->after, end - nap->after);
		to = (uintptr_t)part.base;
	}
	nap->span.base = (void *)from;
	nap->span.bytes = to > from ? to - from : 0;
	return nap->span.bytes;
}

/*
 * Take free run @i, which ends at @end, out of the index. What lies in front
 * of the head's place stays free. Return: where the held run begins.
 */
static slice_t nap_take(struct region *region, slice_t i, slice_t end,
			const struct nap *nap)
{
	struct runs *r = &region->runs;
	slice_t at = run_at(r, (uintptr_t)nap->span.base) -
		     (slice_t)BANK_HEAD_BYTES;

	run_hold(r, i);
	if (at < i + RUN_MIN_SLICES)
		return i;
	run_set_used(r, at, end - at, false);
	run_set_used(r, i, at - i, false);
	run_give_known(r, i, at - i, 0);
	return at;
}

bool nap_begin(struct region *region, slice_t i, struct bank *before,
	       struct nap *nap)
{
	struct runs *r = &region->runs;
	slice_t free_end = i + run_slices(r, i), end = free_end, at = i;

	nap->after = held_after(r, free_end);
	nap->before = 0;
	if (before) {
		at = bank_run(region, before);
		nap->before = i - at;
	}
	if (nap->after)
		end += run_slices(r, nap->after);
	if (!nap_span(region, at, end, nap))
		return false;
	if (before)
		run_hold(r, i);
	else
		at = nap_take(region, i, free_end, nap);
	run_set_used(r, at, end - at, run_prev_is_free(r, at));
	if (!nap->after)
		run_shrink(r, at, run_at(r, (uintptr_t)nap->span.base +
				nap->span.bytes) + (slice_t)MICA_GRANULE - at,
			   0);
	run_set_held(r, at);
	nap->bank = (struct bank *)run_address(r, at);
	nap->slices = run_slices(r, at);
	return true;
}

void nap_undo(struct region *region, const struct nap *nap)
{
	struct runs *r = &region->runs;
	slice_t at = bank_run(region, nap->bank), end = at + nap->slices;
	slice_t last = nap->after ? nap->after : end, i = at + nap->before;
	bool prev_free = run_prev_is_free(r, at);

	if (nap->after) {
		run_set_used(r, last, end - last, false);
		run_set_held(r, last);
	} else if (end == runs_end(r)) {
		runs_set_end(r);
	}
	run_set_used(r, i, last - i, !nap->before && prev_free);
	if (nap->before) {
		run_set_used(r, at, nap->before, prev_free);
		run_set_held(r, at);
	}
	run_give_known(r, i, last - i, 0);
}

void bank_give(struct region *region, const struct bank *bank)
{
	struct runs *r = &region->runs;
	slice_t i = bank_run(region, bank), n = run_slices(r, i);

	run_set_used(r, i, n, run_prev_is_free(r, i));
	if (i + n == runs_end(r))
		runs_set_end(r);
	run_give_known(r, i, n, 0);
}

struct bank *bank_give_front(struct region *region,
				    const struct bank *bank, uintptr_t to)
{
	struct runs *r = &region->runs;
	slice_t i = bank_run(region, bank), n = run_slices(r, i);
	slice_t at = run_at(r, to) - (slice_t)BANK_HEAD_BYTES;
	bool prev_free = run_prev_is_free(r, i);

	run_set_used(r, at, i + n - at, false);
	run_set_held(r, at);
	run_set_used(r, i, at - i, prev_free);
	run_give_known(r, i, at - i, 0);
	return (struct bank *)run_address(r, at);
}

#endif
