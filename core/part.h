/* SPDX-License-Identifier: MIT */
/*
 * Contexts: who may touch a page without atomics.
 *
 * A context's share of the heap is its struct mica_part: for each class the list
 * that malloc pops (the blocks held from the current page), the current
 * page, and a queue of pages known to have free blocks; a full page is on
 * no queue. `listed` takes pages that a remote free found full.
 *
 * Parts are type-stable: never unmapped, reused by later contexts, so that
 * a late push on `listed` is harmless. Full pages of an ended context stay
 * with its part; the next context that gets the part has them. A heap gets one
 * that has no page: which those are is told by a count that the part's owner
 * keeps, and when it has ended, whoever settles what is listed there.
 *
 * Table layout: a part keeps a direct-mapped cache of its own pages, from
 * slice number to the list that a free pushes on. A hit says at once that
 * the address is mica's, aligned, and the context's own.
 *
 * In a `core` build the guard brackets each operation, and the part's busy
 * word tells an interrupt above the guard that it came in the middle; where
 * the port says that none lies above, there is no need for the word.
 */
#ifndef MICA_CORE_PART_H
#define MICA_CORE_PART_H

#include "quarantine.h"
#include "heartbeat.h"
#include "region.h"

#define PART_MANY 128u	/* pages */
#define PART_LOOKS 16u	/* parts that are looked at for one that has no page */
#define OWN_SLOTS (LAYOUT_IS_TABLE ? 256u : 1u)

#if HARDEN_BLOCKS
#define OWN_SHAPE_FIELD struct class_shape own_shape[OWN_SLOTS];
#else
#define OWN_SHAPE_FIELD
#endif

#if HEAPS_SHARED
/*
 * See heap.h. What is not a context's but nobody's, being given up, or of no
 * heap, is so by these words, at which no part can lie: they are not aligned.
 * Nobody's says in which heap, for who knew the part in an earlier one, and
 * collected by which core. Above these bits:
 */
enum {
	PART_POOLED,
	PART_NOBODY,	/* the heap's number */
	PART_CLAIMED,
	PART_COLLECTED,	/* the core that is at it */
	PART_WORD_SHIFT = 2,
	PART_WORD_MASK = (1 << PART_WORD_SHIFT) - 1,
};

enum part_use {
	PART_CURRENT = 1 << 0,	/* some context looks at it */
	PART_GONE = 1 << 1,	/* its heap is destroyed */
};

#if MICA_CONTEXT == MICA_CONTEXT_THREAD
#define PART_FREES_FIELD
#define PART_OWNED_FIELD \
	uintptr_t owned;		/* pages that say it is their owner */
#else
#define PART_FREES_FIELD \
	uintptr_t frees;		/* main: see frees.h */
#define PART_OWNED_FIELD		/* a core's parts are its heap's for ever */
#endif

#define PART_HEAP_FIELDS \
	uintptr_t heap;			/* struct mica_heap *; 0: the main one */ \
	uintptr_t context;		/* whose it is: its main part, or a word */ \
	struct mica_part *main;		/* the same, as long as it is current */ \
	uintptr_t use;			/* enum part_use */ \
	struct mica_part *next_of_heap;	/* all of a heap's */ \
	uintptr_t *of_heap;		/* main: the context's, by heap's number */ \
	uintptr_t nr_of_heap;		/* of these, the first that was never used */ \
	uintptr_t moved;		/* main: the heap of one was deleted */ \
	PART_FREES_FIELD \
	PART_OWNED_FIELD
#elif MICA_HEAPS
/* One core: a heap has one part, which is the core's; see heap_solo.c. */
#define PART_HEAP_FIELDS \
	struct page *full;		/* a ring: pages on no queue; not the main's */
#else
#define PART_HEAP_FIELDS
#endif

enum part_life {
	PART_ENDED,	/* nobody's: may be taken by a new context */
	PART_LIVE,	/* a context's */
	PART_DRAINED,	/* nobody's; somebody settles what was listed */
	PART_VANISHED,	/* of a thread that fork left behind, half-way */
};

/*
 * See rare.h. A run has a word more than its block, and RUN_MIN_SLICES at
 * least: those for blocks of up to LINEAR_BYTES come in so many sizes.
 */
#define RARE_KEYS (LINEAR_CLASSES + 1 - RUN_MIN_SLICES / MICA_GRANULE + 1)

struct rare {
	uint32_t bytes[RARE_KEYS];	/* live in runs of each size */
	uint16_t pages[NR_CLASSES];
};

#if MICA_TRACE
#define TRACE_FIELD uintptr_t telling;	/* see trace.c: hooks under way */
#else
#define TRACE_FIELD
#endif

#if CONTEXT_IS_SOLO

