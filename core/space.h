/* SPDX-License-Identifier: MIT */
/*
 * Space: runs from whichever region has them.
 *
 * Looks at REGION_SCAN regions at most, beginning where the last run was
 * found; a region that is busy is passed over and reported, so that the
 * caller tries again rather than fails or reserves.
 *
 * Bytes in use and their peak are kept here, where every run passes.
 */
#ifndef MICA_CORE_SPACE_H
#define MICA_CORE_SPACE_H

#include "region.h"

enum space_result {
	SPACE_OK,
	SPACE_BUSY,	/* a region was busy: try again */
	SPACE_NONE,	/* no region has such a run */
	SPACE_REFUSED,	/* the provider would not commit it */
	SPACE_QUOTA,	/* a heap's quota does not allow it */
};

struct space_run {
	struct region *region;
	slice_t i;
	bool zero;	/* known to read as zero */
};

/* Context: inside the guard, without any lock. */
enum space_result space_take(const struct run_want *want,
			     struct space_run *run) __internal;
/* The same from this region only. */
enum space_result space_take_in(struct region *region,
				const struct run_want *want,
				struct space_run *run) __internal;
/* Under its lock: a run of @slices in use is free again. */
void space_give_locked(struct region *region, slice_t i) __internal;
/* Never waits: a run of a busy region goes on its remote list. */
void space_give(struct region *region, slice_t i) __internal;
/* The same for a held run. @dirty: some of it is still committed. */
void space_return(struct region *region, slice_t i, bool dirty) __internal;
/* Grow or shrink where it lies. Return: false, unchanged. */
bool space_resize(struct region *region, slice_t i,
		  slice_t slices) __internal;

/* The next run is looked for in the region of this number first. */
void space_prefer(size_t number) __internal;

/* Enter and leave a region, draining DRAIN_BUDGET remote runs each way. */
bool space_enter_shared(struct region *region) __internal;
void space_leave_shared(struct region *region) __internal;

/*
 * Give back at most @budget remote runs, inside the guard. Return: how many;
 * none if the region is busy, as whoever has it will.
 */
unsigned int space_drain(struct region *region, unsigned int budget) __internal;

static inline bool space_enter(struct region *region)
{
	return CONTEXT_IS_SOLO || space_enter_shared(region);
}

static inline void space_leave(struct region *region)
{
	if (!CONTEXT_IS_SOLO)
		space_leave_shared(region);
}

/* Hosts bound by them what stays committed: see purge.h. */
#define SPACE_ACCOUNTS (MICA_STATS || LAYOUT_PURGES)

extern uintptr_t mica_used_bytes __internal, mica_peak_bytes __internal;

/* Account @bytes more (or, if negative, less) in use. */
void space_account_shared(ptrdiff_t bytes) __internal;

static inline void space_account(ptrdiff_t bytes)
{
	if (!SPACE_ACCOUNTS)
		return;
	if (!CONTEXT_IS_SOLO) {
		space_account_shared(bytes);
		return;
	}
	mica_used_bytes += (uintptr_t)bytes;
	if (bytes > 0 && mica_used_bytes > mica_peak_bytes)
		mica_peak_bytes = mica_used_bytes;
}

/* The purge generation that runs freed now wait from: see purge.h. */
extern uintptr_t mica_purge_generation __internal;

/* Mark slices committed or not. Return: how many changed. */
slice_t space_mark(struct runs *r, slice_t i, slice_t n, bool on) __internal;

/*
 * Bytes committed in all regions but those of huge blocks; and how many they
 * were when memory last grew. A little growth lowers the top by a little, by
 * SPACE_TOP_FALLS times as much: what is purged because of a top that is long
 * past, and then committed again, comes to no more than that part of it.
 */
#define SPACE_TOP_FALLS 32u

extern uintptr_t mica_committed_bytes __internal;
extern uintptr_t mica_committed_top __internal;

/* Of these, what was committed with its region, whether it was used or not. */
extern uintptr_t mica_eager_bytes __internal;

#endif
