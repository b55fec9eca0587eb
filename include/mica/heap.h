/* SPDX-License-Identifier: MIT */
/*
 * First-class heaps: sets of blocks that are accounted, bounded and dropped
 * together.
 *
 * A heap's memory is pages and runs of its own. Any thread allocates from it,
 * any thread frees its blocks by mica_free(), and mica_heap_destroy() frees all
 * of them at once. What is no heap's in particular is the main heap's.
 *
 * A build with MICA_HEAPS 0, the default of boards, has none of this. mica.h
 * includes this header.
 *
 * Errors: a heap that is NULL, was deleted or destroyed, or is none at all is
 * refused: NULL from what allocates, MICA_ERROR_INVALID from what does
 * something, false, 0 or NULL from what asks. Nothing has changed then. (The
 * place of a deleted heap serves a new one as late as possible, so that a stale
 * pointer is seen for as long.)
 *
 * Lifetime: every other call on a heap, and every use of its blocks, happens
 * before its destroy; every other call on a heap happens before its delete. A
 * thread, or core, that used the heap may end at the same moment.
 */
#ifndef MICA_HEAP_H
#define MICA_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/mica.h>
#include <mica/provider.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mica_heap;
struct mica_part;

/* What a heap may be asked to be, of struct mica_heap_setup. */
enum mica_heap_flags {
	/*
	 * Its memory is regions of its own: nobody else's blocks lie there,
	 * and it takes none from others' regions.
	 */
	MICA_HEAP_SEPARATE = 1u << 0,
	MICA_HEAP_FLAGS = (1u << 1) - 1,
};

/**
 * struct mica_heap_setup - what a new heap is to be; all zero is a plain one
 * @name: for reports; kept, not copied. NULL: it has none
 * @parent: whose use and quotas count this heap's use, too; NULL: nobody's. It
 *	cannot be deleted or destroyed before this one
 * @soft_quota: bytes in pages and runs, its children's too, over which it is
 *	collected and one warning is written; 0: no bound
 * @hard_quota: bytes that it never exceeds; 0: no bound
 * @require: enum mica_attribute that all its memory has
 * @prefer: enum mica_attribute that its memory has if there is any
 * @provider: all its memory is regions of this provider, which need not be
 *	registered; NULL: whoever's
 * @region: all its memory is of the region whose span begins here, as
 *	mica_region_get() tells; NULL: any
 * @flags: enum mica_heap_flags
 * @harden: level of hardening, 1 to MICA_HARDEN of the build; 0: that. See
 *	docs/hardening.md for what a heap can do without
 *
 * Where a heap is bound to a kind of memory, a provider, a region or regions of
 * its own, each page and run that it takes costs a look at every region, and at
 * every provider before it fails, for each number of preferred attributes; and
 * to collect before a hard quota refuses costs a look at every heap that counts
 * there.
 */
struct mica_heap_setup {
	const char *name;
	struct mica_heap *parent;
	size_t soft_quota;
	size_t hard_quota;
	uint32_t require;
	uint32_t prefer;
	const struct mica_provider *provider;
	void *region;
	uint32_t flags;
	uint32_t harden;
};

/* ---- heaps ------------------------------------------------------------ */

/**
 * mica_heap_new() - make a heap
 * @setup: NULL, or what it is to be
 *
 * Context: as mica_malloc(). Cost: places that are taken; with a region, regions.
 * Return: the heap, which has no memory yet; NULL, if there are MICA_HEAPS
 * already, its parents would be more than MICA_HEAP_DEPTH, or @setup makes no
 * sense: unknown bits, a parent that is none, a soft quota over the hard one,
 * no such region, a provider without reserve(), a level that the build has not.
 */
MICA_API struct mica_heap *mica_heap_new(const struct mica_heap_setup *setup);

/**
 * mica_heap_delete() - let go of a heap; its blocks live on
 * @heap: not the main heap; nobody's parent
 *
 * Its blocks are the main heap's from now on, and may be in use, or being
 * freed, meanwhile. Where it is the caller's current heap the main one is from
 * now on. What other contexts keep of it comes back when these next take a slow
 * path, collect or end.
 *
 * Context: tasks and threads that may wait, not interrupt handlers. Several cores
 * on the tag layout: it is no other core's current heap.
 * Cost: pages and runs of all regions; guard and locks are left after every few.
 * Return: 0; MICA_ERROR_INVALID; MICA_ERROR_BUSY: it is a parent.
 */
MICA_API int mica_heap_delete(struct mica_heap *heap);

