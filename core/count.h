/* SPDX-License-Identifier: MIT */
/*
 * Counters of the slow paths; mica_stats() adds them up.
 *
 * With threads there is one set a part (its owner counts), one a region
 * (whoever holds its lock counts) and one for what happens outside both.
 * Otherwise one set serves all three. Counters are plain words read and
 * written relaxed: a snapshot may be a moment late, never torn.
 */
#ifndef MICA_CORE_COUNT_H
#define MICA_CORE_COUNT_H

#include <mica/stats.h>
#include "atomic.h"
#include "geometry.h"

struct counters {
#define X(name, what) uintptr_t name;
	MICA_COUNTERS(X)
#undef X
};

#if MICA_STATS == 2
extern struct counters mica_counters __internal;
#define count_add(set, name, n) \
	store_relaxed(&(set)->name, load_relaxed(&(set)->name) + (uintptr_t)(n))
#define count_all(name, n) \
	(CONTEXT_ENDS ? \
	 (void)atomic_add(&mica_counters.name, (uintptr_t)(n)) : \
	 (void)count_add(&mica_counters, name, n))
#else
#define count_add(set, name, n) ((void)(n))
#define count_all(name, n) ((void)(n))
#endif

/* One set of counters in a struct that has its own, if it has. */
#if MICA_STATS == 2 && MICA_CONTEXT == MICA_CONTEXT_THREAD
#define COUNTERS_FIELD struct counters count;
#define count_in(owner, name, n) count_add(&(owner)->count, name, n)
#else
#define COUNTERS_FIELD
#define count_in(owner, name, n) ((void)(owner), count_all(name, n))
#endif

#endif
