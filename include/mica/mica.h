/* SPDX-License-Identifier: MIT */
/*
 * mica: a freestanding memory allocator. The public interface.
 *
 * Unless a comment says otherwise, every function here:
 *
 * Context: may be called from any thread; in a `core` build also from
 *	interrupt handlers at or below the guard's priority. Calls from above
 *	the guard: mica_free() only.
 * Errors: a request that cannot be met returns NULL and changes nothing.
 *	A pointer that is not mica's, is misaligned, or is freed twice in a
 *	row is reported in one line on the port's console; the program stops,
 *	unless its error hook says that it goes on (output.h). More is found
 *	from MICA_HARDEN 2 on.
 * Cost: bounded by compile-time constants, whatever the number of blocks,
 *	pages, regions or contexts; calls into a page provider are counted
 *	apart, they are the platform's cost.
 */
#ifndef MICA_MICA_H
#define MICA_MICA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/config.h>
#include <mica/stats.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MICA_VERSION_MAJOR 0
#define MICA_VERSION_MINOR 1
#define MICA_VERSION_PATCH 0

/* As mica_version() returns it. */
#define MICA_VERSION \
	(MICA_VERSION_MAJOR * 10000 + MICA_VERSION_MINOR * 100 + \
	 MICA_VERSION_PATCH)

#define MICA_API __attribute__((visibility("default")))
#define MICA_MALLOC_LIKE __attribute__((malloc, warn_unused_result))

/* ---- blocks --------------------------------------------------------- */

/**
 * mica_malloc() - allocate a block
 * @size: bytes wanted; 0 gives a unique block of the smallest size
 *
 * The block is aligned to MICA_GRANULE bytes; its content is undefined.
 *
 * Cost: one turn, whose bound docs/cost.md has for each board. On one core, if
 * no memory is found, one more for each block that interrupts above the guard
 * have freed in the middle of an operation and nobody has taken back yet, until
 * one of them serves; the guard is left after each turn. Providers and hooks
 * that are asked for memory cost what they cost.
 *
 * Return: the block, or NULL when no memory can be had or @size is over
 * PTRDIFF_MAX.
 */
MICA_API MICA_MALLOC_LIKE void *mica_malloc(size_t size);

/**
 * mica_free() - give a block back
 * @p: a live block, or NULL (nothing happens)
 *
 * Never waits: at most two atomic operations when another context owns the
 * block.
 */
MICA_API void mica_free(void *p);

/**
 * mica_zalloc() - allocate a block of zero bytes
 * @size: bytes wanted
 *
 * Fresh memory that is known to be zero is not cleared again. Clearing
 * happens outside the guard and costs O(@size).
 *
 * Return: as mica_malloc().
 */
MICA_API MICA_MALLOC_LIKE void *mica_zalloc(size_t size);

/**
 * mica_calloc() - allocate a zeroed array
 * @count: number of elements
 * @size: bytes of one
 *
 * Return: as mica_zalloc(); NULL when @count * @size overflows.
 */
MICA_API MICA_MALLOC_LIKE void *mica_calloc(size_t count, size_t size);

/**
 * mica_mallocn() - allocate an array
 * @count: number of elements
 * @size: bytes of one
 *
 * Return: as mica_malloc(); NULL when @count * @size overflows.
 */
MICA_API MICA_MALLOC_LIKE void *mica_mallocn(size_t count, size_t size);

/**
 * mica_realloc() - change the size of a block
 * @p: a live block, or NULL (then as mica_malloc())
 * @size: new size in bytes; 0 keeps a block of the smallest size
 *
 * Grows and shrinks in place where it can. Otherwise the content is copied,
 * outside the guard, which costs O(size of the block). An alignment above
 * MICA_GRANULE that the address happens to have is not kept; see
 * mica_realloc_aligned().
 *
 * Return: the block, which may have moved. NULL on failure: @p is still
 * live and unchanged.
 */
