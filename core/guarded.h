/* SPDX-License-Identifier: MIT */
/*
 * Guarded: now and then a block that ends where memory ends, at MICA_HARDEN 3
 * on the table layout. Whoever reads or writes behind it faults at once.
 *
 *	run:	nothing | block | at most a granule less one | a granule of the
 *		provider's that nobody may touch
 *
 * Which allocation it is, two options say: every so many'th that has so many
 * bytes (MICA_OPTION_GUARD_SAMPLE, MICA_OPTION_GUARD_LEAST). There are never
 * more than MICA_GUARDED_BLOCKS: each takes a run of a slice, and a kernel has
 * only so many mappings. All of them are in one table, so that a heap that is
 * destroyed finds its own, and a granule that could not be opened again is
 * tried once more later.
 *
 * What was asked for stands in the run's table entry, where no overflow comes
 * to. If access cannot be forbidden, the block is as good as any other, and the
 * bytes up to the next granule are looked at when it is freed, as always.
 */
#ifndef MICA_CORE_GUARDED_H
#define MICA_CORE_GUARDED_H

#include "locate.h"
#include "option.h"

struct mica_heap;

/* One more allocation of @size: has the time come? */
bool guarded_is_due(size_t size) __internal;
void *guarded_make(size_t size, size_t align) __internal;

/*
 * A block of @size at a multiple of @align, if the time has come for one; NULL:
 * take any other. Cost: a run, a provider call; GUARDED_TRIES.
 */
static __always_inline void *guarded_malloc(size_t size, size_t align)
{
	return unlikely(option_value(GUARD_SAMPLE)) && guarded_is_due(size) ?
		guarded_make(size, align) : NULL;
}

/* Is all in order behind the block at @p, which is guarded? */
enum fault guarded_look(const void *p, const struct location *at) __internal;

/* It has @size bytes from now on, for which it has room. */
void guarded_resize(void *p, const struct location *at, size_t size) __internal;

/* Free it. Cost: a provider call. */
void guarded_free(void *p, struct location *at) __internal;

/* Those of @heap are like any other run, or nobody's. MICA_GUARDED_BLOCKS. */
void guarded_end_heap(const struct mica_heap *heap) __internal;

/* Those that could not be freed. Return: was one? Cost: MICA_GUARDED_BLOCKS. */
bool guarded_collect(void) __internal;

static __always_inline bool is_guarded(const struct location *at)
{
	return GUARD_PAGES && !at->page &&
	       run_guard(&at->region->runs, at->i);
}

static inline size_t guarded_size(const struct location *at)
{
	return run_asked(&at->region->runs, at->i);
}

#endif
