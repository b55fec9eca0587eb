/* SPDX-License-Identifier: MIT */
/*
 * Solo: one core, one context, tag layout: a microcontroller.
 *
 * Nobody else takes part, so the guard is all the locking there is, and the
 * slow paths go straight to pages and runs. The one thing that can come in
 * between is an interrupt above the guard, and of it only a free: it cannot
 * touch a page or a run in the middle of an operation, so it pushes the
 * block, page's or run, on one atomic list. Each trip through the slow path
 * of malloc frees one of these for good; a malloc that would fail frees
 * them all, leaving the guard after each.
 */
#ifndef MICA_CORE_SOLO_H
#define MICA_CORE_SOLO_H

#include "own.h"
#include "page.h"
#include "report.h"

/*
 * All of malloc but the pop of a linear class; entered inside the guard,
 * which it leaves. Cost: one deferred block, a page opened or a run split;
 * before it fails also one page released, NR_CLASSES looks and all deferred
 * blocks.
 */
void *solo_malloc_slow(struct mica_part *part, mica_port_guard_t guard,
		       size_t size) __internal;

/*
 * Free a run, or anything in another region than the first. Entered inside
 * the guard, which it leaves.
 */
void solo_free_slow(struct mica_part *part, mica_port_guard_t guard,
		    void *p) __internal;

/* Free in the middle of an operation: from an interrupt above the guard. */
void solo_defer(void *p) __internal;

/* Free all that was deferred. Outside the guard. Return: was there any? */
bool solo_drain(void) __internal;

/* The push has consequences for its page, or is the second of the block. */
void solo_free_event(struct mica_part *part, mica_port_guard_t guard,
		     void *p) __internal;


/*
 * Outside the guard: free all that was deferred, and the empty page that is
 * kept. Return: is there more memory than before?
 */
bool solo_let_go(void) __internal;

static __always_inline void *solo_malloc(size_t size)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);
	struct block *block;

	if (context_refused(part))
		return report_failure();
	if (likely(size - 1 < LINEAR_BYTES)) {
		block = list_pop(&part->list[class_of_linear(size)]);
		if (likely(block)) {
			context_leave(part, guard);
			return block;
		}
	}
	return solo_malloc_slow(part, guard, size);
}

static __always_inline void solo_free(void *p)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);
	struct list *list;

	if (context_refused(part)) {
		solo_defer(p);
		return;
	}
	if (unlikely(!own_find(part, (uintptr_t)p, &list)))
		solo_free_slow(part, guard, p);
	else if (likely(list_push_plain(list, p)))
		context_leave(part, guard);
	else if (PREFER_SMALL)
		solo_free_slow(part, guard, p);
	else
		solo_free_event(part, guard, p);
}

#endif