struct mica_part {
	struct page *queue[NR_CLASSES];
	/* of the first region, for free to find pages by */
	uintptr_t base;
	size_t granules;
	uint8_t *cells;
	uint8_t busy;
	struct runs *first;		/* mica_map[0] */
	struct rare rare;
	HEARTBEAT_FIELDS
	COUNTERS_FIELD
	QUARANTINE_FIELD
	PART_HEAP_FIELDS
	TRACE_FIELD
};

#else

struct mica_part {
	struct list list[NR_CLASSES];
	struct page *current[NR_CLASSES];
	struct page *queue[NR_CLASSES];
	uintptr_t own_tag[OWN_SLOTS];	/* slice number; or ~0 */
	struct list *own_list[OWN_SLOTS];
	OWN_SHAPE_FIELD
	uintptr_t listed;		/* struct page *, pushed by others */
	uintptr_t nr_listed;		/* and not settled yet; a hint */
	struct page *settling;		/* taken from listed, not settled yet */
	uintptr_t ended;		/* enum part_life */
	uintptr_t next;			/* struct mica_part *: all parts */
	struct mica_part *next_ended;
	uint32_t beat;			/* trips through the slow path */
	uint32_t trim;			/* class that is looked at next, if idle */
	uint32_t pages, pages_most;	/* opened less released; a hint */
	uint8_t busy;
	uint8_t ending;			/* mica_context_end() is not done yet */
	uint8_t idle;			/* most is free: no empty page is kept */
	HEARTBEAT_FIELDS
	COUNTERS_FIELD
	QUARANTINE_FIELD
	PART_HEAP_FIELDS
	TRACE_FIELD
};

#endif

/*
 * Forget the cache. By any context: the owner's lists are not touched, and a
 * miss is no harm.
 */
#if MICA_LAYOUT == MICA_LAYOUT_TABLE
static inline void part_wipe(struct mica_part *part)
{
	unsigned int slot;

	for (slot = 0; slot < OWN_SLOTS; slot++)
		store_relaxed(&part->own_tag[slot], ~(uintptr_t)0);
}
#else
static inline void part_wipe(struct mica_part *part)
{
	(void)part;
}
#endif

/* The context's own count, see heartbeat.h: one more. Return: how many now. */
#if MICA_DEFERRED
static inline uint32_t part_count_beat(struct mica_part *part)
{
	uint32_t since = load_relaxed(&part->since_beat) + 1;

	store_relaxed(&part->since_beat, since);
	return since;
}
#else
static inline uint32_t part_count_beat(struct mica_part *part)
{
	(void)part;
	return 0;
}
#endif

#if !CONTEXT_IS_SOLO

/* A page more: whatever was before, the context is at work. */
static inline void part_count_page(struct mica_part *part)
{
	part->pages++;
	if (part->pages > part->pages_most || part->idle)
		part->pages_most = part->pages;
	part->idle = 0;
}

/* Has it given back most of what it had, and was that much? */
static inline bool part_fell(const struct mica_part *part)
{
	return part->pages_most > PART_MANY &&
	       part->pages < part->pages_most / 3;
}

#endif

#if MICA_CONTEXT == MICA_CONTEXT_THREAD

static inline struct mica_part *part_next(const struct mica_part *part)
{
	return word_to_ptr(part->next);
}

/* mica_port.h names it struct mica_part: a word that the port only keeps. */
static __always_inline struct mica_part *part_self(void)
{
	return (struct mica_part *)*mica_port_part();
}

#else

#if CONTEXT_IS_SOLO
/* Free finds pages of the first region without asking the map. */
static __always_inline void part_adopt(struct mica_part *part,
				       const struct runs *r)
{
	part->first = mica_map[0];
	part->base = r->base;
	part->granules = r->bytes >> MICA_GRANULE_SHIFT;
	part->cells = r->cells;
}
#endif

/* The cores' own, and for each heap as many. */
#define NR_PARTS (MICA_CORES * (1 + MICA_HEAPS))

extern struct mica_part mica_parts[NR_PARTS] __internal;

static inline struct mica_part *part_next(struct mica_part *part)
{
	return part + 1 < mica_parts + NR_PARTS ? part + 1 : NULL;
}

#if HEAPS_SHARED

/* What each core takes from: which part, counted from its own. */
extern uintptr_t mica_part_now[MICA_CORES] __internal;

static __always_inline struct mica_part *part_self(void)
{
	unsigned int core = MICA_CORES > 1 ? mica_port_core() : 0;

	return &mica_parts[core] + load_relaxed(&mica_part_now[core]);
}

#elif MICA_HEAPS

/*
 * The part of the current heap, never NULL. Who changes it while others wait, an
 * interrupt or a scheduler, has it as it was before these go on.
 */
extern struct mica_part *mica_part_solo __internal;

static __always_inline struct mica_part *part_self(void)
{
	struct mica_part *part = mica_part_solo;

	if (!part)
		__builtin_unreachable();
	return part;
}

