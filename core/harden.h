/* SPDX-License-Identifier: MIT */
/*
 * Hardening: what a level asks for, and the random words that others must not
 * guess. docs/hardening.md has the levels.
 *
 * Links of free blocks are encoded in all of a build or in none, as lists cross
 * heaps, and every block has room for a fence. What lies there and what becomes
 * of a block's content when it is freed differs by page, which has the level that
 * its heap had when it was opened (page_level()); and by heap for runs, but for
 * the fence, which runs always have.
 *
 * A fault that is found inside the guard is noted in one word and told of by
 * the public function, once it is outside: harden_tell().
 */
#ifndef MICA_CORE_HARDEN_H
#define MICA_CORE_HARDEN_H

#include "atomic.h"
#include "bits.h"
#include "geometry.h"

#define HARDEN_BLOCKS (MICA_HARDEN >= 2)	/* links, canaries, order */
#define HARDEN_CONTENT (MICA_HARDEN >= 3)	/* freed content, quarantine */
#define GUARD_PAGES (HARDEN_CONTENT && LAYOUT_IS_TABLE)

/* Set once, before the first region; mica_harden_state changes. */
extern uintptr_t mica_harden_key __internal, mica_harden_state __internal;
extern uintptr_t mica_harden_canary __internal;
extern uintptr_t mica_harden_broken __internal;

/* Draw the key, unless it was: before there is any block. */
void harden_begin(void) __internal;

/* What the link at @place is encoded with. */
static __always_inline uintptr_t harden_mask(const void *place)
{
	return HARDEN_BLOCKS ? mica_harden_key ^ (uintptr_t)place : 0;
}

/* The next of a row of random numbers, whoever draws it. Not for keys. */
static inline uintptr_t harden_random(void)
{
	uint32_t x = (uint32_t)load_relaxed(&mica_harden_state);

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	store_relaxed(&mica_harden_state, x);
	return x;
}

/* Tell of the broken list that was noted, if one was. Outside the guard. */
__cold void harden_tell_broken(void) __internal;

static __always_inline void harden_tell(void)
{
	if (HARDEN_BLOCKS && unlikely(load_relaxed(&mica_harden_broken)))
		harden_tell_broken();
}

#endif
