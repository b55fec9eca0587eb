/* SPDX-License-Identifier: MIT */
/*
 * The memory that a peak load needs: the formulas of docs/sizing.md, over the
 * constants of the core itself. One core, tag layout.
 *
 * A load is a set of kinds: at most `count` blocks of `size` bytes live at
 * once, of each. All of this is in bytes of memory for runs, behind the
 * region's head; sizing_span() adds the head.
 *
 * Why it holds. A malloc of kind j returns NULL only when no free run serves
 * it, so each free run is at most sizing_hole(j) long. No two free runs are
 * neighbours (invariant 2), so there is at most one more of them than runs in
 * use; and a run in use is a block or a page in which a block lives. Hence
 *
 *	memory for runs <= sum of (run in use + hole) + one hole
 *
 * when malloc fails: with a granule more, it cannot. A page is opened only
 * when all of its class are full, so there are never more pages of a class
 * than its peak count fills.
 */
#ifndef TOOLS_SIZING_H
#define TOOLS_SIZING_H

#include <mica/mica.h>
#include "core/region.h"

/** struct sizing_kind - @count blocks of @size bytes, 1 or more of each */
struct sizing_kind {
	size_t size;
	size_t count;
};

/** struct sizing_load - kinds, each size only once */
struct sizing_load {
	const struct sizing_kind *kinds;
	size_t nr;
};

/* What a run may be longer than was asked, since no run is shorter. */
#define SIZING_SLACK (RUN_MIN_SLICES - (size_t)RUN_UNIT)

/* Bytes of a page's run, and of the blocks in it. */
#define SIZING_PAGE (PAGE_BYTES + SIZING_SLACK)
#define SIZING_PAGE_SPACE (PAGE_BYTES - PAGE_HEAD_BYTES - TAG_BYTES)

/* The rule of thumb adds this part of what all blocks take at once. */
#define SIZING_USUAL_PART 4

static inline bool sizing_is_small(size_t size)
{
	return size <= CLASS_BYTES_MAX;
}

/* Bytes of the run of a block of its own. */
static inline size_t sizing_run(size_t size)
{
	return run_slices_for(size);
}

/*
 * The longest free run that may fail to serve @size: the first of the list
 * is tried, so all of that list may stay behind it; shorter runs are too
 * short, and those of any higher list do.
 */
static inline size_t sizing_hole(size_t size)
{
	slice_t n = run_slices_for(size), hole = n;
	unsigned int list = runs_list(n);

	if (n == RUN_MIN_SLICES || runs_list(n - (slice_t)RUN_UNIT) != list)
		return n - RUN_UNIT;
	while (runs_list(hole + (slice_t)RUN_UNIT) == list)
		hole += (slice_t)RUN_UNIT;
	return hole;
}

/* Blocks that a page of @class holds. */
static inline size_t sizing_page_blocks(unsigned int class)
{
	return SIZING_PAGE_SPACE / class_bytes(class);
}

/* The most blocks of @class that live at once. */
static inline size_t sizing_class_count(const struct sizing_load *load,
					unsigned int class)
{
	size_t count = 0, k;

	for (k = 0; k < load->nr; k++)
		if (sizing_is_small(load->kinds[k].size) &&
		    class_of(load->kinds[k].size) == class)
			count += load->kinds[k].count;
	return count;
}

/* The most pages of @class that there are at once, whatever is freed. */
static inline size_t sizing_pages(const struct sizing_load *load,
				  unsigned int class)
{
	size_t blocks = sizing_page_blocks(class);

	return (sizing_class_count(load, class) + blocks - 1) / blocks;
}

/* Bytes of pages that hold one block each, beyond that block's own run. */
static inline size_t sizing_pinned(const struct sizing_load *load)
{
	size_t bytes = 0;
	unsigned int class;

	for (class = 0; class < NR_CLASSES; class++)
		bytes += sizing_pages(load, class) *
			 (SIZING_PAGE - sizing_run(class_bytes(class)));
	return bytes;
}

/* Bytes asked for. */
static inline size_t sizing_asked(const struct sizing_load *load)
{
	size_t bytes = 0, k;

	for (k = 0; k < load->nr; k++)
		bytes += load->kinds[k].size * load->kinds[k].count;
	return bytes;
}

/* Blocks that live at once. */
static inline size_t sizing_blocks(const struct sizing_load *load)
{
	size_t blocks = 0, k;

	for (k = 0; k < load->nr; k++)
		blocks += load->kinds[k].count;
	return blocks;
}

