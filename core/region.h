/* SPDX-License-Identifier: MIT */
/*
 * Regions: spans got from providers, and the lock of each.
 *
 * A region's runs are entered by try-lock; nobody waits for a lock but
 * fork. Free that finds it busy pushes the run on the region's remote list
 * (linked through the run itself) and tries once more; whoever leaves
 * drains a bounded number, so a run never stays behind: the pusher's second
 * try and the leaver's look at the list are ordered, one of them sees the
 * other.
 *
 * Regions of one unit stay for good, so that a hint read without the lock
 * is harmless; the region of a huge block goes with its block.
 */
#ifndef MICA_CORE_REGION_H
#define MICA_CORE_REGION_H

#include "run.h"

#define REGION_LOCKS CONTEXT_ENDS	/* several take part */
#define NR_REGIONS \
	(LAYOUT_IS_TABLE ? MIN_OF(NR_UNITS, (size_t)1 << 15) : \
	 (size_t)MICA_REGIONS_MAX)

#if CONTEXT_IS_SOLO
#define REGION_SHARED_FIELDS REGION_HEAP_FIELD
#else
#define REGION_SHARED_FIELDS \
	uintptr_t lock;			/* 0: free */ \
	uintptr_t remote;		/* first run of the remote list */ \
	uintptr_t draining;		/* what was taken of it; lock held */ \
	uint32_t number;		/* in mica_regions */ \
	uint8_t told;			/* see roster.h: list of the largest run */ \
	uint8_t flags;			/* enum region_flags */ \
	REGION_HEAP_FIELD
#endif

enum region_flags {
	REGION_RESET = 1,	/* what is not committed need not read as zero */
	REGION_EAGER = 2,	/* all of it was committed when it came */
};

#if CONTEXT_IS_SOLO
#define region_flags(region) ((void)(region), 0u)
#else
#define region_flags(region) ((unsigned int)load_relaxed(&(region)->flags))
#endif

/*
 * Table layout: an arena is a span of several units, and in each lies a region,
 * which knows it; that is the span that the program knows.
 */
#if MICA_LAYOUT == MICA_LAYOUT_TABLE
#define REGION_ARENA_FIELD struct mica_span arena;
#define region_known(region) \
	((region)->arena.base ? &(region)->arena : &(region)->span)
#define region_set_known(region, known) ((void)((region)->arena = *(known)))
#else
#define REGION_ARENA_FIELD
#define region_known(region) (&(region)->span)
#define region_set_known(region, known) ((void)((region)->span = *(known)))
#endif

/* Taken from by nobody but heaps that are bound to it: no heap's address. */
#define REGION_EXCLUSIVE ((uintptr_t)1)

#if MICA_HEAPS
#define REGION_HEAP_FIELD \
	uintptr_t heap;			/* struct mica_heap *: whose alone it is */
#define region_heap(region) load_relaxed(&(region)->heap)
#define region_set_heap(region, h) store_relaxed(&(region)->heap, h)
#else
#define REGION_HEAP_FIELD
#define region_heap(region) ((void)(region), (uintptr_t)0)
#define region_set_heap(region, h) ((void)(region), (void)(h))
#endif

#if GUARD_PAGES
#define REGION_MOAT_FIELD size_t moat;	/* bytes behind a huge block */
#define region_moat(region) ((region)->moat)
#define region_set_moat(region, bytes) ((region)->moat = (bytes))
#else
#define REGION_MOAT_FIELD
#define region_moat(region) ((void)(region), (size_t)0)
#define region_set_moat(region, bytes) ((void)(region), (void)(bytes))
#endif

struct region {
	const struct mica_provider *provider;
	struct mica_span span;		/* as the provider gave it */
	uint32_t attributes;		/* beside the provider's */
	REGION_ARENA_FIELD
	REGION_SHARED_FIELDS
	REGION_MOAT_FIELD
	struct runs runs;		/* last: its size varies */
};

extern struct region *mica_regions[NR_REGIONS] __internal;
extern uintptr_t mica_nr_regions __internal;

static inline struct region *region_of_runs(struct runs *r)
{
	return (struct region *)((uintptr_t)r - offsetof(struct region, runs));
}

