/* SPDX-License-Identifier: MIT */
/*
 * The lock of a region, and the list of runs freed while it was held; region.h,
 * which includes this, has the theory. One core has no use for either.
 */
#ifndef MICA_CORE_REGION_LOCK_H
#define MICA_CORE_REGION_LOCK_H

/*
 * Between mica_fork_prepare() and its end one thread holds every lock, and
 * may allocate all the same: for it, each try succeeds.
 */
#if MICA_CONTEXT == MICA_CONTEXT_THREAD

bool fork_is_mine(void) __internal;
void fork_hold(bool on) __internal;

#else

static inline bool fork_is_mine(void)
{
	return false;
}

static inline void fork_hold(bool on)
{
	(void)on;
}

#endif

#if CONTEXT_IS_SOLO

static inline size_t region_index(const struct region *region)
{
	(void)region;
	return 0;
}

static inline void regions_lock(void)
{
}

static inline void regions_unlock(void)
{
}

static inline bool region_try_lock(struct region *region)
{
	(void)region;
	return true;
}

static inline void region_unlock(struct region *region)
{
	(void)region;
}

static inline void region_defer(struct region *region, slice_t i)
{
	(void)region, (void)i;
}

static inline slice_t region_next_deferred(struct region *region)
{
	(void)region;
	return 0;
}

static inline bool region_has_deferred(const struct region *region)
{
	(void)region;
	return false;
}

#else

static inline size_t region_index(const struct region *region)
{
	return region->number;
}

/* No region appears while the list is held. May wait. */
void regions_lock(void) __internal;
void regions_unlock(void) __internal;

bool region_try_lock(struct region *region) __internal;
void region_unlock(struct region *region) __internal;

/* Push run @i, which is in use, on the remote list. */
void region_defer(struct region *region, slice_t i) __internal;

/* The next of the remote runs, or 0. Lock held; one exchange at most. */
slice_t region_next_deferred(struct region *region) __internal;

static inline bool region_has_deferred(const struct region *region)
{
	return load_seq(&region->remote) | load_relaxed(&region->draining);
}

#endif

#endif