MICA_API __attribute__((warn_unused_result))
void *mica_realloc(void *p, size_t size);

/**
 * mica_reallocn() - change the size of an array
 * @p: a live block, or NULL
 * @count: new number of elements
 * @size: bytes of one
 *
 * Return: as mica_realloc(); NULL when @count * @size overflows, @p is
 * still live.
 */
MICA_API __attribute__((warn_unused_result))
void *mica_reallocn(void *p, size_t count, size_t size);

/**
 * mica_reallocf() - change the size of a block, freeing it on failure
 * @p: a live block, or NULL
 * @size: new size in bytes
 *
 * Return: as mica_realloc(), but @p is freed when NULL is returned.
 */
MICA_API __attribute__((warn_unused_result))
void *mica_reallocf(void *p, size_t size);

/**
 * mica_expand() - change the size of a block without moving it
 * @p: a live block, or NULL (nothing happens)
 * @size: new size in bytes
 *
 * Return: @p when the block now holds @size bytes, else NULL and the block
 * is unchanged.
 */
MICA_API void *mica_expand(void *p, size_t size);

/**
 * mica_usable_size() - bytes that a block really holds
 * @p: a live block, or NULL
 *
 * Return: at least what was asked for, and from MICA_HARDEN 2 on just that (1
 * for a block of 0 bytes), since what lies behind is watched; 0 for NULL.
 */
MICA_API size_t mica_usable_size(const void *p);

/**
 * mica_good_size() - what a request would be rounded up to
 * @size: bytes wanted
 *
 * Return: the usable size of a block of @size bytes served from a page or
 * a run of its own; from MICA_HARDEN 2 on, the most that costs no more. On the table layout, a block larger than a region can
 * hold has at least the bytes returned: @size rounded up to the provider's
 * granule. Otherwise, and over PTRDIFF_MAX, @size itself: no block is so
 * large.
 */
MICA_API size_t mica_good_size(size_t size);

/* ---- alignment: any power of two up to half the address space --------- */

/**
 * mica_malloc_aligned() - allocate a block with an alignment
 * @size: bytes wanted
 * @align: a power of two
 *
 * Return: a block whose address is a multiple of @align; NULL as
 * mica_malloc(), and when @align is no power of two or over half the
 * address space.
 */
MICA_API MICA_MALLOC_LIKE
void *mica_malloc_aligned(size_t size, size_t align);

/**
 * mica_malloc_aligned_at() - allocate a block aligned at an offset
 * @size: bytes wanted
 * @align: a power of two
 * @offset: bytes from the block's start to the aligned address; on the tag
 *	layout a multiple of MICA_GRANULE or of @align, else it is refused
 *
 * On the table layout, a block whose @offset is no multiple of @align is a
 * run of its own: at least 64 KiB.
 *
 * Return: a block with (address + @offset) a multiple of @align; NULL as
 * mica_malloc_aligned().
 */
MICA_API MICA_MALLOC_LIKE
void *mica_malloc_aligned_at(size_t size, size_t align, size_t offset);

/** mica_mallocn_aligned() - mica_mallocn() with an alignment */
MICA_API MICA_MALLOC_LIKE
void *mica_mallocn_aligned(size_t count, size_t size, size_t align);

/** mica_mallocn_aligned_at() - mica_mallocn() aligned at an offset */
MICA_API MICA_MALLOC_LIKE
void *mica_mallocn_aligned_at(size_t count, size_t size, size_t align,
			      size_t offset);

/** mica_zalloc_aligned() - mica_malloc_aligned() of zero bytes */
MICA_API MICA_MALLOC_LIKE
void *mica_zalloc_aligned(size_t size, size_t align);

/** mica_zalloc_aligned_at() - mica_malloc_aligned_at() of zero bytes */
MICA_API MICA_MALLOC_LIKE
void *mica_zalloc_aligned_at(size_t size, size_t align, size_t offset);