/* The region of any address in it, or NULL: not mica's. */
static inline struct region *region_of(uintptr_t address)
{
	struct runs *r = map_find(address);

	return r ? region_of_runs(r) : NULL;
}

#include "region_lock.h"

/* Is another context in the middle of region_reserve()? */
bool region_is_coming(void) __internal;

/* Count a provider's call that returned @error. Return: @error. */
static inline int region_provider_failed(int error)
{
	if (error)
		count_all(provider_failures, 1);
	return error;
}

/* Was the last call that asked a provider for memory refused? */
extern uintptr_t mica_provider_refused __internal;

/*
 * The same of a call for memory, which is remembered. A port's table of spans
 * that is at its end has refused nothing. Return: @error.
 */
static inline int region_provider_gave(const struct mica_provider *p, int error)
{
	uintptr_t refused = error != 0;

	if (load_relaxed(&mica_provider_refused) != refused &&
	    !(MICA_PORT_SPANS && p == mica_port_provider()))
		store_relaxed(&mica_provider_refused, refused);
	return region_provider_failed(error);
}

/* One core: the first run of each heap's list, by its address; or 0. */
#if HEAPS_SOLO
extern uintptr_t mica_heap_runs[MICA_HEAPS + 1] __internal;
#endif

/*
 * A span as a region: from @base, the head lies first, struct region and what
 * the runs need, the runs behind it, in all @bytes.
 */
struct region_shape {
	uintptr_t base;
	size_t bytes;
	size_t head;
};

/* Return: false if the span is too small for a head and a run. */
static __always_inline bool region_shape(struct region_shape *shape,
				const struct mica_span *span)
{
	uintptr_t base = align_up((uintptr_t)span->base, MICA_GRANULE);
	size_t bytes = (uintptr_t)span->base + span->bytes - base;

	if (span->bytes < 2 * MICA_GRANULE)
		return false;
	bytes = align_down(MIN_OF(bytes, REGION_BYTES_MAX), RUN_UNIT_BYTES);
	shape->base = base;
	shape->bytes = bytes;
	shape->head = offsetof(struct region, runs) +
		      runs_head_bytes(base, bytes);
	return bytes >= runs_first(shape->head) +
			((size_t)RUN_MIN_SLICES << MICA_SLICE_SHIFT);
}

/* Its head is committed and clear. */
static __always_inline struct region *region_build(const struct mica_provider *p,
					  const struct mica_span *span,
					  const struct region_shape *shape)
{
	struct region *region = (struct region *)shape->base;

	if (HARDEN_BLOCKS)
		harden_begin();
	if (p)		/* it is clear */
		region->provider = p;
	region->span = *span;
	runs_set_bounds(&region->runs, shape->base, runs_first(shape->head),
			shape->bytes);
	runs_init(&region->runs);
	return region;
}

/* Is all of it one free run? Lock held. */
static inline bool region_is_empty(struct region *region)
{
	struct runs *r = &region->runs;

	return run_kind(r, r->first_slice) == RUN_FREE &&
	       run_slices(r, r->first_slice) == runs_end(r) - r->first_slice;
}

static inline uint32_t region_attributes(const struct region *region)
{
	return region->attributes |
	       (region->provider ? region->provider->attributes : 0);
}

/* Has memory of kind @has all of @require, and @match of @prefer? */
static inline bool attributes_fit(uint32_t has, uint32_t require,
				  uint32_t prefer, unsigned int match)
{
	return (has & require) == require && bits_count(has & prefer) == match;
}

/*
 * A provider says it has memory, which is none, no such span, or mica's already
 * (table layout: a unit is one region's alone).
 */
static inline bool span_is_a_lie(const struct mica_span *span, size_t lead)
{
	uintptr_t base = (uintptr_t)span->base, last = base + span->bytes - 1;

	if (!base || map_find(base + lead))
		return true;
	return span->bytes &&	/* else it is too small */
	       (last < base || (!LAYOUT_IS_TABLE && map_find(last)));
}

/* What purges are timed by: committed of it, and committed when it came. */
static inline size_t region_committed(const struct region *region)
{
	return LAYOUT_PURGES && region->provider ?
	       run_nr_committed(&region->runs) << MICA_SLICE_SHIFT : 0;
}