/* Bytes of all runs, were each block one. */
static inline size_t sizing_runs(const struct sizing_load *load)
{
	size_t bytes = 0, k;

	for (k = 0; k < load->nr; k++)
		bytes += sizing_run(load->kinds[k].size) * load->kinds[k].count;
	return bytes;
}

/* The longest hole of any kind. */
static inline size_t sizing_hole_most(const struct sizing_load *load)
{
	size_t most = 0, k;

	for (k = 0; k < load->nr; k++)
		most = MAX_OF(most, sizing_hole(load->kinds[k].size));
	return most;
}

/*
 * Enough for kind @j, the others being as they like: see above. All but the
 * one that is asked for may live.
 */
static inline size_t sizing_certain_for(const struct sizing_load *load, size_t j)
{
	size_t hole = sizing_hole(load->kinds[j].size);
	size_t others = sizing_blocks(load) - 1;

	return sizing_runs(load) - sizing_run(load->kinds[j].size) +
	       sizing_pinned(load) + others * (SIZING_SLACK + hole) +
	       hole + RUN_UNIT;
}

/*
 * One kind. Large: the free runs are multiples of its run, but for the one at
 * the end, so all others serve: exact. Small: when it fails, its pages are
 * full. Then more pages are better or worse throughout, so an end is worst.
 */
static inline size_t sizing_certain_one(const struct sizing_kind *kind)
{
	size_t hole = sizing_hole(kind->size), run = sizing_run(kind->size);
	size_t single = run + SIZING_SLACK + hole, page = SIZING_PAGE + hole;
	size_t others = kind->count - 1, blocks, pages;

	if (!sizing_is_small(kind->size))
		return kind->count * run;
	blocks = sizing_page_blocks(class_of(kind->size));
	pages = others / blocks;
	return MAX_OF(others * single,
		      pages * page + (others - pages * blocks) * single) +
	       hole + RUN_UNIT;
}

/** sizing_certain() - enough, whatever is allocated and freed in what order */
static inline size_t sizing_certain(const struct sizing_load *load)
{
	size_t most = 0, k;

	if (load->nr == 1)
		return sizing_certain_one(load->kinds);
	for (k = 0; k < load->nr; k++)
		most = MAX_OF(most, sizing_certain_for(load, k));
	return most;
}

/*
 * The most bytes of the small blocks of @class while none is ever freed. It
 * stays rare (core/rare.h) if its runs, and those of the class below that
 * have slack, are few enough.
 */
static inline size_t sizing_kept_class(const struct sizing_load *load,
				       unsigned int class)
{
	size_t run = sizing_run(class_bytes(class));
	size_t count = sizing_class_count(load, class);
	size_t pages = sizing_pages(load, class);
	size_t single = count * run, paged;

	if (!count || (class < LINEAR_CLASSES && single + 3 * run < MICA_RARE_BYTES))
		return single;
	paged = (pages - 1) * PAGE_BYTES;	/* full ones, and one more */
	count -= (pages - 1) * sizing_page_blocks(class);
	return MAX_OF(single + PAGE_BYTES - run,
		      paged + PAGE_BYTES + (count - 1) * run);
}

/**
 * sizing_kept() - enough, in any order, if nothing is freed for good
 *
 * Pages are cut from the high end, each at the foot of the one before, and
 * runs from the low end: one hole between, and one of less than a page above.
 * Each of these, and the last page, may leave some slack.
 */
static inline size_t sizing_kept(const struct sizing_load *load)
{
	size_t hole = sizing_hole_most(load), bytes = 0, k;
	unsigned int class;

	for (class = 0; class < NR_CLASSES; class++)
		bytes += sizing_kept_class(load, class);
	for (k = 0; k < load->nr; k++)
		if (!sizing_is_small(load->kinds[k].size))
			bytes += load->kinds[k].count *
				 sizing_run(load->kinds[k].size);
	bytes += hole + MIN_OF(hole, PAGE_BYTES - RUN_UNIT) +
		 3 * SIZING_SLACK + RUN_UNIT;
	return MIN_OF(bytes, sizing_certain(load));
}

/*
 * The rule of thumb: a quarter more than what all blocks take at once, and
 * room for one more of the largest. Measured, not proved.
 */
static inline size_t sizing_usual_of(size_t kept, size_t hole, size_t certain)
{
	size_t usual = kept + kept / SIZING_USUAL_PART + hole;

	return MIN_OF(align_up(usual, RUN_UNIT), certain);
}

/** sizing_usual() - enough for what programs do */
static inline size_t sizing_usual(const struct sizing_load *load)
{
	return sizing_usual_of(sizing_kept(load), sizing_hole_most(load),
			       sizing_certain(load));
}

