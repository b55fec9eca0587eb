/* SPDX-License-Identifier: MIT */
/*
 * Tag layout: one word before each run, for small memories.
 *
 * Slices are counted in bytes here; sizes and places of runs are multiples
 * of a granule. On a 32-bit machine a run's index is its address, elsewhere
 * its distance from the region's base. The tag of the run at i is the word
 * just before it, so a run of n bytes holds a block of n bytes less a word,
 * aligned to a granule. The tag says the run's size, whether it and the run
 * before it are free, and has check bits that tell a tag from data. A free run keeps two links behind its tag and its size in
 * its last word.
 *
 * A page is a run of one page cell, aligned to itself: its tag is the last
 * word of the cell before, its header lies at the head. One byte a cell
 * says "here lies a page"; where it is 0, an address is that of a run.
 *
 * Tags and bytes are written under the region's lock and read without it.
 */
#ifndef MICA_CORE_LAYOUT_TAG_H
#define MICA_CORE_LAYOUT_TAG_H

#define LAYOUT_PURGES 0
#define RUN_UNIT ((slice_t)MICA_GRANULE)	/* runs are multiples of it */
#define RUN_MIN_SLICES 16u			/* tag, two links, size */
#define MAP_ENTRIES MICA_REGIONS_MAX
#define TAG_BYTES sizeof(uint32_t)

/* The size on top, check bits between it and the flags. */
enum {
	TAG_FREE = 1u << 0,
	TAG_PREV_FREE = 1u << 1,
	TAG_HELD = 1u << 2,		/* see bank.h; check bits are inverted */
	TAG_HEAP = 1u << 3,		/* its last word names its heap */
	TAG_FLAGS = MICA_HEAPS ? 15 : 7,
	TAG_SIZE_AT = 32 - MICA_REGION_SHIFT,
	TAG_IS_FULL = !TAG_SIZE_AT,	/* the size is all but the flags */
};

/*
 * A tag repeats these bits of its run's index. A full one has room for one that
 * sizes do not need, if granules are large, where it repeats the next.
 */
#define TAG_CHECK_MASK \
	(!MICA_HARDEN ? 0 : TAG_IS_FULL ? \
	 (uint32_t)MICA_GRANULE - 1 - TAG_FLAGS : \
	 ((uint32_t)1 << TAG_SIZE_AT) - 1 - TAG_FLAGS)
#define TAG_CHECK_SHIFT (TAG_IS_FULL ? 1 : 0)

#if CONTEXT_IS_SOLO
#include "page_solo.h"
#else

/* Links of a run that is free, or waits to be, take the place of the queue's. */
struct page {
	PAGE_QUEUE_FIELDS
	PAGE_SHARED_FIELDS
	PAGE_LEVEL_FIELD
	PAGE_LIST_FIELDS
	PAGE_FLAGS_FIELD
};

_Static_assert(offsetof(struct page, part) >= 2 * sizeof(uint32_t),
	       "a free run's links must leave the header's other words alone");

#define PAGE_HEAD_BYTES \
	((sizeof(struct page) + MICA_GRANULE - 1) & ~(MICA_GRANULE - 1))

/* Bytes from page_start() in which blocks have been carved. */
static inline size_t page_extent(const struct page *page)
{
	return load_relaxed(&page->carved) * class_bytes(page->class);
}

static inline void page_set_carved(struct page *page, size_t blocks)
{
	store_relaxed(&page->carved, (uint16_t)blocks);
}

#endif

#if CONTEXT_IS_SOLO
#define ABANDONED_FIELD
#else
#define ABANDONED_FIELD uintptr_t *abandoned;	/* bits, if contexts end */
#endif

#if MICA_PORT_GROWS
#define GROW_FIELDS \
	size_t nr_cells;		/* that there is room for */ \
	slice_t fresh;			/* see layout_grow.h */
#else
#define GROW_FIELDS
#endif

struct runs {
	uintptr_t base;			/* where the memory begins */
	size_t bytes;			/* of it, in runs and the head */
	uint8_t *cells;			/* see cell_of() */
	slice_t first_slice;		/* first that is not the head's */
	slice_t end;			/* behind the last */
	ABANDONED_FIELD
	GROW_FIELDS
	COUNTERS_FIELD
	uint32_t list_map[INDEX_WORDS];
	slice_t heads[];		/* see runs_head(); as many as the region needs */
};

