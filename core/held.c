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

struct bank *bank_carve(struct region *region, slice_t i)
{
	struct runs *r = &region->runs;
	slice_t n = run_slices(r, i), at, to;
	struct mica_span span = bank_span(region, i, n);

	if (!span.bytes)
		return NULL;
	at = run_at(r, (uintptr_t)span.base) - (slice_t)BANK_HEAD_BYTES;
	to = at + (slice_t)(BANK_HEAD_BYTES + span.bytes + MICA_GRANULE);
	run_hold(r, i);
	if (at >= i + RUN_MIN_SLICES) {
		run_set_used(r, at, i + n - at, false);
		run_set_used(r, i, at - i, false);
		run_give_known(r, i, at - i, 0);
	} else {
		at = i;
	}
	run_shrink(r, at, to - at, 0);
	run_set_held(r, at);
	return (struct bank *)run_address(r, at);
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
