// SPDX-License-Identifier: MIT
/*
 * The deferred-free hook: when it is called; heartbeat.h has the theory.
 *
 * The context's main part says that the hook runs there, so that what the hook
 * itself allocates, in whatever heap, does not call it again.
 */
#include <mica/mica.h>
#include "context.h"
#include "failure.h"

#if MICA_DEFERRED

static void (*deferred_hook)(bool force, uint64_t heartbeat, void *argument);
static void *deferred_argument;

/* A context that was just entering a list when the hook came: see own_set(). */
#define WIPE_BEATS 64u

#if UINTPTR_MAX > UINT32_MAX

static uintptr_t beats;

static uint64_t beat_next(void)
{
	return atomic_add(&beats, 1) + 1;
}

#else

static uint64_t beats;

static uint64_t beat_next(void)
{
	mica_port_guard_t guard = mica_port_guard();
	uint64_t now;

	regions_lock();
	now = ++beats;
	regions_unlock();
	mica_port_unguard(guard);
	return now;
}

#endif

/* An interrupt handler, or something in the middle of an operation. */
static bool beat_is_out_of_place(void)
{
	if (MICA_CONTEXT != MICA_CONTEXT_CORE)
		return false;
	return mica_port_in_interrupt() ||
	       (CONTEXT_NESTS && load_relaxed(&part_main(part_self())->busy));
}

/* Is it this context's turn? What is counted is the part's own. */
static bool beat_is_due(struct mica_part *part, enum heartbeat why)
{
	return why != HEARTBEAT_TRIP || !HEARTBEAT_COUNTS ||
	       part_count_beat(part) >= HEARTBEAT_MALLOCS;
}

/*
 * No context knows a list by its address from now on. A context that enters
 * one meanwhile looks at the hook after that: see own_set().
 */
static void part_wipe_all(void)
{
	struct mica_part *part;

	for (part = part_first(); HEARTBEAT_DIVERTS && part;
	     part = part_next(part))
		part_wipe(part);
}

static void deferred_beat(enum heartbeat why)
{
	void (*hook)(bool, uint64_t, void *);
	struct mica_part *part;
	uint64_t now;

	if (beat_is_out_of_place())
		return;
	part = context_begin();
	part = part ? part_main(part) : NULL;
	if (!part || !beat_is_due(part, why) ||
	    atomic_xchg(&part->in_hook, 1))
		return;
	store_relaxed(&part->since_beat, 0);
	hook = load_acquire(&deferred_hook);
	now = beat_next();
	if (now % WIPE_BEATS == 0)
		part_wipe_all();
	if (hook)
		hook(why == HEARTBEAT_FORCE, now, load_relaxed(&deferred_argument));
	store_release(&part->in_hook, 0);
}

int mica_on_deferred(void (*hook)(bool force, uint64_t heartbeat,
				  void *argument), void *argument)
{
	if (hook)	/* calls under way keep what they have */
		store_relaxed(&deferred_argument, argument);
	store_release(&deferred_hook, hook);
	if (hook)
		failure_attach();
	store_seq(&mica_heartbeat, hook ? deferred_beat : NULL);
	if (hook)
		part_wipe_all();
	return 0;
}

#else

int mica_on_deferred(void (*hook)(bool force, uint64_t heartbeat,
				  void *argument), void *argument)
{
	(void)hook;
	(void)argument;
	return MICA_ERROR_UNKNOWN;
}

#endif