/** mica_calloc_aligned() - mica_calloc() with an alignment */
MICA_API MICA_MALLOC_LIKE
void *mica_calloc_aligned(size_t count, size_t size, size_t align);

/** mica_calloc_aligned_at() - mica_calloc() aligned at an offset */
MICA_API MICA_MALLOC_LIKE
void *mica_calloc_aligned_at(size_t count, size_t size, size_t align,
			     size_t offset);

/**
 * mica_realloc_aligned() - change the size of an aligned block
 * @p: a live block, or NULL
 * @size: new size in bytes
 * @align: a power of two
 *
 * Return: as mica_realloc(), aligned to @align also when it moved.
 */
MICA_API __attribute__((warn_unused_result))
void *mica_realloc_aligned(void *p, size_t size, size_t align);

/** mica_realloc_aligned_at() - mica_realloc_aligned() at an offset */
MICA_API __attribute__((warn_unused_result))
void *mica_realloc_aligned_at(void *p, size_t size, size_t align,
			      size_t offset);

/**
 * mica_reallocn_aligned() - change the size of an aligned array
 * @p: a live block, or NULL
 * @count: new number of elements
 * @size: bytes of one
 * @align: a power of two
 *
 * Return: as mica_realloc_aligned(); NULL when @count * @size overflows, @p
 * is still live.
 */
MICA_API __attribute__((warn_unused_result))
void *mica_reallocn_aligned(void *p, size_t count, size_t size, size_t align);

/** mica_reallocn_aligned_at() - mica_reallocn_aligned() at an offset */
MICA_API __attribute__((warn_unused_result))
void *mica_reallocn_aligned_at(void *p, size_t count, size_t size, size_t align,
			       size_t offset);

/**
 * mica_reallocf_aligned() - change an aligned block, freeing it on failure
 * @p: a live block, or NULL
 * @size: new size in bytes
 * @align: a power of two
 *
 * Return: as mica_realloc_aligned(), but @p is freed when NULL is returned,
 * also for an impossible @align.
 */
MICA_API __attribute__((warn_unused_result))
void *mica_reallocf_aligned(void *p, size_t size, size_t align);

/** mica_reallocf_aligned_at() - mica_reallocf_aligned() at an offset */
MICA_API __attribute__((warn_unused_result))
void *mica_reallocf_aligned_at(void *p, size_t size, size_t align,
			       size_t offset);

/* ---- the allocator as a whole ---------------------------------------- */

/**
 * mica_owns() - is this address inside memory that mica manages?
 * @p: any address
 *
 * Return: true inside any region, whether or not a block lives there.
 */
MICA_API bool mica_owns(const void *p);

/**
 * mica_collect() - give back what is free
 * @force: also purge free runs whose delay has not passed; tag layout: put
 *	all banks to sleep that can, if mica_banks_sleep() was ever called
 *
 * Takes remote frees, retires the calling context's empty pages, claims
 * and retires abandoned ones, and purges free runs.
 *
 * Context: tasks and threads that may wait, not interrupt handlers. In a
 * `core` build the guard is held for all pages of one class at a time:
 * interrupts at its level wait as long.
 * Cost: pages of this context, plus runs when @force is set.
 */
MICA_API void mica_collect(bool force);

/**
 * mica_version() - which mica is linked
 *
 * Context: any. Cost: constant.
 * Return: MICA_VERSION as it was when the library was built: a program can
 * compare it with that of the header it was compiled with.
 */
MICA_API unsigned int mica_version(void);

/**
 * mica_check() - verify the allocator's invariants
 *
 * Walks everything, read-only. Other contexts must be quiet meanwhile.
 *
 * Context: tests and debugging, in tasks and threads that may wait; never in
 * operation where anything has a deadline. In a `core` build the guard is held
 * for the whole walk, since it must see one state of all: interrupts at its
 * level wait as long, on 64 KiB some ten thousand instructions, and more in
 * proportion to the memory.
 * Cost: pages plus runs plus free blocks.
 *
 * Return: 0, or the number of the first violated invariant (docs/design.md
 * numbers them).
 */
