/* SPDX-License-Identifier: MIT */
/* The statistics: one struct, filled by mica_stats(). */
#ifndef MICA_STATS_H
#define MICA_STATS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Every mechanism of the core has one counter here, so that a test can
 * assert that it happened. X(name, what it counts)
 */
#define MICA_COUNTERS(X)						\
	X(pages_opened, "pages cut from a run")				\
	X(pages_retired, "empty pages given back to their region")	\
	X(pages_queued, "full pages that got a block back")		\
	X(refills, "free lists taken by the slow path of malloc")	\
	X(carves, "batches of fresh blocks carved")			\
	X(remote_frees, "blocks taken back that another context freed")	\
	X(remote_takes, "remote lists taken by an owner")		\
	X(pages_listed, "full pages listed by a remote free")		\
	X(pages_abandoned, "pages abandoned at the end of a context")	\
	X(pages_claimed, "abandoned pages claimed")			\
	X(contexts_begun, "contexts begun")				\
	X(contexts_ended, "contexts ended")				\
	X(heaps_created, "heaps made")					\
	X(heaps_deleted, "heaps deleted, whose blocks live on")		\
	X(heaps_destroyed, "heaps destroyed with their blocks")		\
	X(runs_allocated, "runs handed out")				\
	X(runs_freed, "runs given back")				\
	X(runs_split, "runs split")					\
	X(runs_merged, "merges with a free neighbour")			\
	X(runs_deferred, "runs pushed on a busy region's remote list")	\
	X(locks_busy, "tries of a region's lock that found it busy")	\
	X(singles, "small blocks served by a run of their own")		\
	X(fallbacks, "requests served by a bigger class")		\
	X(grown_in_place, "reallocations that grew where they were")	\
	X(shrunk_in_place, "reallocations that shrank where they were")	\
	X(moved, "reallocations that copied")				\
	X(zero_known, "cleared blocks that were known to be zero")	\
	X(regions_reserved, "regions got from a provider")		\
	X(regions_released, "regions given back to a provider")		\
	X(huge_allocated, "blocks in a region of their own")		\
	X(purges, "calls to a provider's decommit")			\
	X(purged_bytes, "bytes decommitted")				\
	X(committed_bytes, "bytes committed after a purge or afresh")	\
	X(provider_failures, "provider calls that failed")		\
	X(failures, "requests that returned NULL")

struct mica_stats {
	size_t live_bytes;	/* usable bytes of live blocks */
	size_t live_blocks;	/* live blocks */
	size_t peak_bytes;	/* highest bytes ever in pages and runs in use */
	size_t used_bytes;	/* bytes in pages and runs in use now */
	size_t committed;	/* bytes committed */
	size_t reserved;	/* bytes of all regions */
	size_t largest_free;	/* usable bytes of the largest free run */
	size_t regions;		/* regions that exist */
	size_t pages;		/* pages that exist, of all contexts */
#define X(name, what) uint64_t name;
	MICA_COUNTERS(X)
#undef X
};

#endif
