/* SPDX-License-Identifier: MIT */
/*
 * Deferred free: a hook that malloc calls now and then, for programs that put
 * frees off (reference counts that reach zero, say) and do some at a time; and
 * upkeep for programs that have idle moments. mica.h includes this header.
 */
#ifndef MICA_DEFERRED_H
#define MICA_DEFERRED_H

#include <stdbool.h>
#include <stdint.h>
#include <mica/mica.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mica_on_deferred() - be called by malloc, at least once in so many calls
 * @hook: NULL for none. @force: free all that can be freed, now: a request
 *	would fail otherwise, or mica_collect(true) was called. @heartbeat:
 *	larger in each call than in all that began before; it counts them
 * @argument: passed to @hook
 *
 * The hook may allocate and free; it is not called from within itself, and
 * on one core not while another task is in it. Threads, and other cores, may
 * be in it at the same time. It runs outside guard and locks, in the context of
 * the malloc that called it, but never in an interrupt handler: the next task
 * makes up for it.
 *
 * How often: on the table layout on each trip through malloc's slow path, and
 * each context takes one within 64 frees of its own and one look at each list
 * of free blocks, whatever the pattern; a thread that only swaps one block
 * between malloc and free is called once in 64 rounds. On the tag layout once
 * in 64 calls of malloc in a context.
 *
 * While there is a hook, a free costs more on the table layout (no list is
 * known by address). Threads that run already have it from their next free on.
 * To put another hook in place of one with another argument, set NULL first
 * and let the calls under way end.
 *
 * Context: any task. Cost: contexts on the table layout.
 * Return: 0; MICA_ERROR_UNKNOWN, nothing changed, in a build with
 * MICA_DEFERRED 0, which is the default on a chip.
 */
MICA_API int mica_on_deferred(void (*hook)(bool force, uint64_t heartbeat,
					   void *argument), void *argument);

/**
 * mica_tick() - do some upkeep, as from the idle hook of a kernel
 * @budget: units of work at most; 0: nothing
 *
 * In this order: the deferred hook, if there is one (@force is false); blocks
 * that others freed for this context: pages of the table layout, or what
 * interrupts above the guard freed; runs that were freed while a region was
 * busy; empty pages that this context keeps; free runs whose delay has passed
 * go back to their providers, or, if mica_banks_sleep() was ever called, banks
 * go to sleep. A unit is one call of the hook, one page, one block, one run, or
 * one provider call.
 *
 * A thread that waits long does well to call it until it returns false: what
 * it keeps for its next malloc, others cannot use.
 *
 * Context: tasks and threads, not interrupt handlers; the guard is left after
 * each unit. Cost: @budget units, and a look at each class and region.
 * Return: true, the budget was used up: there may be more to do at once.
 */
MICA_API bool mica_tick(unsigned int budget);

#ifdef __cplusplus
}
#endif
#endif
