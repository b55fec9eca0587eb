/* SPDX-License-Identifier: MIT */
/*
 * Runs of slices in one region: fit, split, merge, grow, in constant time.
 *
 * Two-level segregated fit (Masmano, Ripoll, Crespo, Real: "TLSF: a new
 * dynamic memory allocator for real-time systems", ECRTS 2004) over slices,
 * with one addition: the first run of the request's own list is tried
 * before the next list, where every run fits.
 *
 * The caller holds the region's lock. Invariants kept here: 1 (runs tile
 * the region) and 2 (no two neighbours are free). No function has a loop;
 * each touches at most the run, its two neighbours and two list heads.
 */
#ifndef MICA_CORE_RUN_H
#define MICA_CORE_RUN_H

#include "layout.h"

#if MICA_HEAPS
#define RUN_WANT_HEAP_FIELD unsigned int heap;
#define run_want_heap(want) ((want)->heap)
#else
#define RUN_WANT_HEAP_FIELD
#define run_want_heap(want) ((void)(want), 0u)
#endif

/**
 * struct run_want - a run that is looked for
 * @slices: at least 1
 * @align: in slices, a power of two; 1: anywhere
 * @phase: (address of the run / slice) modulo @align; below @align
 * @heap: the number of the heap whose block it is to be; 0: the main one's, or
 *	it is to be a page. A run says so from the moment it is taken: bits of a
 *	tag that belong to the lock's holder lie in the same word
 */
struct run_want {
	slice_t slices;
	slice_t align;
	slice_t phase;
	RUN_WANT_HEAP_FIELD
};

/* The region's memory behind its head becomes one free, clean run. */
void runs_init(struct runs *r) __internal;

/* Could a run of @slices be there? A hint, read without the lock. */
bool runs_may_fit(const struct runs *r, slice_t slices) __internal;

/* Take a run of @slices from anywhere. Return: its first slice, or 0. */
slice_t run_take_any(struct runs *r, slice_t slices) __internal;

/*
 * Tag layout: take a run for a page, aligned to itself, from one with room for
 * it wherever that lies: where memory is that short, single runs fill it better.
 */
slice_t run_take_page(struct runs *r) __internal;

/* Take a run: in use, RUN_BLOCK. Return: its first slice, or 0. */
slice_t run_take(struct runs *r, const struct run_want *want) __internal;

/*
 * Give a run in use back; it merges with its free neighbours. @since: the
 * purge generation to wait from; 0: its memory is clean (decommitted).
 */
void run_give(struct runs *r, slice_t i, uint32_t since) __internal;

/* The same of a run known to have @n slices. */
void run_give_known(struct runs *r, slice_t i, slice_t n,
		    uint32_t since) __internal;

/* Grow a run in use to @slices where it lies. Return: false, unchanged. */
bool run_grow(struct runs *r, slice_t i, slice_t slices) __internal;

/* Shrink a run in use to @slices; what is left over is given back. */
void run_shrink(struct runs *r, slice_t i, slice_t slices,
		uint32_t since) __internal;

/* Take free run @i as it is, to purge it. */
void run_hold(struct runs *r, slice_t i) __internal;

/* Is free run @i the first of the list of its size? */
bool run_is_list_head(struct runs *r, slice_t i) __internal;

/* The list, of the index, for runs of @slices; a higher one has larger. */
unsigned int runs_list(slice_t slices) __internal;

/* The list of the largest run; 0: none is free. */
unsigned int runs_top(const struct runs *r) __internal;

/* Slices of the largest run: the highest non-empty list's first. */
slice_t runs_largest(struct runs *r) __internal;

#endif