#else

static __always_inline struct mica_part *part_self(void)
{
	return &mica_parts[MICA_CORES > 1 ? mica_port_core() : 0];
}

#endif

#endif

#if CONTEXT_IS_SOLO
static __always_inline bool part_is_idle(const struct mica_part *part)
{
	(void)part;
	return false;
}
#else
/*
 * A core's part is always the same one; it begins with the core's first
 * allocation, as a thread's does, and is the core's until it ends.
 */
static __always_inline bool part_is_idle(const struct mica_part *part)
{
	return CONTEXT_ENDS && !CONTEXT_IS_THREAD &&
	       load_relaxed(&part->ended) != PART_LIVE;
}
#endif

#if HEAPS_SHARED

/* A context's part of the main heap. */
static inline uintptr_t part_table(const struct mica_part *part)
{
	return (uintptr_t)load_relaxed(&part->of_heap);
}

static inline bool part_is_nobodys(const struct mica_part *part)
{
	return (load_relaxed(&part->context) & PART_WORD_MASK) == PART_NOBODY;
}

static inline struct mica_part *part_main(struct mica_part *part)
{
	return part->main ? part->main : part;
}

/* Are both the same context's? @other: any part at all. */
static inline bool part_is_beside(struct mica_part *part,
				  struct mica_part *other)
{
	struct mica_part *main = part_main(part);

	return other == main ||
	       load_relaxed(&other->context) == (uintptr_t)main;
}

#else

#if HEAPS_SOLO
/* What is there once, such as the busy word, is the first's. */
static __always_inline struct mica_part *part_main(struct mica_part *part)
{
	(void)part;
	return mica_parts;
}

/* Of the heap that has the part. */
static inline unsigned int part_number(const struct mica_part *part)
{
	return (unsigned int)(part - mica_parts);
}
#else
static inline unsigned int part_number(const struct mica_part *part)
{
	(void)part;
	return 0;
}

static __always_inline struct mica_part *part_main(struct mica_part *part)
{
	return part;
}
#endif

static inline uintptr_t part_table(const struct mica_part *part)
{
	(void)part;
	return 0;
}

static inline bool part_is_nobodys(const struct mica_part *part)
{
	(void)part;
	return false;
}

static inline bool part_is_beside(struct mica_part *part,
				  struct mica_part *other)
{
	(void)part, (void)other;
	return false;
}

#endif

/*
 * Free does not begin a context: libraries free their own when a thread's
 * last hook has run, and nobody would end it. Without one, every page is
 * somebody else's.
 */
static inline struct mica_part *part_or_null(struct mica_part *part)
{
	if (CONTEXT_IS_THREAD)
		return part == &mica_part_none ? NULL : part;
	return part && part_is_idle(part) ? NULL : part;
}

/* May an interrupt come in the middle of an operation, and free? */
#define CONTEXT_NESTS \
	(MICA_CONTEXT == MICA_CONTEXT_CORE && MICA_PORT_ABOVE_GUARD)

/*
 * For an interrupt above the guard to see: the compiler must neither drop
 * the store nor move what it brackets across it.
 */
static __always_inline void context_set_busy(struct mica_part *part,
					     uint8_t busy)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	store_relaxed(&part_main(part)->busy, busy);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/*
 * Begin an operation. Return: the context's part, or NULL (nothing to
 * leave) when this is an interrupt above the guard in the middle of one.
 */
static __always_inline struct mica_part *context_enter(mica_port_guard_t *state)
{
	struct mica_part *part;

	if (MICA_CONTEXT != MICA_CONTEXT_CORE)
		return part_self();
	*state = mica_port_guard();
	part = part_self();
	if (!CONTEXT_NESTS)
		return part;
	if (unlikely(part_main(part)->busy)) {
		mica_port_unguard(*state);
		return NULL;
	}
	context_set_busy(part, 1);
	return part;
}

/* The same right after an operation of one's own: nobody is in the middle. */
static __always_inline void context_enter_again(struct mica_part *part,
						mica_port_guard_t *state)
{
	if (MICA_CONTEXT != MICA_CONTEXT_CORE)
		return;
	*state = mica_port_guard();
	if (CONTEXT_NESTS)
		context_set_busy(part, 1);
}

/* Did context_enter() return NULL? Known at compile time where it cannot. */
static __always_inline bool context_refused(const struct mica_part *part)
{
	return CONTEXT_NESTS && unlikely(!part);
}

static __always_inline void context_leave(struct mica_part *part,
					  mica_port_guard_t state)
{
	if (MICA_CONTEXT != MICA_CONTEXT_CORE)
		return;
	if (CONTEXT_NESTS)
		context_set_busy(part, 0);
	mica_port_unguard(state);
}

#endif