MICA_API int mica_check(void);

/**
 * mica_stats() - the statistics as they are
 * @stats: filled in; NULL: nothing happens
 *
 * Exact if nobody allocates meanwhile. While others do, the figures are those
 * of some recent moment each, not of one moment. mica_usage() is the short
 * way to most of them.
 *
 * Context: tasks and threads that may wait, not interrupt handlers. In a
 * `core` build the guard is left after every few pages, so interrupts at
 * its level wait no longer than for a malloc; with MICA_STATS 0 it is held for
 * a walk over all runs of a region, which then nothing else counts.
 * Cost: regions, the places where pages may lie in them, and contexts.
 */
MICA_API void mica_stats(struct mica_stats *stats);

struct mica_output;

/**
 * mica_stats_print() - the statistics as a table for people
 * @to: where the text goes; NULL: where all text goes (output.h)
 *
 * What is 0 of the events is left out; each heap has a row, if there can be
 * several. Nothing is allocated; on the stack lie
 * struct mica_stats and a line. On a Cortex-M3 this and the next function
 * take some 5 KB of flash together.
 *
 * Context: as mica_stats(); @to is written to outside guard and locks.
 * Cost: as mica_stats(), and what writing costs.
 * Return: 0; MICA_ERROR_INVALID and nothing printed, if @to has no write().
 */
MICA_API int mica_stats_print(const struct mica_output *to);

/**
 * mica_stats_json() - the statistics as one JSON object
 * @to: where the text goes; NULL: where all text goes
 *
 * One object, a figure a line: "version", a string; "memory" and "events", the
 * members of struct mica_stats by their names, numbers all; "classes", an array
 * of those that have pages or single blocks, as struct mica_usage_class;
 * "regions", one of struct mica_region, but for huge blocks'; where there can be
 * several, "heaps", one of struct mica_heap_usage, the parent by its name (of a
 * name what JSON would quote is left out); and on hosts "process", as struct
 * mica_process.
 *
 * Context, cost: as mica_stats_print().
 * Return: as mica_stats_print().
 */
MICA_API int mica_stats_json(const struct mica_output *to);

/* ---- contexts -------------------------------------------------------- */

/**
 * mica_context_end() - the calling thread, or core, will not allocate any more
 *
 * Its pages are abandoned: others claim them as they need them. A later
 * allocation from the same thread or core begins a context again. Does
 * nothing where there is one context only.
 *
 * Context: a task on the core that is about to stop, not an interrupt
 * handler. The guard is held for a class at a time. Cost: pages.
 */
MICA_API void mica_context_end(void);

/**
 * mica_on_context_begin() - learn when a thread, or core, first allocates
 * @hook: called by each thread in its first allocation, which it may nest;
 *	NULL for none
 */
MICA_API void mica_on_context_begin(void (*hook)(void));

/**
 * mica_fork_prepare() - make the allocator forkable
 *
 * Waits for every region's lock and holds them: the one place that waits.
 * Follow with mica_fork_parent() or mica_fork_child().
 */
MICA_API void mica_fork_prepare(void);

/** mica_fork_parent() - let go of what mica_fork_prepare() holds */
MICA_API void mica_fork_parent(void);

/**
 * mica_fork_child() - as mica_fork_parent(), in the child
 *
 * Pages of threads that do not exist in the child take remote frees, but
 * are not claimed.
 */
MICA_API void mica_fork_child(void);

#ifdef __cplusplus
}
#endif

#include <mica/bank.h>
#include <mica/deferred.h>
#include <mica/output.h>
#include <mica/option.h>
#include <mica/process.h>
#include <mica/snapshot.h>
#include <mica/trace.h>
#include <mica/visit.h>
#include <mica/region.h>
#include <mica/failure.h>
#include <mica/usage.h>
#include <mica/heap.h>
#endif
