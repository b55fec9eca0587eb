/* SPDX-License-Identifier: MIT */
/*
 * Tag layout: one word before each run, for small memories.
 *
 * Slice i begins at base + i granules; the tag of the run at i is the word
 * just before that, so a run of n slices holds a block of n granules less
 * one word, aligned to a granule. The tag says the run's size, whether it
 * and the run before it are free, whether it is a page, and check bits that
 * tell a tag from data. A free run keeps two links behind its tag and its
 * size in its last word, hence at least two slices.
 *
 * A page is a run of one page cell, aligned to itself: its tag is the last
 * word of the cell before, its header lies at the head. One bit a cell says
 * "here lies a page"; where it is clear, an address is that of a run.
 *
 * Tags and bits are written under the region's lock and read without it.
 */
#ifndef MICA_CORE_LAYOUT_TAG_H
#define MICA_CORE_LAYOUT_TAG_H

#define LAYOUT_PURGES 0
#define RUN_MIN_SLICES 2u
#define MAP_ENTRIES MICA_REGIONS_MAX
#define TAG_BYTES sizeof(uint32_t)

enum {
	TAG_FREE = 1u << 0,
	TAG_PREV_FREE = 1u << 1,
	TAG_PAGE = 1u << 2,
	TAG_SIZE_AT = 3,
};

#define TAG_CHECK_AT (TAG_SIZE_AT + REGION_SLICES_SHIFT)
#define TAG_SIZE_MASK ((1u << REGION_SLICES_SHIFT) - 1)

struct page {
	PAGE_SHARED_FIELDS
	PAGE_OWN_FIELDS
};

#define PAGE_HEAD_BYTES \
	((sizeof(struct page) + MICA_GRANULE - 1) & ~(MICA_GRANULE - 1))

/* Links of free runs are as wide as the largest region needs. */
#if MICA_REGION_SHIFT - MICA_SLICE_SHIFT <= 16
typedef uint16_t run_head_t;
#else
typedef uint32_t run_head_t;
#endif

struct runs {
	uintptr_t base;			/* address of slice 0 */
	uint32_t nr_slices;
	uintptr_t cells;		/* see cell_word() */
	size_t bytes;			/* of slices, from base */
	uintptr_t cell_base;		/* base, rounded down to a page */
	uintptr_t *abandoned;		/* bits of abandoned pages, if contexts end */
	uint32_t first_slice;		/* first that is not the head's */
	uintptr_t nr_committed;		/* slices: all of them */
	uint32_t nr_used;		/* slices in runs in use */
	COUNTERS_FIELD
	uint32_t list_map[INDEX_WORDS];
	run_head_t heads[];		/* as many levels as the region needs */
};

extern struct runs *mica_map[MAP_ENTRIES] __internal;

/* ---- address to region to page ----------------------------------------- */

static __always_inline bool runs_hold(const struct runs *r, uintptr_t address)
{
	return address - r->base < r->bytes;
}

/* The same for an aligned address: what is misaligned is out of bounds. */
static __always_inline bool runs_hold_granule(const struct runs *r,
					      uintptr_t address)
{
	return rotate_right(address - r->base, MICA_GRANULE_SHIFT) <
	       r->nr_slices;
}

/* Regions but the first: MICA_REGIONS_MAX compares. */
static inline struct runs *map_find_more(uintptr_t address)
{
	struct runs *r;
	unsigned int k;

	for (k = 1; k < MAP_ENTRIES; k++) {
		r = load_acquire(&mica_map[k]);
		if (r && runs_hold(r, address))
			return r;
	}
	return NULL;
}

