/* SPDX-License-Identifier: MIT */
/*
 * Where memory comes from.
 *
 * A provider hands spans of memory to mica. Its callbacks run outside every
 * guard and lock, so they may take locks of their own, and any of them may
 * refuse; a refusal costs mica nothing but the NULL its caller sees.
 */
#ifndef MICA_PROVIDER_H
#define MICA_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mica_provider_flags {
	/* reserve() returns memory that is already committed */
	MICA_PROVIDER_COMMITTED = 1u << 0,
	/* memory reads as zero when reserved and after decommit() */
	MICA_PROVIDER_ZEROED = 1u << 1,
};

/* What kind of memory it is: bits of a provider's or a region's attributes. */
enum mica_attribute {
	MICA_FAST = 1u << 0,		/* tightly coupled, or without wait states */
	MICA_DMA = 1u << 1,		/* DMA engines reach it */
	MICA_EXTERNAL = 1u << 2,	/* off the chip: slow, plentiful */
	MICA_EXECUTABLE = 1u << 3,	/* code may be written there and run */
	MICA_NONCOHERENT = 1u << 4,	/* caches must be cleaned by hand */
	MICA_RETAINED = 1u << 5,	/* keeps its content in deep sleep */
	MICA_ATTRIBUTES = (1u << 6) - 1,
};

/* What mica tells of memory that is committed. */
enum mica_advice {
	/* the content may go; commit() is called before it is used again */
	MICA_ADVICE_RESET,
	/* a few large pages of the MMU, rather than many small ones */
	MICA_ADVICE_HUGE,
	/* no large pages */
	MICA_ADVICE_SMALL,
	/* all of it is going to be used: no fault later */
	MICA_ADVICE_BACKED,
};

struct mica_span {
	void *base;
	size_t bytes;
};

/**
 * struct mica_provider - a source of memory
 * @name: for reports
 * @context: passed to every callback
 * @flags: enum mica_provider_flags
 * @attributes: enum mica_attribute: what kind of memory it is
 * @granule: bytes; commit() and decommit() are called for multiples of it,
 *	aligned to it. A power of two; on the table layout at most 64 KiB (the
 *	bytes of a slice), else every request for memory fails, which
 *	mica_stats() counts as a provider failure.
 * @reserve: get at least @bytes such that (base + @lead) is a multiple of
 *	@align (a power of two). With @align 1 any span will do, also a
 *	smaller one: mica uses what it gets. Returns 0, or a negative error.
 * @release: give back exactly what reserve() returned; NULL: spans are kept
 * @commit: make usable; NULL when nothing need be done
 * @decommit: content may go; NULL when memory cannot be returned. Tag layout:
 *	called only once mica_banks_sleep() has been
 * @protect: forbid (@on) or allow access, for guard pages; may be NULL
 * @advise: what mica would like, of spans as decommit() gets them; NULL: it
 *	makes no difference. An error says that nothing was done; a reset is then
 *	done by decommit()
 */
struct mica_provider {
	const char *name;
	void *context;
	uint32_t flags;
	uint32_t attributes;
	size_t granule;
	int (*reserve)(void *context, size_t bytes, size_t align, size_t lead,
		       struct mica_span *span);
	int (*release)(void *context, struct mica_span span);
	int (*commit)(void *context, struct mica_span span);
	int (*decommit)(void *context, struct mica_span span);
	int (*protect)(void *context, struct mica_span span, bool on);
	int (*advise)(void *context, struct mica_span span,
		      enum mica_advice advice);
};

#endif