extern struct runs *mica_map[MAP_ENTRIES] __internal;

/* Tags, bytes and counts that one core alone reads and writes need no care. */
#if CONTEXT_IS_SOLO
#define tag_load(p) (*(p))
#define tag_store(p, v) (*(p) = (v))
#define map_load(p) (*(p))
#define map_store(p, v) (*(p) = (v))
#else
#define tag_load(p) load_relaxed(p)
#define tag_store(p, v) store_relaxed(p, v)
#define map_load(p) load_acquire(p)
#define map_store(p, v) store_release(p, v)
#endif

/* ---- address to region to page ----------------------------------------- */

static __always_inline bool runs_hold(const struct runs *r, uintptr_t address)
{
	return address - r->base < r->bytes;
}

/* Regions but the first: MICA_REGIONS_MAX compares. */
static inline struct runs *map_find_more(uintptr_t address)
{
	struct runs *r;
	unsigned int k;

	for (k = 1; k < MAP_ENTRIES; k++) {
		r = map_load(&mica_map[k]);
		if (r && runs_hold(r, address))
			return r;
	}
	return NULL;
}

static __always_inline struct runs *map_find(uintptr_t address)
{
	struct runs *r = map_load(&mica_map[0]);

	if (likely(r && runs_hold(r, address)))
		return r;
	return map_find_more(address);
}

/* Claim a free entry of the map; or clear @runs's own. */
static inline bool map_set(struct runs *runs, uintptr_t address, size_t bytes,
			   bool on)
{
	uintptr_t seen;
	unsigned int k;

	(void)address;
	(void)bytes;
	for (k = 0; k < MAP_ENTRIES; k++) {
		seen = on ? 0 : (uintptr_t)runs;
		do {
			if (atomic_cas((uintptr_t *)&mica_map[k], &seen,
				       on ? (uintptr_t)runs : 0))
				return true;
		} while (seen == (on ? 0 : (uintptr_t)runs));
	}
	return false;
}

/* What indices of runs count from. */
static __always_inline uintptr_t run_origin(const struct runs *r)
{
	return sizeof(uintptr_t) == sizeof(slice_t) ? 0 : r->base;
}

static __always_inline slice_t run_at(const struct runs *r, uintptr_t address)
{
	return (slice_t)(address - run_origin(r));
}

static __always_inline uintptr_t run_address(const struct runs *r, slice_t i)
{
	return run_origin(r) + i;
}

static inline slice_t runs_end(const struct runs *r)
{
	return r->end;
}

/* More slices than any run has. */
static inline size_t runs_size(const struct runs *r)
{
	return r->bytes;
}

/*
 * One byte a page cell, indexed by the address itself: r->cells is where the
 * byte of address 0 would be.
 */
static __always_inline uint8_t *cell_of(const struct runs *r,
					uintptr_t address)
{
	return (uint8_t *)((uintptr_t)r->cells + (address >> MICA_PAGE_SHIFT));
}

static __always_inline bool cell_is_page(const struct runs *r,
					 uintptr_t address)
{
	return tag_load(cell_of(r, address));
}

static __always_inline struct page *page_at(struct runs *r, uintptr_t address)
{
	return cell_is_page(r, address) ?
		(struct page *)align_down(address, PAGE_BYTES) : NULL;
}

/*
 * Where the runs begin that can be told without a walk: pages, by their cells.
 * Return: what begins in place @k, and *@i, where; RUN_INSIDE: not known.
 */
static inline enum run_kind run_in_place(const struct runs *r, size_t k,
					 slice_t *i)
{
	uintptr_t address = align_down(r->base, PAGE_BYTES) +
			    ((uintptr_t)k << MICA_PAGE_SHIFT);

	*i = run_at(r, address);
	return map_load(cell_of(r, address)) ? RUN_PAGE : RUN_INSIDE;
}

