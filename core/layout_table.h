/* SPDX-License-Identifier: MIT */
/*
 * Table layout: bounds beside the memory, never in it.
 *
 * A region is one unit of address space, aligned to its size; at its head
 * lies struct runs with one table entry for each slice. The entry of a
 * run's first slice says what the run is; a free run also has its size in
 * the entry of its last slice. The entry of a page's first slice is the
 * page's header, the others lead back to it. A flat map, one pointer a
 * unit, finds the region of an address; it is zero memory that costs
 * nothing until touched, and an empty word means: not mica's.
 *
 * A huge block has a region of its own: its first slice is slice 1, and
 * every unit that it covers names it in the map.
 *
 * Here and nowhere else may an entry keep RUN_BLOCK or RUN_PAGE: only in
 * the first slice of such a run. So a stale pointer is always seen.
 */
#ifndef MICA_CORE_LAYOUT_TABLE_H
#define MICA_CORE_LAYOUT_TABLE_H

#define LAYOUT_PURGES 1
#define tag_load(p) load_relaxed(p)
#define tag_store(p, v) store_relaxed(p, v)
#define RUN_UNIT 1u
#define RUN_MIN_SLICES 1u
#define MAP_ENTRIES NR_UNITS
#define COMMIT_BITS (sizeof(uintptr_t) * 8)
#define COMMIT_WORDS ((REGION_SLICES_MAX + COMMIT_BITS - 1) / COMMIT_BITS)

/* One cache line for the owner and the lock's holder, one for all others. */
#define PAGE_ALIGN (sizeof(void *) == 8 ? 64 : sizeof(void *))

struct page {
	PAGE_OWN_FIELDS
	uint8_t prev_free;
	uint32_t link_next, link_prev;		/* free: list of its size */
	uint32_t dirty_next, dirty_prev;	/* free: waiting for a purge */
	_Alignas(PAGE_ALIGN)
	PAGE_SHARED_FIELDS
	uint8_t kind;		/* enum run_kind */
	uint16_t heap;		/* RUN_BLOCK: number of the heap that has it */
	uint32_t slices;	/* of a run, in its first slice; free: last */
	union {
		uint32_t back;	/* RUN_INSIDE: slices to the first */
		uint32_t dirty_since; /* free: purge generation; 0: clean */
	};
	uintptr_t lead;		/* RUN_BLOCK: bytes before the block */
	uintptr_t start;	/* RUN_PAGE: address of the first block */
	uint32_t extent;	/* RUN_PAGE: bytes carved from there */
	uint16_t granules;	/* RUN_PAGE: of each block; see run_guard() */
	PAGE_LEVEL_FIELD
};

_Static_assert(sizeof(struct page) <= 2 * 64, "a page's entry is two lines");

struct runs {
	uintptr_t base;			/* address of slice 0 */
	uint32_t nr_slices;
	uint32_t first_slice;		/* first that is not the head's */
	uint32_t list_map[INDEX_WORDS];
	uint32_t heads[INDEX_LISTS];
	uint32_t dirty_head, dirty_tail;
	uintptr_t nr_committed;		/* slices */
	uintptr_t committed[COMMIT_WORDS];
	/* per class, one bit a slice: here lies an abandoned page */
	uintptr_t abandoned[NR_CLASSES][COMMIT_WORDS];
	COUNTERS_FIELD
	struct page pages[];		/* nr_slices + 1: the last is RUN_META */
};

extern struct runs *mica_map[MAP_ENTRIES] __internal;

/* The first run of a list. */
static __always_inline uint32_t *runs_head(struct runs *r, unsigned int list)
{
	return &r->heads[list];
}

/* ---- address to region to page ----------------------------------------- */

static __always_inline struct runs *map_find(uintptr_t address)
{
	uintptr_t unit = address >> MICA_UNIT_SHIFT;

	if (unlikely(unit >= NR_UNITS))
		return NULL;
	return load_acquire(&mica_map[unit]);
}

