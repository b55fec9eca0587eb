/* SPDX-License-Identifier: MIT */
/*
 * How full it is: figures that are kept, not found by a walk. Any of these
 * calls is short enough for a task with deadlines, and for interrupt handlers
 * at or below the guard's priority. mica.h includes this header.
 *
 * Bytes in use are those of pages and of runs that are blocks, bounds and
 * page headers in it: a page counts whole, however many of its blocks live. What
 * lives inside pages is not counted, as malloc and free would have to count it
 * on their shortest ways; it is known by bounds here, and exactly by mica_stats().
 *
 * MICA_STATS says what is kept. 0: on the tag layout nothing, and what
 * needs it is 0; on the table layout bytes in use and their peak. 1 and 2: all.
 */
#ifndef MICA_USAGE_H
#define MICA_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/mica.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mica_used() - bytes in pages and runs in use
 *
 * Context: any. Cost: constant, without the guard.
 * Return: bytes; 0 where they are not kept (MICA_STATS 0, tag layout).
 */
MICA_API size_t mica_used(void);

/**
 * mica_peak() - the most that mica_used() ever was
 *
 * Context: any. Cost: constant, without the guard.
 * Return: bytes, at least mica_used(); 0 where they are not kept.
 */
MICA_API size_t mica_peak(void);

/**
 * mica_peak_reset() - let the peak begin again, at what is in use now
 *
 * On the table layout, what is committed beyond the peak and a share is
 * purged early: it may go sooner for a while. Of what others take in this
 * very moment the peak may miss what is given back at once.
 *
 * Context: any. Cost: constant; one core: inside the guard.
 */
MICA_API void mica_peak_reset(void);

/**
 * struct mica_usage - how full it is; all in bytes, but for counts
 * @used: in pages and runs in use, as mica_used() says
 * @peak: the most that it ever was, or since mica_peak_reset()
 * @reserved: of all regions as they were handed over, heads in it
 * @head: of @reserved, what serves no block: heads and what alignment cuts off
 * @committed: of @reserved, what the provider has been asked to have there
 * @free: of @reserved, neither head nor in use; seldom in one piece. Banks that
 *	sleep are in it, though not in @committed
 * @largest_free: usable by one block in the free run that is tried first for
 *	the largest of requests: the largest, but for one less than a quarter
 *	(table layout: an eighth) larger on the same list; 0: there is none. Banks that sleep do not
 *	count
 * @regions: how many there are
 * @pages: pages in use, a count
 * @blocks: blocks that are runs of their own, a count: all large ones, and
 *	small ones whose class is rare
 * @block_bytes: of @used, in these
 * @live_least, @live_most: between these lie the usable bytes of all live
 *	blocks. On one core a page has at least one live block, elsewhere it
 *	may have none. A block at an offset counts from its run's start; one
 *	freed above the guard counts until it has been taken
 */
struct mica_usage {
	size_t used;
	size_t peak;
	size_t reserved;
	size_t head;
	size_t committed;
	size_t free;
	size_t largest_free;
	size_t regions;
	size_t pages;
	size_t blocks;
	size_t block_bytes;
	size_t live_least;
	size_t live_most;
};

/**
 * mica_usage() - how full it is
 * @usage: filled in
 *
 * While others allocate, each figure is that of some recent moment. Without,
 * @used, @peak, @reserved, @committed, @largest_free, @regions and @pages are
 * what mica_stats() says.
 *
 * Context: any but above the guard. A busy region is waited for, outside the
 * guard.
 * Cost: regions, one guarded section of constant length for each, and size
 * classes, without the guard.
 * Return: false, and nothing is filled in: @usage is NULL, or this is an
 * interrupt above the guard in the middle of an operation.
 */
MICA_API bool mica_usage(struct mica_usage *usage);

/**
 * struct mica_usage_class - one class of small blocks
 * @block_bytes: usable bytes of each block of it
 * @pages: that are open for it, in all contexts; a count
 * @blocks: runs of their own that are of the size that a single block of the
 *	class takes; a count. Tag layout, and of classes up to eight granules;
 *	elsewhere 0. Several contexts: may be off by a few
 */
struct mica_usage_class {
	size_t block_bytes;
	size_t pages;
	size_t blocks;
};

/**
 * mica_usage_class() - what one size class has
 * @index: 0, 1 ... from the smallest class on
 * @usage: filled in
 *
 * Context: any. Cost: constant, without the guard.
 * Return: false, and nothing is filled in: there is no such class, or @usage
 * is NULL.
 */
MICA_API bool mica_usage_class(size_t index, struct mica_usage_class *usage);

#ifdef __cplusplus
}
#endif
#endif
