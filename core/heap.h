/* SPDX-License-Identifier: MIT */
/*
 * Heaps: what of the memory belongs together; include/mica/heap.h has what is
 * promised, docs/design.md the reasons.
 *
 * A heap is a place in mica_heaps[], named by its number; number 0 is the main
 * heap, whose members are hardly used. Its memory:
 *
 *	pages	by their owner, a part: each context that uses the heap has one
 *		of its own there (struct mica_part), which says which heap it is
 *		of. An owner that is another part of the same context is pushed
 *		to as one's own.
 *	runs	by the heap's number, which the layout keeps: in the run's table
 *		entry, or, tag layout, in its last word (run_heap()).
 *
 * One core on the tag layout has it simpler: heap_solo.c. The rest is of where
 * several contexts take part.
 *
 * Bytes are counted where pages and runs come and go, in the heap and its
 * parents. Whoever gives back something may meet a mica_heap_delete(): it pins
 * the heap, looks again, and only then counts; the deleter cuts the heap off
 * its parents, waits until nobody has it pinned, and takes from them what the
 * heap has. A destroyer meets nobody: every free happens before it.
 *
 * The parts of a heap are listed on it, never unmapped, and each has one word
 * for who has it (part->context): a context, nobody of its heap (PART_NOBODY: it ended;
 * the next takes it over whole), a deleter or destroyer (PART_CLAIMED), who
 * collects the heap (PART_COLLECTED; these wait for that), or no heap (PART_POOLED).
 * Each change is one compare-and-swap, so that a context that ends and a destroyer
 * never both have it. A part that is some context's current one (PART_CURRENT) is
 * given up by the last: a destroyer or deleter, or that context as it looks away.
 */
#ifndef MICA_CORE_HEAP_H
#define MICA_CORE_HEAP_H

#include "locate.h"
#include "part.h"
#include "space.h"
#include "tally.h"

#if MICA_HEAPS

#include <mica/heap.h>
#if HEAPS_SHARED
#include "page.h"
#define HEAP_SHARED_FIELDS \
	uintptr_t pins;			/* those who are counting */ \
	uintptr_t huge;			/* huge blocks of it */ \
	uintptr_t parts;		/* struct mica_part *: all of its own */
#else
#define HEAP_SHARED_FIELDS
#endif

enum heap_life {
	HEAP_NONE,	/* the place is free */
	HEAP_BEGINS,
	HEAP_LIVES,
	HEAP_GOES,
};

struct mica_heap {
	uintptr_t life;			/* enum heap_life */
	uintptr_t parent;		/* struct mica_heap *, counted in */
	uintptr_t children;
	uintptr_t bytes, total, peak;	/* see struct mica_heap_usage */
	uintptr_t soft, hard;
	uintptr_t hard_since;		/* what it had when that was set */
	uintptr_t over;			/* the soft quota; 2: that was told */
	uintptr_t tell;			/* it, or a parent, is since just now */
	HEAP_SHARED_FIELDS
	const char *name;
	const struct mica_provider *provider;
	void *region;
	uint32_t require, prefer;
	uint32_t flags;
	uint32_t harden;		/* level of its pages */
};

extern struct mica_heap mica_heaps[MICA_HEAPS + 1] __internal;
/* One more than the highest number that a heap ever had. */
extern uintptr_t mica_nr_heaps __internal;

#define HEAP_MAIN (&mica_heaps[0])

static inline unsigned int heap_number(const struct mica_heap *heap)
{
	return heap ? (unsigned int)(heap - mica_heaps) : 0;
}

static inline struct mica_heap *heap_parent(const struct mica_heap *heap)
{
	return word_to_ptr(load_seq(&heap->parent));
}

/* NULL for the main heap, as parts and requests have it. */
static inline struct mica_heap *heap_at(unsigned int number)
{
	return number ? &mica_heaps[number] : NULL;
}

/* As the program has it. */
static inline struct mica_heap *heap_or_main(struct mica_heap *heap)
{
	return heap ? heap : HEAP_MAIN;
}

/* Is it one at all? Wherever the pointer comes from. */
static inline bool heap_lives(const struct mica_heap *heap)
{
	uintptr_t offset = (uintptr_t)heap - (uintptr_t)mica_heaps;

	return offset < sizeof(mica_heaps) && offset % sizeof(*heap) == 0 &&
	       (!offset || load_acquire(&heap->life) == HEAP_LIVES);
}

/* Was there ever one beside the main heap? */
static inline bool heaps_began(void)
{
	return load_relaxed(&mica_nr_heaps) > 1;
}

/* ---- who has what ------------------------------------------------------------ */

#if HEAPS_SHARED

static inline struct mica_heap *part_heap(const struct mica_part *part)
{
	return word_to_ptr(load_relaxed(&part->heap));
}

#else