/* Name @runs in the map for [@address, @address + @bytes), or unname it. */
static inline bool map_set(struct runs *runs, uintptr_t address, size_t bytes,
			   bool on)
{
	size_t unit = address >> MICA_UNIT_SHIFT;
	size_t end = (address + bytes - 1) >> MICA_UNIT_SHIFT;

	if (end >= NR_UNITS)
		return false;
	for (; unit <= end; unit++)
		store_release(&mica_map[unit], on ? runs : NULL);
	return true;
}

static inline slice_t run_at(const struct runs *r, uintptr_t address)
{
	size_t i = (address - r->base) >> MICA_SLICE_SHIFT;

	if (likely(i < r->nr_slices))
		return (slice_t)i;
	return r->nr_slices == 2;	/* a huge block is all slice 1 */
}

static inline uintptr_t run_address(const struct runs *r, slice_t i)
{
	return r->base + ((uintptr_t)i << MICA_SLICE_SHIFT);
}

static inline slice_t runs_end(const struct runs *r)
{
	return r->nr_slices;
}

/* More slices than any run has. */
static inline size_t runs_size(const struct runs *r)
{
	return r->nr_slices;
}

/* Bytes from page_start() in which blocks have been carved. */
static inline size_t page_extent(const struct page *page)
{
	return load_relaxed(&page->extent);
}

static inline void page_set_carved(struct page *page, size_t blocks)
{
	page->carved = (uint16_t)blocks;
	store_relaxed(&page->extent,
		      (uint32_t)(blocks * class_bytes(page->class)));
}

/*
 * The page of a block at @address, if it is of one slice and all is in
 * order; else NULL, and locate() finds out more.
 */
static __always_inline struct page *page_quick(uintptr_t address)
{
	struct runs *r = map_find(address);
	struct page *page;

	if (unlikely(!r))
		return NULL;
	page = &r->pages[run_at(r, address)];
	if (unlikely(load_relaxed(&page->kind) != RUN_PAGE ||
		     address - page->start >= load_relaxed(&page->extent) ||
		     address & (MICA_GRANULE - 1)))
		return NULL;
	return page;
}

/* Bytes of each of its blocks. */
static __always_inline size_t page_block_bytes(const struct page *page)
{
	return (size_t)page->granules << MICA_GRANULE_SHIFT;
}

static inline void page_set_class(struct page *page, unsigned int class)
{
	page->class = (uint8_t)class;
	page->granules = (uint16_t)(class_bytes(class) >> MICA_GRANULE_SHIFT);
}

/* The page that @address lies in, or NULL. */
static inline struct page *page_at(struct runs *r, uintptr_t address)
{
	struct page *page = &r->pages[run_at(r, address)];
	unsigned int kind = load_relaxed(&page->kind);

	if (kind == RUN_INSIDE) {
		page -= page->back;
		kind = RUN_PAGE;
	}
	return kind == RUN_PAGE ? page : NULL;
}

/* The page around the address of one of its blocks. */
static __always_inline struct page *page_around(uintptr_t address)
{
	return page_at(map_find(address), address);
}

/* Pages live in regions of one unit, whose head is at its start. */
static inline struct runs *page_runs(struct page *page)
{
	return mica_map[(uintptr_t)page >> MICA_UNIT_SHIFT];
}

static inline slice_t page_run(struct page *page)
{
	return (slice_t)(page - page_runs(page)->pages);
}

static inline uintptr_t page_start(struct page *page)
{
	return page->start;
}

static inline size_t page_space(unsigned int slices)
{
	return (size_t)slices << MICA_SLICE_SHIFT;
}

/* By its owner: the header of the page in run @i. */
static inline struct page *page_header(struct runs *r, slice_t i)
{
	r->pages[i].start = run_address(r, i);
	return &r->pages[i];
}

/* What its header says is there: from now on others find it. */
static inline void page_publish(struct runs *r, slice_t i)
{
	slice_t k, n = r->pages[i].slices;

	for (k = 1; k < n; k++) {		/* PAGE_SLICES_MAX at most */
		r->pages[i + k].back = k;
		store_relaxed(&r->pages[i + k].kind, RUN_INSIDE);
	}
	store_release(&r->pages[i].kind, RUN_PAGE);
}

