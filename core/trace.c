// SPDX-License-Identifier: MIT
/*
 * Tracing: who is told, and that a hook's own calls are not.
 *
 * A part counts the hooks under way in its context. A thread is in one or in
 * none. On a core, tasks and interrupts come in the middle of each other's hooks,
 * and their events count, too: so there may be a few, and a hook that allocates
 * ends there. Threads without a part, which only free, share the count of
 * mica_part_none.
 */
#include "trace.h"
#include "context.h"

#if MICA_TRACE

#define TRACE_NESTED 4u		/* core: hooks in the middle of each other */
#define TRACE_PARTLESS 16u	/* threads without a part, and their hooks */

static const struct mica_tracer *tracer_set;
static uintptr_t trace_lost;

/* The count that the caller's hooks are in; @most: hooks at a time. */
static uintptr_t *trace_count(uintptr_t *most)
{
	struct mica_part *part = part_main(part_self());

	*most = MICA_CONTEXT == MICA_CONTEXT_CORE ? TRACE_NESTED : 1;
	if (CONTEXT_IS_THREAD && part == &mica_part_none)
		*most = TRACE_PARTLESS;
	return &part->telling;
}

/* Return: the count, to be left by trace_leave(); NULL: it is to be silent. */
static uintptr_t *trace_enter(void)
{
	uintptr_t most, *count = trace_count(&most);

	if (atomic_add(count, 1) < most)
		return count;
	atomic_add(count, (uintptr_t)-1);
	atomic_add(&trace_lost, 1);
	return NULL;
}

void trace_tell(const struct mica_trace_event *event)
{
	const struct mica_tracer *tracer = load_acquire(&tracer_set);
	const struct mica_sampler *sampler = load_acquire(&mica_sampler_set);
	uintptr_t *count;

	if (likely(!tracer && !sampler))
		return;
	count = trace_enter();
	if (tracer && count)
		tracer->event(tracer->context, event);
	if (sampler)
		sample_event(count ? sampler : NULL, event);
	if (count)
		atomic_add(count, (uintptr_t)-1);
}

int mica_on_trace(const struct mica_tracer *tracer)
{
	if (tracer && !tracer->event)
		return MICA_ERROR_INVALID;
	store_release(&tracer_set, tracer);
	return 0;
}

size_t mica_trace_lost(void)
{
	return load_relaxed(&trace_lost);
}

#else

int mica_on_trace(const struct mica_tracer *tracer)
{
	(void)tracer;
	return MICA_ERROR_REFUSED;
}

size_t mica_trace_lost(void)
{
	return 0;
}

#endif
