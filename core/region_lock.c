// SPDX-License-Identifier: MIT
/* The locks of regions, and runs freed meanwhile; region.h has the theory. */
#include "region.h"

#if !CONTEXT_IS_SOLO

#if MICA_CONTEXT == MICA_CONTEXT_THREAD

static uintptr_t fork_holder;	/* where the forking thread keeps its part */

bool fork_is_mine(void)
{
	return unlikely(load_relaxed(&fork_holder)) &&
	       load_relaxed(&fork_holder) == (uintptr_t)mica_port_part();
}

void fork_hold(bool on)
{
	store_relaxed(&fork_holder, on ? (uintptr_t)mica_port_part() : 0);
}

#endif

static uintptr_t list_lock;

void regions_lock(void)
{
	unsigned int spins = 0;

	while (REGION_LOCKS && !fork_is_mine() && atomic_xchg(&list_lock, 1))
		mica_port_relax(spins++);
}

void regions_unlock(void)
{
	if (REGION_LOCKS && !fork_is_mine())
		store_seq(&list_lock, 0);
}

bool region_try_lock(struct region *region)
{
	if (!REGION_LOCKS || fork_is_mine())
		return true;
	/* Ordered after a push on the remote list: see the leaver's look. */
	if (!load_seq(&region->lock) && !atomic_xchg(&region->lock, 1))
		return true;
	count_all(locks_busy, 1);
	return false;
}

void region_unlock(struct region *region)
{
	if (REGION_LOCKS && !fork_is_mine())
		store_seq(&region->lock, 0);
}

void region_defer(struct region *region, slice_t i)
{
	uintptr_t head = load_relaxed(&region->remote);

	run_set_kind(&region->runs, i, RUN_DEFERRED);
	do {
		*run_link_next(&region->runs, i) = (uint32_t)head;
	} while (!atomic_cas(&region->remote, &head, i));
	count_all(runs_deferred, 1);
}

slice_t region_next_deferred(struct region *region)
{
	slice_t i = (slice_t)load_relaxed(&region->draining);

	if (!i && load_relaxed(&region->remote))
		i = (slice_t)atomic_xchg(&region->remote, 0);
	if (i)
		store_relaxed(&region->draining,
			      *run_link_next(&region->runs, i));
	return i;
}

#endif