static __always_inline struct runs *map_find(uintptr_t address)
{
	struct runs *r = load_acquire(&mica_map[0]);

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

static inline slice_t run_at(const struct runs *r, uintptr_t address)
{
	return (slice_t)((address - r->base) >> MICA_SLICE_SHIFT);
}

static inline uintptr_t run_address(const struct runs *r, slice_t i)
{
	return r->base + ((uintptr_t)i << MICA_SLICE_SHIFT);
}

/*
 * One bit a page cell. The words are indexed by the address itself: r->cells
 * is where the word of address 0 would be.
 */
#define CELL_WORD_SHIFT (MICA_PAGE_SHIFT + 5)

static __always_inline uint32_t *cell_word(const struct runs *r,
					   uintptr_t address)
{
	return (uint32_t *)(r->cells + (address >> CELL_WORD_SHIFT) *
			    sizeof(uint32_t));
}

static __always_inline bool cell_is_page(const struct runs *r,
					 uintptr_t address)
{
	return load_relaxed(cell_word(r, address)) >>
	       (address >> MICA_PAGE_SHIFT & 31) & 1;
}

static __always_inline struct page *page_at(struct runs *r, uintptr_t address)
{
	return cell_is_page(r, address) ?
		(struct page *)align_down(address, PAGE_BYTES) : NULL;
}

/* The page around the address of one of its blocks. */
static __always_inline struct page *page_around(uintptr_t address)
{
	return (struct page *)align_down(address, PAGE_BYTES);
}

/* Finding the page in general is quick enough. */
static __always_inline struct page *page_quick(uintptr_t address)
{
	(void)address;
	return NULL;
}

/* Bytes from page_start() in which blocks have been carved. */
static inline size_t page_extent(const struct page *page)
{
	return load_relaxed(&page->carved) * class_bytes(page->class);
}

static inline void page_set_carved(struct page *page, size_t blocks)
{
	store_relaxed(&page->carved, (uint16_t)blocks);
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
	return ((size_t)slices << MICA_SLICE_SHIFT) - PAGE_HEAD_BYTES -
	       TAG_BYTES;
}

static inline uint32_t *run_tag(const struct runs *r, slice_t i)
{
	return (uint32_t *)(run_address(r, i) - TAG_BYTES);
}

/* Run @i becomes a page, or is one no longer. */
static inline void page_toggle_cell(struct runs *r, slice_t i)
{
	uintptr_t address = run_address(r, i);
	uint32_t *word = cell_word(r, address);
	uint32_t bit = 1u << (address >> MICA_PAGE_SHIFT & 31);

	store_relaxed(word, *word ^ bit);
	store_relaxed(run_tag(r, i), *run_tag(r, i) ^ TAG_PAGE);
}

#define page_mark page_toggle_cell	/* under the region's lock */

static inline void page_unmark(struct runs *r, slice_t i)
{
	if (*run_tag(r, i) & TAG_PAGE)
		page_toggle_cell(r, i);
}

/* By its owner: the header of the page in run @i. */
static inline struct page *page_publish(struct runs *r, slice_t i)
{
	return (struct page *)run_address(r, i);
}

static inline void page_unpublish(struct runs *r, slice_t i)
{
	(void)r, (void)i;
}

/* ---- abandoned pages: one bit a cell, for each class, behind the cells ------- */

#define ABANDONED_BITS (sizeof(uintptr_t) * 8)

static inline size_t abandoned_words_for(uintptr_t base, size_t bytes)
{
	size_t cells = ((base + bytes - 1) >> MICA_PAGE_SHIFT) -
		       (base >> MICA_PAGE_SHIFT) + 1;

	return CONTEXT_ENDS ? (cells + ABANDONED_BITS - 1) / ABANDONED_BITS : 0;
}

static inline size_t abandoned_words(const struct runs *r)
{
	return abandoned_words_for(r->base, r->bytes);
}

static inline uintptr_t *abandoned_word(struct runs *r, unsigned int class,
					size_t w)
{
	return &r->abandoned[class * abandoned_words(r) + w];
}

static inline size_t abandoned_idx(const struct runs *r, struct page *page)
{
	return ((uintptr_t)page - r->cell_base) >> MICA_PAGE_SHIFT;
}

static inline struct page *abandoned_page(struct runs *r, size_t idx)
{
	return (struct page *)(r->cell_base + (idx << MICA_PAGE_SHIFT));
}

/* ---- bounds ------------------------------------------------------------- */

static inline uint32_t tag_make(slice_t i, slice_t slices, uint32_t flags)
{
	return flags | slices << TAG_SIZE_AT | (i ^ slices) << TAG_CHECK_AT;
}

static inline slice_t run_slices(const struct runs *r, slice_t i)
{
	return load_relaxed(run_tag(r, i)) >> TAG_SIZE_AT & TAG_SIZE_MASK;
}

static inline enum run_kind run_kind(const struct runs *r, slice_t i)
{
	uint32_t tag = load_relaxed(run_tag(r, i));

	if (tag & TAG_FREE)
		return RUN_FREE;
	return tag & TAG_PAGE ? RUN_PAGE : RUN_BLOCK;
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

/* Write the bounds of a run in use; its neighbours hear of it. */
static inline void run_set_used(struct runs *r, slice_t i, slice_t slices,
				bool prev_free)
{
	uint32_t *after = run_tag(r, i + slices);

	store_relaxed(run_tag(r, i),
		      tag_make(i, slices, prev_free ? TAG_PREV_FREE : 0));
	store_relaxed(after, *after & ~(uint32_t)TAG_PREV_FREE);
}

/* The run before a free one is never free: invariant 2. */
static inline void run_set_free(struct runs *r, slice_t i, slice_t slices)
{
	uint32_t *after = run_tag(r, i + slices);

	store_relaxed(run_tag(r, i), tag_make(i, slices, TAG_FREE));
	after[-1] = slices;
	store_relaxed(after, *after | TAG_PREV_FREE);
}

/* A tag that merging swallows: a second free of it is still seen. */
static inline void run_forget(struct runs *r, slice_t i)
{
	store_relaxed(run_tag(r, i), *run_tag(r, i) | TAG_FREE);
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
	slice_t n = (slice_t)((bytes + TAG_BYTES + SLICE_BYTES - 1) >>
			      MICA_SLICE_SHIFT);

	return n < RUN_MIN_SLICES ? RUN_MIN_SLICES : n;
}

static inline size_t run_bytes(slice_t slices)
{
	return ((size_t)slices << MICA_SLICE_SHIFT) - TAG_BYTES;
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

/*
 * The run whose block is at @address: RUN_BLOCK, or what is there instead.
 * A tag is believed only if its check bits, size and end agree.
 */
static inline enum run_kind run_of_block(struct runs *r, uintptr_t address,
					 slice_t *i)
{
	uint32_t tag, good;
	slice_t n;

	*i = run_at(r, address);
	if (*i < r->first_slice)
		return RUN_META;
	tag = load_relaxed(run_tag(r, *i));
	n = tag >> TAG_SIZE_AT & TAG_SIZE_MASK;
	good = tag_make(*i, n, tag & ((1u << TAG_SIZE_AT) - 1));
	if (tag != good || n < RUN_MIN_SLICES || n > r->nr_slices - *i)
		return RUN_META;
	return tag & TAG_FREE ? RUN_FREE : RUN_BLOCK;
}

/* ---- commit: a region's memory is committed as a whole ----------------------- */

static inline slice_t run_set_committed(struct runs *r, slice_t i, slice_t n,
					bool on)
{
	(void)r, (void)i, (void)n, (void)on;
	return 0;
}

static inline slice_t run_next_stretch(const struct runs *r, slice_t *i,
				       slice_t n, bool on)
{
	(void)r;
	(void)i;
	return on ? n : 0;
}

static inline size_t run_count_committed(const struct runs *r)
{
	return r->nr_slices;
}

/* ---- waiting for a purge: static memory does not -------------------------- */

static inline uint32_t run_dirty_since(const struct runs *r, slice_t i)
{
	(void)r;
	(void)i;
	return 0;
}

static inline void run_dirty_add(struct runs *r, slice_t i, uint32_t since)
{
	(void)r, (void)i, (void)since;
}

static inline void run_dirty_remove(struct runs *r, slice_t i)
{
	(void)r;
	(void)i;
}

/* ---- the region's head ----------------------------------------------------- */

static inline unsigned int runs_levels(size_t slices)
{
	return slices < INDEX_STEPS ? 1 :
	       bit_highest(slices) - INDEX_STEP_SHIFT + 2;
}

static inline size_t runs_heads_bytes(size_t slices)
{
	return align_up(runs_levels(slices) * INDEX_STEPS * sizeof(run_head_t),
			sizeof(uint32_t));
}

static inline size_t runs_cell_words(uintptr_t base, size_t bytes)
{
	return ((base + bytes - 1) >> CELL_WORD_SHIFT) -
	       (base >> CELL_WORD_SHIFT) + 1;
}

/* Offsets of the bits behind the lists. */
static inline size_t runs_cells_at(size_t slices)
{
	return offsetof(struct runs, heads) + runs_heads_bytes(slices);
}

static inline size_t runs_abandoned_at(uintptr_t base, size_t bytes)
{
	return align_up(runs_cells_at(bytes >> MICA_SLICE_SHIFT) +
			runs_cell_words(base, bytes) * sizeof(uint32_t),
			sizeof(uintptr_t));
}

/* Bytes of struct runs for @bytes of memory at @base. */
static inline size_t runs_head_bytes(uintptr_t base, size_t bytes)
{
	return runs_abandoned_at(base, bytes) +
	       abandoned_words_for(base, bytes) * NR_CLASSES *
	       sizeof(uintptr_t);
}

/* Zeroed memory: only what is not zero is written. The end is a tag too. */
static inline void runs_set_bounds(struct runs *r, uintptr_t base,
				   slice_t first, slice_t nr)
{
	r->base = base;
	r->bytes = (size_t)nr << MICA_SLICE_SHIFT;
	r->cell_base = align_down(base, PAGE_BYTES);
	r->cells = (uintptr_t)r + runs_cells_at(nr) -
		   (base >> CELL_WORD_SHIFT) * sizeof(uint32_t);
	if (CONTEXT_ENDS)
		r->abandoned = (uintptr_t *)((uintptr_t)r +
					     runs_abandoned_at(base, r->bytes));
	r->first_slice = first;
	r->nr_slices = nr;
	r->nr_committed = nr;
	*run_tag(r, nr) = tag_make(nr, 0, 0);
}

#endif
