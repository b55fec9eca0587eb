/* SPDX-License-Identifier: MIT */
/* Telling of what happened to blocks; trace.c has the theory. */
#ifndef MICA_CORE_TRACE_H
#define MICA_CORE_TRACE_H

#include <mica/mica.h>
#include "part.h"

/* The heap that the caller's requests are for. */
static inline struct mica_heap *trace_heap(void)
{
	return MICA_HEAPS ? mica_heap_current() : NULL;
}

/* Tell the program's hooks, outside guard and locks. */
void trace_tell(const struct mica_trace_event *event) __internal;

/* Tell @sampler, if the event is of a sample; NULL: only forget what went. */
void sample_event(const struct mica_sampler *sampler,
		  const struct mica_trace_event *event) __internal;

/* What lives of @heap's is the main heap's from now on. */
void samples_move(const struct mica_heap *heap) __internal;

/* NULL: none is set. */
extern const struct mica_sampler *mica_sampler_set __internal;

#endif
