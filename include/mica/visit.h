/* SPDX-License-Identifier: MIT */
/*
 * Visiting: every area and every block that lives, a bounded part at a time.
 *
 * A visit is a cursor of the caller's: {0} begins, each call goes on from where
 * the last one ended, and anybody may allocate and free in between.
 *
 * Promised whatever others do meanwhile:
 * - no block is visited twice, unless it was freed and another one began at an
 *   address not visited yet: addresses only grow within a region, and regions go
 *   by their number, huge blocks' by address behind all others;
 * - a block that lives from the visit's begin to its end and is not moved is
 *   visited, but for what `settled` says below;
 * - each block visited did live, at some moment during the call that reports
 *   it. It may be gone when the callback hears of it, so its content is the
 *   caller's business; the callback runs outside guard and locks and may
 *   allocate and free.
 * With several contexts, pages that another one is using are looked at without
 * its help: area->settled is false, and if it took or freed blocks of that
 * page during that look, some may be missing or already free. Exact are pages
 * of the caller's own, abandoned ones, those of a core that is alone, and all
 * of them while nobody else allocates.
 *
 * Blocks freed by others that their owner has not taken yet count as free.
 * Those that an interrupt above the guard freed in the middle of an operation,
 * and runs freed while their region was busy (tag layout), live until they were
 * taken: mica_collect(false) takes them. On a Cortex-M3 it takes
 * 850 bytes of flash; a firmware that calls none of this has none of it. mica.h
 * includes this header.
 */
#ifndef MICA_VISIT_H
#define MICA_VISIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/mica.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct mica_visit - where a visit is; {0}: at the beginning
 * @region: number of the region it is in
 * @address: what lies before was visited
 */
struct mica_visit {
	size_t region;
	uintptr_t address;
};

/**
 * struct mica_area - where blocks of one size lie
 * @start: the first block
 * @bytes: from there, for blocks
 * @block_bytes: usable bytes of each block
 * @blocks: that were ever handed out; 1 if the area is one block
 * @used: of these, live
 * @is_page: a page of a size class; or a run that is one block
 * @is_abandoned: the context that owned it has ended
 * @settled: what is said of its blocks is exact: see above
 * @heap: whose they are; there is none in a build with MICA_HEAPS 0
 */
struct mica_area {
	void *start;
	size_t bytes;
	size_t block_bytes;
	size_t blocks;
	size_t used;
	bool is_page;
	bool is_abandoned;
	bool settled;
#if MICA_HEAPS
	const struct mica_heap *heap;
#endif
};

struct mica_region;

/* What a step of a visit returns, or enum mica_error. */
enum mica_visit_step {
	MICA_VISIT_DONE,	/* all was visited */
	MICA_VISIT_MORE,	/* the budget is used up: call again */
	MICA_VISIT_STOPPED,	/* the callback said so; calling again goes on */
};

/**
 * mica_visit_areas() - go on over all areas
 * @cursor: {0} at first
 * @budget: areas to visit at most, 1 and more
 * @visit: gets @context and an area; false: stop behind it
 * @context: handed to @visit
 *
 * Context: tasks and threads that may wait, not interrupt handlers.
 * Cost: for each area, and for each 4 (table layout: 64) places where none
 * begins, one guarded section: the free blocks of a page, in number at most
 * those of one, or a step over a run. Tag layout: to find the place again
 * where an area was left, the runs between it and the last page before are
 * stepped over, in the same section; with no page there, from the region's
 * begin. Table layout: huge blocks are found by a look at the whole map of
 * units, 4096 for each one of @budget.
 * Return: enum mica_visit_step; MICA_ERROR_INVALID and nothing visited: NULL
 * for @cursor or @visit, or no @budget.
 */
MICA_API int mica_visit_areas(struct mica_visit *cursor, unsigned int budget,
			      bool (*visit)(void *context,
					    const struct mica_area *area),
			      void *context);

/**
 * mica_visit_blocks() - go on over all live blocks
 * @cursor: {0} at first
 * @budget: blocks to visit at most, 1 and more
 * @visit: gets @context, the area, and a block of area->block_bytes in it;
 *	false: stop behind it
 * @context: handed to @visit
 *
 * A page is looked at afresh by each call that begins in it. A cursor serves
 * one kind of visit; on the stack lies a bit for each block of a page (512
 * bytes on hosts).
 *
 * Context, cost: as mica_visit_areas().
 * Return: as mica_visit_areas().
 */
MICA_API int mica_visit_blocks(struct mica_visit *cursor, unsigned int budget,
			       bool (*visit)(void *context,
					     const struct mica_area *area,
					     void *block),
			       void *context);

/**
 * mica_visit_regions() - go on over all regions, those of huge blocks too
 * @cursor: {0} at first
 * @budget: regions to visit at most, 1 and more
 * @visit: gets @context and what mica_region_get() tells, of a huge block's
 *	region the block alone; false: stop
 * @context: handed to @visit
 *
 * Context, cost: as mica_visit_areas(), for regions.
 * Return: as mica_visit_areas().
 */
MICA_API int mica_visit_regions(struct mica_visit *cursor, unsigned int budget,
				bool (*visit)(void *context,
					      const struct mica_region *region),
				void *context);

#ifdef __cplusplus
}
#endif
#endif
