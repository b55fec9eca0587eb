// SPDX-License-Identifier: MIT
/*
 * What the program wants done when a request fails.
 *
 * malloc's paths know two pointers (report.h) which the first hook sets, so a
 * firmware without one does not link this. The reclaim hook's request is made
 * again as a whole, by the function that failed, while a slot says that its
 * context is at it: a second failure, of that try or of the hook's own calls,
 * finds the slot taken and is final. A slot belongs to a core, or to a thread
 * by the address of its own word; it is let go where it was taken, wherever
 * the task runs by then.
 */
#include <mica/mica.h>
#include "fence.h"
#include "failure.h"
#include "heartbeat.h"
#include "large.h"
#include "part.h"
#include "plain.h"
#include "report.h"

static void (*failure_hook)(void);
static bool (*reclaim_hook)(size_t size, uint32_t attributes);

/* ---- who is at it ---------------------------------------------------------------- */

#if MICA_CONTEXT == MICA_CONTEXT_THREAD

static uintptr_t reclaiming[16];

static uintptr_t *reclaim_begin(void)
{
	uintptr_t me = (uintptr_t)mica_port_part(), seen;
	size_t k;

	for (k = 0; k < ARRAY_SIZE(reclaiming); k++)
		if (load_relaxed(&reclaiming[k]) == me)
			return NULL;
	for (k = 0; k < ARRAY_SIZE(reclaiming); k++) {
		seen = 0;
		do {
			if (atomic_cas(&reclaiming[k], &seen, me))
				return &reclaiming[k];
		} while (!seen);
	}
	return NULL;
}

#else

static uintptr_t reclaiming[MICA_CORES];

static uintptr_t *reclaim_begin(void)
{
	uintptr_t *slot = &reclaiming[MICA_CORES > 1 ? mica_port_core() : 0];

	return atomic_xchg(slot, 1) ? NULL : slot;
}

#endif

static void reclaim_end(uintptr_t *slot)
{
	store_release(slot, 0);
}

/* ---- a request has failed -------------------------------------------------------- */

/* Is the caller above the guard, in the middle of an operation? */
static bool failure_is_refusal(void)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);

	if (context_refused(part))
		return true;
	context_leave(part, guard);
	return false;
}

/* For good. */
static void *failure_end(void)
{
	void (*hook)(void) = load_acquire(&failure_hook);

	count_all(failures, 1);
	if (hook && !failure_is_refusal())
		hook();
	return NULL;
}

static void *malloc_again(const struct large_want *want)
{
	return mica_malloc(want->size);
}

static bool reclaim_may_help(size_t size)
{
	return size <= REQUEST_LIMIT &&
	       !(MICA_CONTEXT == MICA_CONTEXT_CORE && mica_port_in_interrupt());
}

/* Each try that fails for good counts itself. */
static void *failure_large(const struct large_want *want, uint32_t attributes,
			   failure_again *again)
{
	bool (*hook)(size_t, uint32_t) = load_acquire(&reclaim_hook);
	void *block = NULL;
	uintptr_t *slot;
	bool more;

	slot = (hook || heartbeat_is_on()) && reclaim_may_help(want->size) ?
		reclaim_begin() : NULL;
	if (!slot)
		return failure_end();
	heartbeat(HEARTBEAT_FORCE);
	more = heartbeat_is_on();
	if (hook)
		more |= hook(want->size, attributes);
	if (more)
		block = again(want);
	reclaim_end(slot);
	return more ? block : failure_end();
}

static void *failure_plain(size_t size)
{
	const struct large_want want = {
		size == SIZE_MAX ? size : size - FENCE_BYTES, 1, 0,
	};

	return failure_large(&want, 0, malloc_again);
}

void failure_attach(void)
{
	store_release(&mica_failed, failure_plain);
	store_release(&mica_failed_large, failure_large);
}

void mica_on_failure(void (*hook)(void))
{
	store_release(&failure_hook, hook);
	failure_attach();
}

void mica_on_reclaim(bool (*hook)(size_t size, uint32_t attributes))
{
	store_release(&reclaim_hook, hook);
	failure_attach();
}
