/* SPDX-License-Identifier: MIT */
/*
 * A region that grows at its end, where the port says so: tag layout; see grow.h.
 *
 * Its head lies in static memory, with lists for the largest region that there
 * may be. Cells are there for the pages of the first MiB, and grow.c moves them.
 *
 * Memory that the port has just got reads as zero, and stays so until a bound or
 * a block lies in it. Runs are cut from the front of a free one here, aligned
 * ones as far in front as they fit, so one word tells: from `fresh` to the end
 * nobody has written to it but a free run's size, which is the last word of all
 * before the tag at the end. The links of that run are just before `fresh`. So a
 * run that comes to lie behind it is zero once the three words are cleared.
 */
#ifndef MICA_CORE_LAYOUT_GROW_H
#define MICA_CORE_LAYOUT_GROW_H

#if MICA_PORT_GROWS

/* What the cells in its own head are enough for. */
#define GROW_CELLS ((size_t)((1 << 20) >> MICA_PAGE_SHIFT))

/* Its first cells. */
static inline void runs_set_grow(struct runs *r, uint8_t *cells)
{
	r->nr_cells = GROW_CELLS;
	r->cells = cells - (r->base >> MICA_PAGE_SHIFT);
}

/* All of its memory, as yet, is not known to be zero. */
static inline void runs_forget_zero(struct runs *r)
{
	r->fresh = r->end + RUN_MIN_SLICES;
}

/* Of any other region nothing is ever known. */
static inline void runs_forget_fresh(struct runs *r)
{
	r->fresh = ~(slice_t)0;
}

/* What lies before @end, and behind it the links of a free run, is written to. */
static inline void runs_note_taken(struct runs *r, slice_t end)
{
	if (r->fresh < end + RUN_MIN_SLICES)
		r->fresh = end + RUN_MIN_SLICES;
}

static inline slice_t runs_fresh(const struct runs *r)
{
	return r->fresh;
}

/*
 * Was run @i, just taken, behind @fresh, as it was before that? Then its memory
 * is all zero from now on.
 */
static inline bool run_took_fresh(struct runs *r, slice_t i, slice_t fresh)
{
	if (i + RUN_MIN_SLICES < fresh)
		return false;
	*run_link_next(r, i) = 0;
	*run_link_prev(r, i) = 0;
	run_tag(r, i + run_slices(r, i))[-1] = 0;
	return true;
}

#else

static inline void runs_forget_fresh(struct runs *r)
{
	(void)r;
}

static inline void runs_note_taken(struct runs *r, slice_t end)
{
	(void)r, (void)end;
}

static inline slice_t runs_fresh(const struct runs *r)
{
	(void)r;
	return 0;
}

static inline bool run_took_fresh(struct runs *r, slice_t i, slice_t fresh)
{
	(void)r, (void)i, (void)fresh;
	return false;
}

#endif

#endif
