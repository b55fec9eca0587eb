/* SPDX-License-Identifier: MIT */
/*
 * When memory runs out: why, how much there still is, and what to do.
 *
 * A request that finds nothing in the memory there is asks the providers,
 * then the reclaim hook, and is tried once more if that freed something. Then
 * it fails: the failure hook is called and NULL returned.
 *
 * All of it is optional: a firmware that calls none of this has none of it.
 * mica.h includes this header.
 */
#ifndef MICA_FAILURE_H
#define MICA_FAILURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/mica.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why a request fails; the first that holds. */
enum mica_reason {
	MICA_REASON_NONE,	/* it would not */
	MICA_REASON_TOO_LARGE,	/* no block is so large, whatever is free */
	MICA_REASON_GUARD,	/* called above the guard, inside an operation */
	MICA_REASON_QUOTA,	/* over a quota of the current heap */
	MICA_REASON_PROVIDER,	/* a provider would not give, or not commit */
	MICA_REASON_EXHAUSTED,	/* fewer bytes are free, pages apart */
	MICA_REASON_FRAGMENTED,	/* enough are free, but not in one piece */
};

/**
 * mica_failure_reason() - why mica_malloc() fails
 * @size: bytes that were wanted
 *
 * To be asked right after the failure, where the call was made: it looks at
 * the memory as it is now. Nothing is taken and no provider is called, so of
 * a request that was not made it tells how it would fare with the memory that
 * mica has. What is free in pages does not count as free bytes, since it
 * serves small blocks only.
 *
 * A provider has refused if the last call that asked one for memory, by
 * whatever context, did. A port's table of spans that is at its end has not.
 *
 * A malloc that failed has tried to wake the banks that sleep. Of a request
 * that was not made it tells how it would fare without them; their bytes are
 * free bytes, unless MICA_STATS is 0.
 *
 * Context: as mica_malloc(); also above the guard.
 * Cost: as mica_largest(), plus regions; with MICA_STATS 0, plus runs,
 * for which the guard is held one region at a time.
 * Return: enum mica_reason.
 */
MICA_API enum mica_reason mica_failure_reason(size_t size);

/**
 * mica_reason_text() - a reason in words
 * @reason: enum mica_reason
 *
 * Context: any. Cost: constant.
 * Return: a constant of a few words; "unknown" for what is no reason.
 */
MICA_API const char *mica_reason_text(enum mica_reason reason);

/**
 * mica_largest() - the largest block to be had without new memory
 *
 * If nothing else allocates in between, mica_malloc() of as many bytes
 * succeeds, from the memory that mica has already: no provider is asked for
 * more. (It may have to commit what was decommitted, and refuse.) On one core
 * of the tag layout with nothing deferred, a byte more would need new memory;
 * elsewhere it may succeed as well, from what was not looked at: a region
 * that another context is in, a free run behind a smaller one of its list, an
 * empty page that is kept.
 *
 * Tag layout: banks that sleep (mica_banks_sleep()) do not count, so that what
 * it returns needs no provider at all. mica_malloc() of more wakes some, and
 * may succeed.
 *
 * Context: as mica_malloc(). Cost: one guarded section: a look at each size
 * class and at each region, MICA_REGIONS_MAX at most; on the table layout at
 * eight regions on each of its lists, of which there are 64.
 * Return: bytes; 0 if there is no block at all, or when called above the
 * guard in the middle of an operation.
 */
MICA_API size_t mica_largest(void);

/**
 * mica_largest_attr() - the same of a kind of memory
 * @require: enum mica_attribute; the block has all of these
 *
 * Banks that sleep do not count here either.
 *
 * Context: as mica_malloc(). Cost: a guarded section for each region.
 * Return: bytes for which mica_malloc_attr(bytes, @require, 0) succeeds
 * without new memory; 0 if there are none, or for unknown attributes.
 */
MICA_API size_t mica_largest_attr(uint32_t require);

/**
 * mica_on_failure() - learn when a request fails
 * @hook: called just before a function returns NULL for lack of memory or for
 *	an impossible size; NULL for none
 *
 * The hook runs outside guard and locks, in the context of the call; not for
 * a call from above the guard that comes in the middle of an operation.
 *
 * Context: any task. Cost: constant.
 */
MICA_API void mica_on_failure(void (*hook)(void));

/**
 * mica_on_reclaim() - have the program free something before a request fails
 * @hook: gets the bytes that are wanted and the attributes they must have,
 *	enum mica_attribute. It may allocate and free, but not the block that
 *	is being reallocated, nor end the context. It returns true if the
 *	request is worth one more try. NULL for none.
 *
 * Called once for a request, after the providers, outside guard and locks, in
 * the context of the call. Not called: for an impossible size; for
 * mica_expand(); for a request made while the hook is at work for the same
 * core (a request of its own, or of a task that preempts it) or, in `thread`
 * builds, the same thread: such a request fails at once, so the hook need not
 * be reentrant on a core; from an interrupt handler, which on a
 * RISC-V port is wherever mstatus.MIE is clear; from above the guard. In
 * `thread` builds sixteen threads may be in it at once.
 *
 * Context: any task. Cost: constant; a request that fails is made twice.
 */
MICA_API void mica_on_reclaim(bool (*hook)(size_t size, uint32_t attributes));

#ifdef __cplusplus
}
#endif
#endif