static inline struct mica_heap *part_heap(const struct mica_part *part)
{
	return heap_at(part_number(part));
}

static inline bool part_is_of_heap(const struct mica_part *part)
{
	return part != mica_parts;
}

#endif

/* The heap that the calling context takes from; NULL: the main one. */
static inline struct mica_heap *heap_now(void)
{
	return part_heap(part_self());
}

/* The level of hardening of its pages. NULL: the main one. */
static inline unsigned int heap_level(const struct mica_heap *heap)
{
	return heap ? heap->harden : MICA_HARDEN;
}

/* ---- counting ------------------------------------------------------------------ */

/* @bytes more; more than a quota allows: nothing is counted. */
bool heap_charge(struct mica_heap *heap, size_t bytes) __internal;

/* Could it have @bytes more, as far as it, and its parents, may? */
static inline bool heap_has_room(const struct mica_heap *heap, size_t bytes)
{
	uintptr_t hard, total;

	for (; heap; heap = word_to_ptr(load_seq(&heap->parent))) {
		hard = load_relaxed(&heap->hard);
		total = load_relaxed(&heap->total);
		if (hard && (total > hard || bytes > hard - total))
			return false;
	}
	return true;
}

/* @bytes less. The heap is the caller's, or pinned. */
void heap_refund(struct mica_heap *heap, size_t bytes) __internal;

/* A page of @part that has @slices comes or goes. */
static inline bool part_charge(const struct mica_part *part, slice_t slices)
{
	struct mica_heap *heap = part_heap(part);

	return likely(!heap) ||
	       heap_charge(heap, (size_t)slices << MICA_SLICE_SHIFT);
}

#if HEAPS_SHARED

/* Nobody counts in it any more, but who began now. May wait. */
void heap_quiesce(struct mica_heap *heap) __internal;

/* A heap begins: what only several contexts ask of it. */
static inline void heap_begin_shared(struct mica_heap *heap)
{
	heap->huge = 0;
	heap->parts = 0;
}

void part_refund_shared(const struct mica_part *part, size_t bytes) __internal;

static inline void part_refund(const struct mica_part *part, slice_t slices)
{
	if (unlikely(part_heap(part)))
		part_refund_shared(part, (size_t)slices << MICA_SLICE_SHIFT);
}

/*
 * The heap that has the block of run @i, pinned; NULL: the main one. It is to be
 * let go.
 */
struct mica_heap *run_pin_shared(const struct runs *r, slice_t i) __internal;

static inline struct mica_heap *run_pin(const struct runs *r, slice_t i)
{
	return likely(!run_heap(r, i)) ? NULL : run_pin_shared(r, i);
}

static inline void heap_unpin(struct mica_heap *heap)
{
	if (heap)
		atomic_add(&heap->pins, ~(uintptr_t)0);
}

void run_leaves_heap_shared(struct region *region, slice_t i,
			    size_t bytes) __internal;

/* They are in no list of regions. */
static inline bool heap_has_huge(const struct mica_heap *heap)
{
	return load_relaxed(&heap->huge);
}

/* The block that is run @i, of @bytes, is freed. */
static inline void run_leaves_heap(struct region *region, slice_t i,
				   size_t bytes)
{
	tally_heap(&region->runs, i, -1);
	if (unlikely(run_heap(&region->runs, i)))
		run_leaves_heap_shared(region, i, bytes);
}

static inline void heap_count_huge(struct mica_heap *heap, ptrdiff_t n)
{
	if (heap)
		atomic_add(&heap->huge, (uintptr_t)n);
}

#else
#include "heap_solo.h"
#endif

/* ---- memory for a heap ----------------------------------------------------------- */

/* Is its memory of a kind, or of a place? Then it is looked for here. */
static inline bool heap_is_bound(const struct mica_heap *heap)
{
	return heap->flags || heap->require || heap->prefer || heap->region ||
	       heap->provider;
}

enum space_result heap_take_bound(struct mica_heap *heap,
				  const struct run_want *want,
				  struct space_run *run) __internal;

/* As space_take(), of what @heap is bound to. */
static inline enum space_result heap_take(struct mica_heap *heap,
					  const struct run_want *want,
					  struct space_run *run)
{
	return unlikely(heap && heap_is_bound(heap)) ?
		heap_take_bound(heap, want, run) : space_take(want, run);
}

/* As region_reserve(), of what it is bound to. Return: try again? */
bool heap_reserve(struct mica_heap *heap, size_t bytes) __internal;

/* Its parents do not count it any more. May wait. */
void heap_cut(struct mica_heap *heap) __internal;

/* Collects what is counted where @heap is; set when the first heap begins. */
extern void (*heap_more_room)(struct mica_heap *heap) __internal;

/* Over a quota: collect, once for each request. Return: try again? */
bool heap_retry(struct mica_heap *heap, unsigned int *spins) __internal;

