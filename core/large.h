/* SPDX-License-Identifier: MIT */
/*
 * Blocks that are runs, and huge blocks that have a region of their own.
 *
 * They have no owner: any context frees or resizes them through their
 * region's lock, and free never waits for it. On the tag layout, small
 * requests of rare classes are such blocks too.
 */
#ifndef MICA_CORE_LARGE_H
#define MICA_CORE_LARGE_H

#include "heap.h"
#include "space.h"

#if MICA_HEAPS
#define LARGE_HEAP_FIELD struct mica_heap *heap;
#else
#define LARGE_HEAP_FIELD
#endif

/* Runs of a region are smaller: its head takes no more than four slices. */
#define RUN_LIMIT MIN_OF((REGION_SLICES_MAX - 4) * SLICE_BYTES, RUN_BYTES_MAX)

/* Over this no memory helps: a region's tags, or a pointer, say no more. */
#define REQUEST_LIMIT \
	(LAYOUT_IS_TABLE ? SIZE_LIMIT : MIN_OF(REGION_BYTES_MAX, RUN_BYTES_MAX))

/**
 * struct large_want - a block that is looked for
 * @size: bytes, at most SIZE_LIMIT
 * @align: a power of two, at most ALIGN_LIMIT; (block + @offset) is a
 *	multiple of it
 * @offset: bytes
 */
struct large_want {
	size_t size;
	size_t align;
	size_t offset;
};

struct large_block {
	void *block;	/* NULL: none */
	bool zero;	/* known to read as zero */
};

/* Huge blocks alive: their regions' bytes and their number. */
extern uintptr_t mica_huge_bytes __internal, mica_huge_blocks __internal;

/**
 * struct large_plan - the run for a block, worked out before the guard
 * @run: what is looked for
 * @lead: bytes from the run's start to the block
 */
struct large_plan {
	struct run_want run;
	size_t lead;
	LARGE_HEAP_FIELD
};

/* Return: false, no run of a region can be that block. */
bool large_plan(const struct large_want *want,
		struct large_plan *plan) __internal;

/* Inside the guard; no region is reserved. */
enum space_result large_take(const struct large_plan *plan,
			     struct large_block *got) __internal;

/* The same from this region only. */
enum space_result large_take_in(struct region *only,
				const struct large_plan *plan,
				struct large_block *got) __internal;

/* Outside the guard: reserves a region if need be. */
struct large_block large_alloc(const struct large_want *want) __internal;

/*
 * What a caller does outside the guard when space_take() had @result for
 * @bytes: wait a moment, or reserve. Return: try again?
 */
bool space_retry(enum space_result result, size_t bytes,
		 unsigned int *spins) __internal;
/* The same for @heap, NULL: the main one. */
bool space_retry_for(struct mica_heap *heap, enum space_result result,
		     size_t bytes, unsigned int *spins) __internal;

/* Inside the guard. */
void large_free(struct region *region, slice_t i) __internal;
bool large_resize(struct region *region, slice_t i, size_t size) __internal;

/* Above the guard, in the middle of an operation: others give it back. */
void large_defer(struct region *region, slice_t i) __internal;

size_t large_usable(struct region *region, slice_t i) __internal;

/* A huge block: its region's release is a provider call. */
static inline bool region_is_huge(const struct region *region)
{
	return LAYOUT_IS_TABLE && runs_size(&region->runs) == 2;
}

#endif
