/* SPDX-License-Identifier: MIT */
/*
 * Memory that an RTOS hands over while it starts: a table for the arena port.
 *
 * The file that includes this defines mica_arena_spans() with it, in place of
 * the linker's arena. Spans are only ever added, and mica takes them in order,
 * so the table needs no lock but that of whoever adds: one context at a time.
 * A file that has one from the beginning defines SPANS_FIRST, its initialiser.
 */
#ifndef MICA_COMPAT_SPANS_H
#define MICA_COMPAT_SPANS_H

#include <mica/mica.h>
#include <mica/port.h>

#ifdef SPANS_FIRST
static struct mica_span spans_table[MICA_REGIONS_MAX + 1] = { SPANS_FIRST };
static unsigned int spans_count = 1;
#else
static struct mica_span spans_table[MICA_REGIONS_MAX + 1];
static unsigned int spans_count;
#endif

/* Return: false when there are MICA_REGIONS_MAX of them. */
static inline bool spans_add(void *base, size_t bytes)
{
	struct mica_span *span = &spans_table[spans_count];

	if (spans_count == MICA_REGIONS_MAX)
		return false;
	span->bytes = bytes;
	/* The base is what says that the entry is there. */
	__atomic_store_n(&span->base, base, __ATOMIC_RELEASE);
	spans_count++;
	return true;
}

/* All that was added, mica's own bookkeeping in it too. */
static inline size_t spans_bytes(void)
{
	size_t bytes = 0;

	for (unsigned int i = 0; i < spans_count; i++)
		bytes += spans_table[i].bytes;
	return bytes;
}

static inline size_t spans_largest(void)
{
	size_t bytes = 0;

	for (unsigned int i = 0; i < spans_count; i++)
		if (spans_table[i].bytes > bytes)
			bytes = spans_table[i].bytes;
	return bytes;
}

/*
 * Have mica take them now, not when it first needs them: its figures then
 * count all. A request that no region can hold makes it look everywhere.
 */
static inline void spans_take(void)
{
	mica_free(mica_malloc(spans_largest()));
}

#endif