/* Of whom a huge block of it is to be had; NULL: of nobody. */
const struct mica_provider *heap_provider(const struct mica_heap *heap) __internal;

void heap_warn(struct mica_heap *leaf) __internal;

/* Outside the guard: did what was just taken exceed a soft quota? */
static inline void heap_say(struct mica_heap *heap)
{
	if (unlikely(heap) && unlikely(load_relaxed(&heap->tell)))
		heap_warn(heap);
}

/* ---- contexts ---------------------------------------------------------------------- */

#if HEAPS_SHARED

/* The calling context ends: its parts of heaps are nobody's. */
void heap_context_ends(struct mica_part *main) __internal;

void heap_settle_moved(struct mica_part *main) __internal;

/* Was a heap deleted of which this context has a part? That goes, too. */
static inline void heap_beat(struct mica_part *part)
{
	struct mica_part *main = part_main(part);

	if (unlikely(load_relaxed(&main->moved)))
		heap_settle_moved(main);
}

/* Whose the block there is; NULL: the main heap's. */
static inline struct mica_heap *heap_at_location(const struct location *at)
{
	struct mica_part *owner;

	if (!at->page)
		return heap_at(run_heap(&at->region->runs, at->i));
	owner = page_owner(at->page);
	return owner ? part_heap(owner) : NULL;
}

#endif

#else

struct mica_heap;

static inline bool heaps_began(void)
{
	return false;
}

static inline struct mica_heap *heap_at_location(const struct location *at)
{
	(void)at;
	return NULL;
}

static inline struct mica_heap *part_heap(const struct mica_part *part)
{
	(void)part;
	return NULL;
}

static inline struct mica_heap *heap_now(void)
{
	return NULL;
}

static inline unsigned int heap_level(const struct mica_heap *heap)
{
	(void)heap;
	return MICA_HARDEN;
}

static inline bool part_is_of_heap(const struct mica_part *part)
{
	(void)part;
	return false;
}

static inline size_t part_run_bytes(const struct mica_part *part)
{
	(void)part;
	return 0;
}

static inline void *heap_take_run(struct mica_part *part, slice_t n)
{
	(void)part, (void)n;
	return NULL;
}

static inline struct page *heap_take_page(struct mica_part *part)
{
	(void)part;
	return NULL;
}

static inline bool heap_get_more(struct mica_heap *heap, size_t size)
{
	(void)heap, (void)size;
	return false;
}

static inline unsigned int heap_number(const struct mica_heap *heap)
{
	(void)heap;
	return 0;
}

static inline bool heap_charge(struct mica_heap *heap, size_t bytes)
{
	(void)heap, (void)bytes;
	return true;
}

static inline bool heap_has_room(const struct mica_heap *heap, size_t bytes)
{
	(void)heap, (void)bytes;
	return true;
}

static inline void heap_refund(struct mica_heap *heap, size_t bytes)
{
	(void)heap, (void)bytes;
}

static inline bool part_charge(const struct mica_part *part, slice_t slices)
{
	(void)part, (void)slices;
	return true;
}

static inline void part_refund(const struct mica_part *part, slice_t slices)
{
	(void)part, (void)slices;
}

static inline struct mica_heap *run_pin(const struct runs *r, slice_t i)
{
	(void)r, (void)i;
	return NULL;
}

static inline void heap_unpin(struct mica_heap *heap)
{
	(void)heap;
}

static inline void run_leaves_heap(struct region *region, slice_t i, size_t bytes)
{
	(void)region, (void)i, (void)bytes;
}

static inline enum space_result heap_take(struct mica_heap *heap,
					  const struct run_want *want,
					  struct space_run *run)
{
	(void)heap;
	return space_take(want, run);
}

static inline bool heap_retry(struct mica_heap *heap, unsigned int *spins)
{
	(void)heap, (void)spins;
	return false;
}

static inline bool heap_reserve(struct mica_heap *heap, size_t bytes)
{
	(void)heap, (void)bytes;
	return false;
}

static inline bool heap_is_bound(const struct mica_heap *heap)
{
	(void)heap;
	return false;
}

static inline const struct mica_provider *
heap_provider(const struct mica_heap *heap)
{
	(void)heap;
	return mica_port_provider();
}

static inline void heap_count_huge(struct mica_heap *heap, ptrdiff_t n)
{
	(void)heap, (void)n;
}

static inline void heap_say(struct mica_heap *heap)
{
	(void)heap;
}

static inline void heap_beat(struct mica_part *part)
{
	(void)part;
}

static inline void heap_context_ends(struct mica_part *main)
{
	(void)main;
}

#endif

/* A run may come out this much larger than was asked for. */
#define RUN_SLACK (RUN_MIN_SLICES - RUN_UNIT)

#endif