/* The page around the address of one of its blocks. */
static __always_inline struct page *page_around(uintptr_t address)
{
	uintptr_t cell = address >> MICA_PAGE_SHIFT;

	keep(cell);	/* two shifts, where a mask would take more */
	return (struct page *)(cell << MICA_PAGE_SHIFT);
}

/* Bytes of each of its blocks. */
static __always_inline size_t page_block_bytes(const struct page *page)
{
	return class_bytes(page->class);
}

static inline void page_set_class(struct page *page, unsigned int class)
{
	page->class = (uint8_t)class;
}

/* Finding the page in general is quick enough. */
static __always_inline struct page *page_quick(uintptr_t address)
{
	(void)address;
	return NULL;
}

static inline struct runs *page_runs(struct page *page)
{
	return map_find((uintptr_t)page);
}

static inline slice_t page_run(struct page *page)
{
	return run_at(page_runs(page), (uintptr_t)page);
}

static inline uintptr_t page_start(struct page *page)
{
	return (uintptr_t)page + PAGE_HEAD_BYTES;
}

static inline size_t page_space(unsigned int slices)
{
	return slices - PAGE_HEAD_BYTES - TAG_BYTES;
}

static __always_inline uint32_t *run_tag(const struct runs *r, slice_t i)
{
	return (uint32_t *)(run_address(r, i) - TAG_BYTES);
}

/* By its owner: the header of the page in run @i. */
static inline struct page *page_header(struct runs *r, slice_t i)
{
	return (struct page *)run_address(r, i);
}

/* What its header says is there: from now on others find it. */
static inline void page_publish(struct runs *r, slice_t i)
{
	map_store(cell_of(r, run_address(r, i)), 1);
}

/* The page in run @i, whose header is to be read by others; or NULL. */
static inline struct page *page_published(struct runs *r, slice_t i)
{
	return map_load(cell_of(r, run_address(r, i))) ?
		(struct page *)run_address(r, i) : NULL;
}

/* Before the run is given back: from now on it is no page. */
static inline void page_unpublish(struct runs *r, slice_t i)
{
	tag_store(cell_of(r, run_address(r, i)), 0);
}

#include "layout_tag_abandoned.h"

/* ---- bounds ------------------------------------------------------------- */

static inline uint32_t tag_make(slice_t i, slice_t slices, uint32_t flags)
{
	return flags | slices << TAG_SIZE_AT | (i >> TAG_CHECK_SHIFT & TAG_CHECK_MASK);
}

static __always_inline slice_t tag_slices(uint32_t tag)
{
	return TAG_IS_FULL ? align_down(tag, MICA_GRANULE) : tag >> TAG_SIZE_AT;
}

static inline slice_t run_slices(const struct runs *r, slice_t i)
{
	return tag_slices(tag_load(run_tag(r, i)));
}

static inline enum run_kind run_kind(const struct runs *r, slice_t i)
{
	if (tag_load(run_tag(r, i)) & TAG_FREE)
		return RUN_FREE;
	return cell_is_page(r, run_address(r, i)) ? RUN_PAGE : RUN_BLOCK;
}

static inline bool run_prev_is_free(const struct runs *r, slice_t i)
{
	return *run_tag(r, i) & TAG_PREV_FREE;
}

/* Only if run_prev_is_free(): the last word of the run before. */
static inline slice_t run_prev(const struct runs *r, slice_t i)
{
	return i - run_tag(r, i)[-1];
}

/* Write the bounds of a run in use. */
static inline void run_set_used(struct runs *r, slice_t i, slice_t slices,
				bool prev_free)
{
	tag_store(run_tag(r, i),
		      tag_make(i, slices, prev_free ? TAG_PREV_FREE : 0));
}

/* The run before a free one is never free: invariant 2. */
static inline void run_set_free(struct runs *r, slice_t i, slice_t slices)
{
	tag_store(run_tag(r, i), tag_make(i, slices, TAG_FREE));
	run_tag(r, i + slices)[-1] = slices;
}

/* Run @i hears whether the one before it is free. */
static inline void run_set_prev_free(struct runs *r, slice_t i, bool prev_free)
{
	uint32_t tag = *run_tag(r, i);

	tag_store(run_tag(r, i), prev_free ? tag | TAG_PREV_FREE :
				     tag & ~(uint32_t)TAG_PREV_FREE);
}