/**
 * mica_heap_destroy() - free all blocks of a heap, and the heap
 * @heap: as for mica_heap_delete()
 *
 * Blocks are not looked at: the cost is that of pages and runs. The memory goes
 * back to the regions it came from.
 *
 * Context: as mica_heap_delete().
 * Cost: as mica_heap_delete(); table layout: if it has huge blocks, a look at
 * the map of units as well.
 * Return: as mica_heap_delete().
 */
MICA_API int mica_heap_destroy(struct mica_heap *heap);

/**
 * mica_heap_collect() - give back what a heap keeps for later
 * @heap: any
 * @force: also purge, as mica_collect() does
 *
 * Empty pages of the calling context, and of contexts that have ended.
 *
 * Context: tasks and threads that may wait, not interrupt handlers.
 * Cost: pages of these contexts in the heap.
 * Return: 0, or MICA_ERROR_INVALID.
 */
MICA_API int mica_heap_collect(struct mica_heap *heap, bool force);

/** mica_heap_main() - the heap of all blocks that are no other's */
MICA_API struct mica_heap *mica_heap_main(void);

/**
 * mica_heap_current() - the heap that mica_malloc() and its kin take from
 *
 * Context: any task. Cost: constant.
 * Return: the main heap, unless this context said otherwise.
 */
MICA_API struct mica_heap *mica_heap_current(void);

/**
 * mica_heap_set_current() - have mica_malloc() and its kin take from a heap
 * @heap: any
 *
 * Of the calling context alone: a thread, or a core, where the scheduler keeps
 * one for each task by calling this when it switches: it must, where tasks that
 * preempt each other use heaps at all, since mica_heap_malloc() and its kin change
 * the same word for as long as they run. An interrupt handler that allocates
 * takes from the heap of the task it interrupts, or names one.
 *
 * Context: any task. Cost: constant; as mica_heap_part() for the first time.
 * Return: the heap that was current; NULL, and it still is, if @heap is none, or
 * this context has no memory for its part of it.
 */
MICA_API struct mica_heap *mica_heap_set_current(struct mica_heap *heap);

/* ---- what a heap is, and has ---------------------------------------------- */

/**
 * mica_heap_of() - the heap that a block belongs to
 * @p: a live block
 *
 * Context: as mica_malloc(). Cost: constant.
 * Return: its heap; NULL, if no block begins at @p as far as can be seen.
 */
MICA_API struct mica_heap *mica_heap_of(const void *p);

/** mica_heap_contains() - is @p a live block of @heap? As mica_heap_of() */
MICA_API bool mica_heap_contains(const struct mica_heap *heap, const void *p);

/** mica_heap_next() - the heaps there are: NULL gives the main one, the last NULL */
MICA_API struct mica_heap *mica_heap_next(const struct mica_heap *heap);

/**
 * struct mica_heap_usage - what a heap uses; kept all the time
 * @name: as it was set up; "main"
 * @parent: or NULL
 * @used_bytes: in its pages and runs
 * @total_bytes: these, and those of its children
 * @peak_bytes: the most that @total_bytes ever was. Of the main heap the last
 *	two are those of all memory
 * @soft_quota, @hard_quota: 0: no bound
 */
struct mica_heap_usage {
	const char *name;
	struct mica_heap *parent;
	size_t used_bytes;
	size_t total_bytes;
	size_t peak_bytes;
	size_t soft_quota;
	size_t hard_quota;
};

/**
 * mica_heap_usage() - a heap's use, at once
 * @heap: any
 * @usage: filled in
 *
 * Context: as mica_malloc(). Cost: constant; of the main heap, heaps.
 * Return: 0, or MICA_ERROR_INVALID.
 */
MICA_API int mica_heap_usage(const struct mica_heap *heap,
			     struct mica_heap_usage *usage);

/**
 * struct mica_heap_stats - what a walk finds of a heap
 * @pages: that it has
 * @runs: blocks that are runs
 * @live_blocks: of these and in its pages; their usable bytes in @live_bytes
 * @abandoned_pages: of @pages, those that no context owns
 */
struct mica_heap_stats {
	size_t pages;
	size_t runs;
	size_t live_blocks;
	size_t live_bytes;
	size_t abandoned_pages;
};

/**
 * mica_heap_stats() - count a heap's blocks
 * @heap: any
 * @stats: filled in
 *
 * Context, cost: a visit of all areas: see visit.h.
 * Return: 0, or MICA_ERROR_INVALID.
 */
MICA_API int mica_heap_stats(const struct mica_heap *heap,
			     struct mica_heap_stats *stats);