static inline size_t region_eager(const struct region *region)
{
	return region_flags(region) & REGION_EAGER ?
	       (size_t)(runs_end(&region->runs) - region->runs.first_slice)
	       << MICA_SLICE_SHIFT : 0;
}

#if CONTEXT_IS_SOLO

static inline void region_uncount(size_t committed, size_t eager)
{
	(void)committed, (void)eager;
}

static inline void region_commit_all(struct region *region)
{
	(void)region;
}

static inline void span_advise(const struct mica_provider *p,
			       struct mica_span span, bool huge)
{
	(void)p, (void)span, (void)huge;
}

#else

void region_uncount(size_t committed, size_t eager) __internal;

/*
 * Have it committed as a whole, or not, if that is refused. Nobody knows of it
 * yet.
 */
void region_commit_all(struct region *region) __internal;

/* What pages the MMU is to have there; @huge: large ones are asked for. */
void span_advise(const struct mica_provider *p, struct mica_span span,
		 bool huge) __internal;

/*
 * Have @p reserve a span, one that the caller asked for as far as can be seen.
 * Return: false, there is none.
 */
bool span_reserve(const struct mica_provider *p, size_t bytes, size_t align,
		  size_t lead, struct mica_span *span) __internal;
void span_release(const struct mica_provider *p, struct mica_span span) __internal;

#endif

/* Enter a region in the list and the map. Return: false if there is no room. */
bool region_publish(struct region *region) __internal;

/*
 * Take a region out of both; its place is kept. Inside the guard, under its
 * lock, which stays taken; several contexts: none of the others takes part.
 * The region is empty.
 */
void region_withdraw(struct region *region) __internal;

/*
 * What comes of a region withdrawn, outside the guard: its memory is gone, and
 * so is its place; or its provider would not have it, and it is listed again.
 */
void region_gone(void) __internal;
void region_return(struct region *region) __internal;

/* A region from @p for runs of @bytes and more. Return: is there one more? */
bool region_ask(const struct mica_provider *p, size_t bytes) __internal;

/* The same, of which nobody but @heap is to take; 0: everybody. */
bool region_ask_for(uintptr_t heap, const struct mica_provider *p,
		    size_t bytes) __internal;

/*
 * What registered providers have, once the port has no more; NULL: none is
 * registered. Return: is it worth trying again?
 */
extern bool (*mica_more_memory)(size_t bytes) __internal;

/* See bank.h; NULL until mica_banks_sleep() is called, which links them. */
struct bank_ops;
extern const struct bank_ops *mica_banks __internal;

static inline bool region_reserve_more(size_t bytes)
{
	bool (*more)(size_t) = load_acquire(&mica_more_memory);

	return more && more(bytes);
}

/*
 * Get a new region from the default provider, listed and entered in the map,
 * for runs of @bytes and more. Provider calls: outside guard and locks.
 * Return: is there something new, so that it is worth trying again?
 */
bool region_reserve(size_t bytes) __internal;

/*
 * A region of @p, if any, for one huge block of @bytes, its slice 1 aligned to
 * @align. Return: the region, in the map only, or NULL.
 */
struct region *region_reserve_huge(const struct mica_provider *p, size_t bytes,
				   size_t align) __internal;
void region_release_huge(struct region *region) __internal;

/*
 * The runs of a huge block's region that a visitor is looking at, or 0; marked
 * when the block was freed meanwhile, so that whoever lets go releases it.
 */
#define HUGE_IS_GONE ((uintptr_t)1)
extern uintptr_t mica_huge_held __internal;
void region_let_go_huge(struct region *region) __internal;

/*
 * Hold what the map has at @unit, if it is a huge block's; it cannot go until
 * region_let_go_huge(). Return: NULL, there is none.
 */
struct region *region_hold_huge(uintptr_t unit) __internal;

/* Commit or decommit slices [@i, @i + @n). Return: 0 or an error. */
int region_commit(struct region *region, slice_t i, slice_t n) __internal;
int region_decommit(struct region *region, slice_t i, slice_t n) __internal;

#endif
