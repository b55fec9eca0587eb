/* SPDX-License-Identifier: MIT */
/*
 * Banks: the inside of free runs, decommitted; tag layout.
 *
 * Links and bounds of a free run lie in it, so what is to be decommitted
 * first becomes a *held run*: in use, but no block. It covers whole granules
 * of the provider and begins a few words before the first of them, where its
 * tag and its links lie; what of the free run is left at either end is free
 * as before. The first granule of a region holds its head and is never in
 * one. Behind the last there is the tag that ends the region: nobody reads
 * it while the run before it is held, and it is written again afterwards.
 *
 *	tag links |  bank  |  bank  | tag of the next run
 *	          ^ decommitted     ^
 *
 * Held runs are on one ring. One that a callback is at work on is on no
 * ring, and so nobody else's; its bytes are counted in `moving`. To wake is
 * to commit as many granules at the front as are wanted, to make the rest a
 * held run of its own, whose links lie in what was committed, and to give
 * the front back to the free runs.
 *
 * Order of locks: guard, region, ring (which is the list of regions' lock).
 * A callback is called without any.
 */
#ifndef MICA_CORE_BANK_H
#define MICA_CORE_BANK_H

#include "space.h"

/**
 * struct bank_ops - what the rest of the core asks of banks
 * @wake: outside the guard: wake banks for a run of @bytes and more, in
 *	region @only (NULL: in any). Return: is it worth trying again?
 * @sleep: outside the guard: at most @budget provider calls
 * @forget: inside the guard, @region's lock held: if all that is not free
 *	sleeps, take it off the ring. Return: did it?
 * @recall: outside the guard: the opposite; nobody else has @region
 * @asleep: bytes decommitted, of all regions
 * @check: do @held slices that a walk found agree with the ring? Return: the
 *	number of the invariant that is broken, or 0
 */
struct bank_ops {
	bool (*wake)(size_t bytes, const struct region *only);
	size_t (*sleep)(unsigned int budget);
	bool (*forget)(struct region *region);
	void (*recall)(struct region *region);
	size_t (*asleep)(void);
	int (*check)(size_t held);
};

static inline const struct bank_ops *banks_attached(void)
{
	return LAYOUT_IS_TABLE ? NULL : load_acquire(&mica_banks);
}

static inline bool banks_wake(size_t bytes, const struct region *only)
{
	const struct bank_ops *banks = banks_attached();

	return banks && banks->wake(bytes, only);
}

#endif