/* The page in run @i, whose header is to be read by others; or NULL. */
static inline struct page *page_published(struct runs *r, slice_t i)
{
	return load_acquire(&r->pages[i].kind) == RUN_PAGE ? &r->pages[i] : NULL;
}

static inline void page_unpublish(struct runs *r, slice_t i)
{
	slice_t k, n = r->pages[i].slices;

	for (k = 1; k < n; k++)
		store_relaxed(&r->pages[i + k].kind, RUN_FREE);
	r->pages[i].granules = 0;
	store_relaxed(&r->pages[i].kind, RUN_BLOCK);
}

/* ---- abandoned pages: one bit a slice, for each class ------------------------ */

static inline size_t abandoned_words(const struct runs *r)
{
	(void)r;
	return COMMIT_WORDS;
}

static inline uintptr_t *abandoned_word(struct runs *r, unsigned int class,
					size_t w)
{
	return &r->abandoned[class][w];
}

static inline size_t abandoned_idx(const struct runs *r, struct page *page)
{
	return (size_t)(page - r->pages);
}

static inline struct page *abandoned_page(struct runs *r, size_t idx)
{
	return &r->pages[idx];
}

/* ---- bounds ------------------------------------------------------------- */

static inline enum run_kind run_kind(const struct runs *r, slice_t i)
{
	return (enum run_kind)load_relaxed(&r->pages[i].kind);
}

static inline slice_t run_slices(const struct runs *r, slice_t i)
{
	return r->pages[i].slices;
}

static inline bool run_prev_is_free(const struct runs *r, slice_t i)
{
	return r->pages[i].prev_free;
}

/* Only if run_prev_is_free(). */
static inline slice_t run_prev(const struct runs *r, slice_t i)
{
	return i - r->pages[i - 1].slices;
}

/* Write the bounds of a run in use. */
static inline void run_set_used(struct runs *r, slice_t i, slice_t slices,
				bool prev_free)
{
	r->pages[i].slices = slices;
	r->pages[i].prev_free = prev_free;
	r->pages[i].lead = 0;
	if (GUARD_PAGES)
		r->pages[i].granules = 0;
	store_relaxed(&r->pages[i].kind, RUN_BLOCK);
}

/* The run before a free one is never free: invariant 2. */
static inline void run_set_free(struct runs *r, slice_t i, slice_t slices)
{
	r->pages[i].slices = slices;
	r->pages[i].prev_free = false;
	store_relaxed(&r->pages[i].kind, RUN_FREE);
	r->pages[i + slices - 1].slices = slices;
}

/* Run @i hears whether the one before it is free. */
static inline void run_set_prev_free(struct runs *r, slice_t i, bool prev_free)
{
	r->pages[i].prev_free = prev_free;
}

/* A head that merging swallows: a second free of it is still seen. */
static inline void run_forget(struct runs *r, slice_t i)
{
	store_relaxed(&r->pages[i].kind, RUN_FREE);
}

static inline void run_set_kind(struct runs *r, slice_t i, enum run_kind kind)
{
	store_relaxed(&r->pages[i].kind, (uint8_t)kind);
}

static inline uint32_t *run_link_next(struct runs *r, slice_t i)
{
	return &r->pages[i].link_next;
}

static inline uint32_t *run_link_prev(struct runs *r, slice_t i)
{
	return &r->pages[i].link_prev;
}

/*
 * Where runs begin that can be told without a walk: pages and blocks, by
 * their entries. Return: what begins in place @k, and *@i, where.
 */
static inline size_t runs_nr_places(const struct runs *r)
{
	return r->nr_slices;
}

static inline enum run_kind run_in_place(const struct runs *r, size_t k,
					 slice_t *i)
{
	*i = (slice_t)k;
	return (enum run_kind)load_acquire(&r->pages[k].kind);
}

/* ---- blocks that are runs ------------------------------------------------ */

static inline slice_t run_slices_for(size_t bytes)
{
	return (slice_t)((bytes + SLICE_BYTES - 1) >> MICA_SLICE_SHIFT);
}

static inline size_t run_bytes(slice_t slices)
{
	return (size_t)slices << MICA_SLICE_SHIFT;
}