/** sizing_apart() - enough if each kind has a region of its own, and no pages */
static inline size_t sizing_apart(const struct sizing_kind *kind)
{
	return kind->count * sizing_run(kind->size);
}

/* ---- any blocks of @least to @largest bytes, @most bytes live --------------- */

/** struct sizing_range - a load that is known by its bytes alone */
struct sizing_range {
	size_t most, least, largest;
};

/*
 * Blocks of one size are the worst mix: the one whose run, and @beside it,
 * cost most for a byte. Pages: see sizing_kept_class().
 */
static inline size_t sizing_worst(const struct sizing_range *range, size_t beside)
{
	uint64_t worst = 0, cost, size, run;

	for (size = range->least; size <= range->largest; size++) {
		run = sizing_run((size_t)size);
		if (sizing_is_small((size_t)size))	/* a page's share may be more */
			run = MAX_OF(run, 1 + PAGE_BYTES /
				     sizing_page_blocks(class_of((size_t)size)));
		cost = (range->most * (run + beside) + size - 1) / size;
		worst = MAX_OF(worst, cost);
	}
	return (size_t)MIN_OF(worst, (uint64_t)SIZE_MAX / 4);
}

/* Pages of all classes, each of which had its peak, with one block in each. */
static inline size_t sizing_range_pages(const struct sizing_range *range, bool kept)
{
	size_t bytes = 0, size, blocks, pages;
	unsigned int class;

	for (size = range->least; size <= MIN_OF(range->largest, CLASS_BYTES_MAX);
	     size = class_bytes(class) + 1) {
		class = class_of(size);
		blocks = sizing_page_blocks(class);
		pages = (range->most / size + blocks - 1) / blocks;
		bytes += (kept ? 1 : pages) *
			 (SIZING_PAGE - sizing_run(class_bytes(class)));
	}
	return bytes;
}

/** sizing_range_certain() - enough, whatever is allocated and freed */
static inline size_t sizing_range_certain(const struct sizing_range *range)
{
	size_t hole = sizing_hole(range->largest);

	return align_up(sizing_worst(range, SIZING_SLACK + hole) +
			sizing_range_pages(range, false) + hole + RUN_UNIT,
			RUN_UNIT);
}

/**
 * sizing_range_kept() - enough, in any order, if nothing is freed for good
 *
 * As sizing_kept(); each small class has a page that is not full.
 */
static inline size_t sizing_range_kept(const struct sizing_range *range)
{
	size_t hole = sizing_hole(range->largest);

	size_t kept = sizing_worst(range, 0) + sizing_range_pages(range, true) +
		      hole + MIN_OF(hole, PAGE_BYTES - RUN_UNIT) +
		      3 * SIZING_SLACK + RUN_UNIT;

	return MIN_OF(align_up(kept, RUN_UNIT), sizing_range_certain(range));
}

/** sizing_range_usual() - enough for what programs do */
static inline size_t sizing_range_usual(const struct sizing_range *range)
{
	return sizing_usual_of(sizing_range_kept(range),
			       sizing_hole(range->largest),
			       sizing_range_certain(range));
}

/**
 * sizing_doubling() - the blocks from @low to about twice that, as one kind
 * @low: the range's least, or a byte more than a doubling before had
 *
 * Each is asked for as if it were the largest of them, from a region of
 * their own: see sizing_apart().
 */
static inline struct sizing_kind sizing_doubling(const struct sizing_range *range,
						 size_t low)
{
	size_t high = 2 * (low == range->least ? low : low - 1);
	struct sizing_kind kind = {
		MIN_OF(range->largest, high), range->most / low,
	};

	return kind;
}

/* ---- from memory for runs to an arena --------------------------------------- */

/* Bytes for runs in a span of @bytes that begins at a multiple of a granule. */
static inline size_t sizing_in_span(size_t bytes)
{
	const struct mica_span span = { NULL, bytes };
	struct region_shape shape;

	return region_shape(&shape, &span) ?
		shape.bytes - runs_first(shape.head) : 0;
}

/**
 * sizing_span() - the span that has @bytes for runs behind its head
 * Return: 0, a region may not be that large (MICA_REGION_SHIFT).
 */
static inline size_t sizing_span(size_t bytes)
{
	size_t span = bytes;

	while (span <= REGION_BYTES_MAX && sizing_in_span(span) < bytes)
		span += RUN_UNIT;
	return span <= REGION_BYTES_MAX ? span : 0;
}

#endif
