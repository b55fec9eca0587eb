/* SPDX-License-Identifier: MIT */
/*
 * The heartbeat: what malloc's paths know of the hook of deferred.h.
 *
 * One pointer, which the first hook sets: deferred.c is linked only then. It
 * is called outside guard and locks, on each slow trip of malloc where frees
 * are diverted, on each malloc where mallocs are counted.
 *
 * Diverted (table layout): a block that goes straight back on the list that
 * malloc pops would keep a program of one malloc and one free in turn off the
 * slow path for ever. With a hook no page is in the cache of own pages, so
 * that each free of an own block passes free_slow(), which counts them and,
 * HEARTBEAT_FREES after the last beat, takes the class's list away from
 * malloc. A program without a hook does what it did before.
 *
 * Counted (tag layout): a free finds its page without a cache. malloc looks
 * at the pointer, three instructions, which MICA_DEFERRED 0 leaves out.
 */
#ifndef MICA_CORE_HEARTBEAT_H
#define MICA_CORE_HEARTBEAT_H

#include "atomic.h"
#include "geometry.h"

#define HEARTBEAT_DIVERTS (MICA_DEFERRED && LAYOUT_IS_TABLE)
#define HEARTBEAT_COUNTS (MICA_DEFERRED && !LAYOUT_IS_TABLE)
#define HEARTBEAT_FREES 64u	/* own frees after which a list goes */
#define HEARTBEAT_MALLOCS 64u	/* counted: mallocs from beat to beat */

#if MICA_DEFERRED
#define HEARTBEAT_FIELDS \
	uintptr_t in_hook;		/* 1: the hook runs here */ \
	uint32_t since_beat;		/* own frees, or mallocs */
#else
#define HEARTBEAT_FIELDS
#endif

enum heartbeat {
	HEARTBEAT_TRIP,		/* a trip of malloc: perhaps it is time */
	HEARTBEAT_NOW,
	HEARTBEAT_FORCE,	/* memory is short, or the program wants it */
};

extern void (*mica_heartbeat)(enum heartbeat why) __internal;

static inline bool heartbeat_is_on(void)
{
	return MICA_DEFERRED && load_relaxed(&mica_heartbeat);
}

/* Outside guard and locks. */
static __always_inline void heartbeat(enum heartbeat why)
{
	void (*beat)(enum heartbeat);

	if (!MICA_DEFERRED)
		return;
	beat = load_acquire(&mica_heartbeat);
	if (unlikely(beat))
		beat(why);
}

#endif