static inline size_t run_lead(const struct runs *r, slice_t i)
{
	return r->pages[i].lead;
}

static inline void run_set_lead(struct runs *r, slice_t i, size_t bytes)
{
	r->pages[i].lead = bytes;
}

/*
 * A block that is guarded (guarded.h): bytes at the run's end that nobody may
 * touch, 0 for all others; its place in their table; bytes asked for. They are
 * kept where a page has what its blocks are like, and a free run its link.
 */
static inline size_t run_guard(const struct runs *r, slice_t i)
{
	return GUARD_PAGES ?
		(size_t)r->pages[i].granules << MICA_GRANULE_SHIFT : 0;
}

static inline size_t run_guard_place(const struct runs *r, slice_t i)
{
	return r->pages[i].link_next;
}

static inline void run_set_guard(struct runs *r, slice_t i, size_t bytes,
				 size_t place)
{
	r->pages[i].granules = (uint16_t)(bytes >> MICA_GRANULE_SHIFT);
	r->pages[i].link_next = (uint32_t)place;
}

static inline size_t run_asked(const struct runs *r, slice_t i)
{
	return r->pages[i].extent;
}

static inline void run_set_asked(struct runs *r, slice_t i, uint32_t bytes)
{
	r->pages[i].extent = bytes;
}

/* Bytes of a run that its heap's number takes: none. */
#define RUN_HEAP_BYTES 0u

/* The number of the heap that has the block. 0 wherever there is none. */
static inline unsigned int run_heap(const struct runs *r, slice_t i)
{
	return MICA_HEAPS ? load_relaxed(&r->pages[i].heap) : 0;
}

static inline bool run_has_heap(const struct runs *r, slice_t i)
{
	return run_heap(r, i) != 0;
}

static inline void run_set_heap(struct runs *r, slice_t i, unsigned int number)
{
	if (MICA_HEAPS)
		store_relaxed(&r->pages[i].heap, (uint16_t)number);
}

/* Over a change of the run's bounds nothing is lost: it is beside them. */
static inline uint32_t run_heap_kept(const struct runs *r, slice_t i)
{
	(void)r, (void)i;
	return 0;
}

static inline void run_keep_heap(const struct runs *r, slice_t i, uint32_t kept)
{
	(void)r, (void)i, (void)kept;
}

/* The run whose block is at @address: RUN_BLOCK, or what is there instead. */
static inline enum run_kind run_of_block(struct runs *r, uintptr_t address,
					 slice_t *i)
{
	enum run_kind kind;

	*i = run_at(r, address);
	kind = run_kind(r, *i);
	if (kind == RUN_BLOCK &&
	    address != run_address(r, *i) + r->pages[*i].lead)
		return RUN_META;
	return kind;
}

#include "layout_table_commit.h"

/* ---- the region's head ----------------------------------------------------- */

/* Bytes of struct runs for @bytes of memory at @base. */
static inline size_t runs_head_bytes(uintptr_t base, size_t bytes)
{
	size_t slices = (bytes >> MICA_SLICE_SHIFT) + 1;

	(void)base;
	return offsetof(struct runs, pages) + slices * sizeof(struct page);
}

/* Bytes that a head of @head bytes takes from the runs. */
static inline size_t runs_first(size_t head)
{
	return align_up(head, SLICE_BYTES);
}

/*
 * Zeroed memory: only what is not zero is written. The memory is @bytes from
 * @base, of which the first @head are not for runs. The end is RUN_META;
 * all before it is to be one free run.
 */
static inline void runs_set_bounds(struct runs *r, uintptr_t base,
				   size_t head, size_t bytes)
{
	slice_t first = (slice_t)(head >> MICA_SLICE_SHIFT);
	slice_t nr = (slice_t)(bytes >> MICA_SLICE_SHIFT);

	r->base = base;
	r->first_slice = first;
	r->nr_slices = nr;
	r->pages[0].kind = RUN_META;
	r->pages[0].slices = first;
	r->pages[nr].kind = RUN_META;
	r->pages[nr].prev_free = true;
}

#endif