/* A tag that merging swallows: a second free of it is still seen. */
static inline void run_forget(struct runs *r, slice_t i)
{
	tag_store(run_tag(r, i), *run_tag(r, i) | TAG_FREE);
}

/* Tags belong to the lock's holder: other kinds are told apart elsewhere. */
static inline void run_set_kind(struct runs *r, slice_t i, enum run_kind kind)
{
	(void)r, (void)i, (void)kind;
}

static inline uint32_t *run_link_next(struct runs *r, slice_t i)
{
	return (uint32_t *)run_address(r, i);
}

static inline uint32_t *run_link_prev(struct runs *r, slice_t i)
{
	return (uint32_t *)run_address(r, i) + 1;
}

/* ---- blocks that are runs ------------------------------------------------ */

static inline slice_t run_slices_for(size_t bytes)
{
	slice_t n = (slice_t)align_up(bytes + TAG_BYTES, MICA_GRANULE);

	return n < RUN_MIN_SLICES ? RUN_MIN_SLICES : n;
}

static inline size_t run_bytes(slice_t slices)
{
	return slices - TAG_BYTES;
}

static inline size_t run_lead(const struct runs *r, slice_t i)
{
	(void)r;
	(void)i;
	return 0;
}

static inline void run_set_lead(struct runs *r, slice_t i, size_t bytes)
{
	(void)r, (void)i, (void)bytes;
}

/* No block is guarded. */
#define run_guard(r, i) ((void)(r), (void)(i), (size_t)0)
#define run_asked(r, i) run_guard(r, i)

#include "layout_tag_heap.h"

#include "layout_tag_check.h"
#include "layout_tag_commit.h"

/* ---- the region's head ----------------------------------------------------- */

static inline size_t runs_heads_bytes(size_t bytes)
{
	return (bit_highest(bytes) - INDEX_LEAST_SHIFT + 1) * INDEX_STEPS *
	       sizeof(slice_t);
}

/* The first run of a list; none is below INDEX_STEPS. */
static __always_inline slice_t *runs_head(struct runs *r, unsigned int list)
{
	return &r->heads[list - INDEX_STEPS];
}

/* Offsets of what lies behind the lists: abandoned bits, then the cells. */
static inline size_t runs_abandoned_at(size_t bytes)
{
	return align_up(offsetof(struct runs, heads) + runs_heads_bytes(bytes),
			sizeof(uintptr_t));
}

static inline size_t runs_cells_at(size_t bytes)
{
	return runs_abandoned_at(bytes) + abandoned_words_for(bytes) *
	       NR_CLASSES * sizeof(uintptr_t);
}

/* Bytes of struct runs for @bytes of memory at @base. */
static inline size_t runs_head_bytes(uintptr_t base, size_t bytes)
{
	(void)base;
	return runs_cells_at(bytes) + runs_nr_cells(bytes);
}

#include "layout_grow.h"

/* Bytes that a head of @head bytes takes from the runs: the first has a tag. */
static inline size_t runs_first(size_t head)
{
	return align_up(head + TAG_BYTES, MICA_GRANULE);
}

/*
 * Zeroed memory: only what is not zero is written. The memory is @bytes from
 * @base, of which the first @head are not for runs. The end is a tag too; all
 * before it is to be one free run.
 */
static inline void runs_set_bounds(struct runs *r, uintptr_t base,
				   size_t head, size_t bytes)
{
	r->base = base;
	r->bytes = bytes;
	r->cells = (uint8_t *)((uintptr_t)r + runs_cells_at(bytes) -
			       (base >> MICA_PAGE_SHIFT));
	if (CONTEXT_ENDS)
		runs_set_abandoned(r, (uintptr_t)r + runs_abandoned_at(bytes));
	r->first_slice = run_at(r, base + head);
	r->end = run_at(r, base + bytes);
	runs_forget_fresh(r);
	*run_tag(r, r->end) = tag_make(r->end, 0, TAG_PREV_FREE);
}

#endif
