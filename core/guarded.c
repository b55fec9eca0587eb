// SPDX-License-Identifier: MIT
/* Blocks that end where memory ends; guarded.h has the theory. */
#include <mica/mica.h>
#include "context.h"
#include "engine.h"
#include "fence.h"
#include "guarded.h"
#include "moat.h"

#if GUARD_PAGES

#define GUARDED_TRIES 8u

/* A place: nothing, a block's address, or one of these. */
#define PLACE_BUSY ((uintptr_t)1)	/* somebody is about to change it */
#define PLACE_GOES ((uintptr_t)2)	/* and an address: it is freed already */

#define ASKED_FREED UINT32_MAX

_Static_assert(MICA_GUARDED_BLOCKS >= 1 && MICA_GUARDED_BLOCKS <= 1 << 14,
	       "MICA_GUARDED_BLOCKS: 1 to 2^14");
_Static_assert(MICA_GUARD_SAMPLE >= 0 && MICA_GUARD_SAMPLE <= 1 << 30,
	       "MICA_GUARD_SAMPLE: 0 to 2^30");

static uintptr_t places[MICA_GUARDED_BLOCKS], next_place;
static uintptr_t nr_since;	/* allocations; a lost update is no harm */

bool guarded_is_due(size_t size)
{
	uintptr_t every = (uintptr_t)option_value(GUARD_SAMPLE), n;

	if (size < (size_t)option_value(GUARD_LEAST) ||
	    heap_level(heap_now()) < 3)
		return false;
	n = load_relaxed(&nr_since) + 1;
	store_relaxed(&nr_since, n < every ? n : 0);
	return n >= every;
}

/* Return: a place that is busy now; NULL if none was found. */
static uintptr_t *place_take(void)
{
	uintptr_t at = load_relaxed(&next_place), nobody;
	unsigned int k;

	for (k = 0; k < GUARDED_TRIES; k++) {
		at = (at + 1) % MICA_GUARDED_BLOCKS;
		nobody = 0;
		if (!load_relaxed(&places[at]) &&
		    atomic_cas(&places[at], &nobody, PLACE_BUSY)) {
			store_relaxed(&next_place, at);
			return &places[at];
		}
	}
	store_relaxed(&next_place, at);
	return NULL;
}

/* Where the block at @p ends and its guard begins. */
static uintptr_t guard_begin(const struct location *at)
{
	struct runs *r = &at->region->runs;

	return run_address(r, at->i) + run_bytes(run_slices(r, at->i)) -
	       run_guard(r, at->i);
}

static bool guard_set(const struct location *at, bool on)
{
	uintptr_t from = guard_begin(at);

	return moat_set(at->region->provider, from,
			from + run_guard(&at->region->runs, at->i), on);
}

/* ---- the bytes up to the guard ------------------------------------------------- */

static size_t guarded_pad(const struct location *at)
{
	size_t room = large_usable(at->region, at->i);

	return MIN_OF(room - guarded_size(at), sizeof(uintptr_t));
}

void guarded_resize(void *p, const struct location *at, size_t size)
{
	unsigned char *behind = (unsigned char *)p + size;
	uintptr_t mix = fence_mix(p);
	size_t k, n;

	run_set_asked(&at->region->runs, at->i, (uint32_t)size);
	n = guarded_pad(at);
	for (k = 0; k < n; k++, mix >>= 8)
		behind[k] = (unsigned char)mix;
}

enum fault guarded_look(const void *p, const struct location *at)
{
	const unsigned char *behind;
	uintptr_t mix = fence_mix(p);
	size_t k, n;

	if (guarded_size(at) == ASKED_FREED)
		return FAULT_TWICE;
	behind = (const unsigned char *)p + guarded_size(at);
	n = guarded_pad(at);
	for (k = 0; k < n; k++, mix >>= 8)
		if (behind[k] != (unsigned char)mix)
			return FAULT_OVERFLOW;
	return FAULT_NONE;
}

/* ---- malloc and free ------------------------------------------------------------ */

static void location_of(const void *p, struct location *at)
{
	at->region = region_of((uintptr_t)p);
	at->page = NULL;
	at->i = run_at(&at->region->runs, (uintptr_t)p);
}