/**
 * mica_heap_set_quota() - bound a heap, or its bounds off
 * @heap: not the main heap
 * @soft: bytes, as struct mica_heap_setup says; 0: no bound
 * @hard: bytes; 0: no bound. Less than it uses already: it gets no more until
 *	it uses less
 *
 * Over the soft quota the heap is collected, and one warning written; once it
 * is under it again there will be another. Over the hard one, of its own or of
 * a parent, a request that needs a page or a run collects the heap, then
 * returns NULL; mica_failure_reason() says MICA_REASON_QUOTA of one that
 * the current heap would refuse.
 *
 * Context: any task. Cost: constant.
 * Return: 0; MICA_ERROR_INVALID: no such heap, the main one, or a soft quota over
 * the hard one.
 */
MICA_API int mica_heap_set_quota(struct mica_heap *heap, size_t soft,
				 size_t hard);

/* ---- blocks: as the functions of mica.h without `heap` in their names ------ */

/*
 * Context, cost and errors are theirs as well. A block that realloc moves is
 * one of @heap afterwards; one that stays where it is stays its heap's.
 */

MICA_API MICA_MALLOC_LIKE
void *mica_heap_malloc(struct mica_heap *heap, size_t size);
MICA_API MICA_MALLOC_LIKE
void *mica_heap_zalloc(struct mica_heap *heap, size_t size);
MICA_API MICA_MALLOC_LIKE
void *mica_heap_calloc(struct mica_heap *heap, size_t count, size_t size);
MICA_API MICA_MALLOC_LIKE
void *mica_heap_mallocn(struct mica_heap *heap, size_t count, size_t size);
MICA_API __attribute__((warn_unused_result))
void *mica_heap_realloc(struct mica_heap *heap, void *p, size_t size);
MICA_API __attribute__((warn_unused_result))
void *mica_heap_reallocn(struct mica_heap *heap, void *p, size_t count,
			 size_t size);
MICA_API __attribute__((warn_unused_result))
void *mica_heap_reallocf(struct mica_heap *heap, void *p, size_t size);
MICA_API MICA_MALLOC_LIKE
void *mica_heap_malloc_aligned(struct mica_heap *heap, size_t size,
			       size_t align);
MICA_API MICA_MALLOC_LIKE
void *mica_heap_malloc_aligned_at(struct mica_heap *heap, size_t size,
				  size_t align, size_t offset);
MICA_API MICA_MALLOC_LIKE
void *mica_heap_zalloc_aligned(struct mica_heap *heap, size_t size,
			       size_t align);
MICA_API MICA_MALLOC_LIKE
void *mica_heap_zalloc_aligned_at(struct mica_heap *heap, size_t size,
				  size_t align, size_t offset);
MICA_API MICA_MALLOC_LIKE
void *mica_heap_calloc_aligned(struct mica_heap *heap, size_t count,
			       size_t size, size_t align);
MICA_API MICA_MALLOC_LIKE
void *mica_heap_calloc_aligned_at(struct mica_heap *heap, size_t count,
				  size_t size, size_t align, size_t offset);
MICA_API __attribute__((warn_unused_result))
void *mica_heap_realloc_aligned(struct mica_heap *heap, void *p, size_t size,
				size_t align);
MICA_API __attribute__((warn_unused_result))
void *mica_heap_realloc_aligned_at(struct mica_heap *heap, void *p,
				   size_t size, size_t align, size_t offset);

/* ---- a context's part of a heap ------------------------------------------- */

/**
 * mica_heap_part() - the calling context's part of a heap
 * @heap: any
 *
 * For a runtime that keeps it at hand: to allocate from the part is as quick as
 * mica_malloc(). It is this context's until that ends, or the heap is deleted
 * or destroyed; no other may use it.
 *
 * Context: as mica_malloc(). Cost: constant; for the first time, memory for it.
 * Return: the part; NULL, if @heap is none, or there is no memory.
 */
MICA_API struct mica_part *mica_heap_part(struct mica_heap *heap);

/** mica_part_heap() - the heap of a part; NULL for NULL */
MICA_API struct mica_heap *mica_part_heap(const struct mica_part *part);

/* As mica_heap_malloc() and its kin; a @part of NULL is refused. */
MICA_API MICA_MALLOC_LIKE
void *mica_part_malloc(struct mica_part *part, size_t size);
MICA_API MICA_MALLOC_LIKE
void *mica_part_zalloc(struct mica_part *part, size_t size);
MICA_API MICA_MALLOC_LIKE
void *mica_part_calloc(struct mica_part *part, size_t count, size_t size);
MICA_API MICA_MALLOC_LIKE
void *mica_part_malloc_aligned(struct mica_part *part, size_t size,
			       size_t align);
MICA_API __attribute__((warn_unused_result))
void *mica_part_realloc(struct mica_part *part, void *p, size_t size);

#ifdef __cplusplus
}
#endif
#endif