/* @block is the run's; the block that is asked for lies at its end. */
static void *guarded_place(void *block, size_t guard, size_t size, size_t align,
			   uintptr_t *place)
{
	struct location at;
	struct runs *r;
	uintptr_t p;

	location_of(block, &at);
	r = &at.region->runs;
	run_set_guard(r, at.i, guard, (size_t)(place - places));
	p = align_down(guard_begin(&at) - size, align);
	run_set_lead(r, at.i, p - run_address(r, at.i));
	guarded_resize((void *)p, &at, size);
	guard_set(&at, true);
	store_release(place, p);
	return (void *)p;
}

void *guarded_make(size_t size, size_t align)
{
	const struct mica_provider *p;
	struct large_want want = { 0, 1, 0 };
	struct large_block got;
	uintptr_t *place;
	size_t guard;

	p = mica_port_provider();
	guard = p ? MAX_OF(p->granule, (size_t)MICA_GRANULE) : SLICE_BYTES;
	align = MAX_OF(align, (size_t)MICA_GRANULE);
	if (size > RUN_LIMIT / 2 || align > guard || guard > SLICE_BYTES ||
	    !context_begin())
		return NULL;
	size = size ? size : 1;
	want.size = align_up(size, align) + guard;
	place = place_take();
	if (!place)
		return NULL;
	got = large_alloc_or_trim(&want);
	if (got.block)
		return guarded_place(got.block, guard, size, align, place);
	store_release(place, 0);
	return NULL;
}

/* Could the guard have been closed? */
static bool guard_may_be(const struct location *at)
{
	const struct mica_provider *p = at->region->provider;

	return p && p->protect &&
	       p->granule <= run_guard(&at->region->runs, at->i);
}

/*
 * From now on it is a run like any other, if its guard can be opened. What was
 * never closed is opened all the same: that is no harm. Return: could it be?
 */
static bool guarded_open(const struct location *at)
{
	if (guard_may_be(at) && !guard_set(at, false))
		return false;
	run_set_guard(&at->region->runs, at->i, 0, 0);
	return true;
}

/* It is freed for good, or waits in its place for another try. */
static bool guarded_go(void *p, struct location *at)
{
	uintptr_t *place = &places[run_guard_place(&at->region->runs, at->i)];

	run_set_asked(&at->region->runs, at->i, ASKED_FREED);
	if (!guarded_open(at)) {
		store_release(place, (uintptr_t)p | PLACE_GOES);
		return false;
	}
	store_release(place, 0);
	engine_free_at(p, at);
	return true;
}

void guarded_free(void *p, struct location *at)
{
	if (MICA_FREE_ZERO)
		__builtin_memset(p, 0, guarded_size(at));
	guarded_go(p, at);
}

bool guarded_collect(void)
{
	struct location at;
	uintptr_t was;
	bool any = false;
	size_t k;

	for (k = 0; k < MICA_GUARDED_BLOCKS; k++) {
		was = load_acquire(&places[k]);
		if (!(was & PLACE_GOES) ||
		    !atomic_cas(&places[k], &was, PLACE_BUSY))
			continue;
		location_of(word_to_ptr(was - PLACE_GOES), &at);
		any |= guarded_go(word_to_ptr(was - PLACE_GOES), &at);
	}
	return any;
}

#if HEAPS_SHARED

/* Its blocks are nobody's but the destroyer's: no free meets this. */
void guarded_end_heap(const struct mica_heap *heap)
{
	struct location at;
	uintptr_t was;
	struct runs *r;
	size_t k;

	for (k = 0; k < MICA_GUARDED_BLOCKS; k++) {
		was = load_acquire(&places[k]);
		if (!was || was & (PLACE_BUSY | PLACE_GOES))
			continue;
		location_of(word_to_ptr(was), &at);
		r = &at.region->runs;
		if (run_heap(r, at.i) != heap_number(heap))
			continue;
		store_relaxed(&places[k], PLACE_BUSY);
		if (guarded_open(&at)) {
			store_release(&places[k], 0);
			continue;
		}
		run_set_heap(r, at.i, 0);
		run_set_asked(r, at.i, ASKED_FREED);
		store_release(&places[k], was | PLACE_GOES);
	}
}

#endif

#endif
