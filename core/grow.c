// SPDX-License-Identifier: MIT
/* A region gets longer; grow.h has the theory. */
#include "grow.h"
#include "space.h"

#if MICA_PORT_GROWS

struct region *mica_growing;

/* The region's head, and the lists behind it. */
static union {
	struct region region;
	uintptr_t room[(sizeof(struct region) + INDEX_LISTS * sizeof(slice_t)) /
		       sizeof(uintptr_t)];
} head;
static uint8_t first_cells[GROW_CELLS];

/* Run @i, in use, is held for good: nobody's block, but accounted for. */
static void run_keep(struct runs *r, slice_t i)
{
	space_account((ptrdiff_t)run_slices(r, i));
	tag_store(run_tag(r, i), *run_tag(r, i) | TAG_HELD);
}

/* Cells for @nr pages, in a run that there is. Cost: @nr. */
static void cells_move(struct runs *r, size_t nr)
{
	uint8_t *from = cell_of(r, r->base), *to;
	slice_t i = run_take_any(r, run_slices_for(nr));
	size_t k;

	run_keep(r, i);
	to = (uint8_t *)run_address(r, i);
	for (k = 0; k < nr; k++)
		to[k] = k < r->nr_cells ? from[k] : 0;
	r->nr_cells = nr;
	r->cells = to - (r->base >> MICA_PAGE_SHIFT);
}

/*
 * Memory [@from, @end) is the region's from now on, and free; what lies between
 * its old end and @from is not.
 */
static void end_move(struct runs *r, slice_t from, slice_t end)
{
	slice_t old = r->end, i = from;
	bool prev_free = run_prev_is_free(r, old);

	r->end = end;
	r->bytes = run_address(r, end) - r->base;
	runs_set_end(r);
	if (from != old) {
		i += RUN_MIN_SLICES;	/* room for a tag */
		run_set_used(r, old, i - old, prev_free);
		run_keep(r, old);
		prev_free = false;
	}
	run_set_used(r, i, end - i, prev_free);
	run_give_known(r, i, end - i, 0);
	if (prev_free)	/* one run: the tag at its end, and its size, are not */
		run_tag(r, i)[0] = run_tag(r, i)[-1] = 0;
}

/* Slices of the free run at the end. */
static slice_t tail_slices(const struct runs *r)
{
	return run_prev_is_free(r, r->end) ? r->end - run_prev(r, r->end) : 0;
}

/* What is the region's from now on: bounds, and room for cells. */
static void grow_to(struct runs *r, uintptr_t from, uintptr_t end)
{
	struct mica_span *span = &head.region.span;
	size_t nr;

	if (!end)	/* that of the address space is none */
		end -= MICA_GRANULE;
	span->bytes = end - (uintptr_t)span->base;
	end_move(r, run_at(r, from), run_at(r, end));
	nr = runs_nr_cells(r->bytes);
	if (nr > r->nr_cells)
		cells_move(r, nr * 2);
	if (mica_map[0] == r)
		part_adopt(part_main(part_self()), r);
}

/* By as much as makes @n slices of @have; or, if others came before, by @n. */
static bool grow_from(struct runs *r, size_t have, size_t n)
{
	uintptr_t at = mica_port_grow(0);
	size_t offset = at - r->base, cells;

	if (at == run_address(r, r->end))
		n = n > have ? n - have : 0;
	n += 2 * RUN_MIN_SLICES;	/* before a tag, and what is left of a run */
	/* Cells may have to move: then there is room for twice as many as this. */
	cells = runs_nr_cells(offset + n + 4 * (size_t)MICA_PORT_GROWS);
	if (cells > r->nr_cells)
		n += 4 * cells;
	if (!REGION_IS_ALL &&
	    offset + n + MICA_PORT_GROWS > REGION_BYTES_MAX)
		return false;
	at = mica_port_grow(n);
	if (at)
		grow_to(r, at, mica_port_grow(0));
	return at;
}

/* It can be found from now on. */
static void grow_publish(struct region *region, uintptr_t n)
{
	mica_map[n] = &region->runs;
	mica_regions[n] = region;
	mica_nr_regions = n + 1;
	mica_growing = region;
	count_all(regions_reserved, 1);
}

/*
 * Memory that is there already: a region of no runs grows by it. Of this memory it
 * is not known whether it is zero.
 */
static bool grow_begin(void)
{
	struct runs *r = &head.region.runs;
	uintptr_t n = mica_nr_regions, base;
	struct mica_span span;

	if (n == NR_REGIONS || !mica_port_grow_first(&span))
		return false;
	if (HARDEN_BLOCKS)
		harden_begin();
	head.region.span.base = span.base;
	base = align_up((uintptr_t)span.base, MICA_GRANULE);
	r->base = base;
	r->first_slice = r->end = run_at(r, base + MICA_GRANULE);
	runs_set_grow(r, first_cells);
	runs_set_end(r);
	grow_publish(&head.region, n);
	grow_to(r, base + MICA_GRANULE,
		align_down((uintptr_t)span.base + span.bytes, MICA_GRANULE));
	runs_forget_zero(r);
	return true;
}

bool region_grow(size_t bytes)
{
	struct runs *r = &head.region.runs;

	if (!mica_growing)
		return grow_begin();
	return grow_from(r, tail_slices(r), run_slices_for(bytes));
}

bool region_grow_behind(struct region *region, slice_t i, size_t size)
{
	struct runs *r = &region->runs;
	slice_t have = run_slices(r, i) + tail_slices(r);

	return region == mica_growing && size <= RUN_BYTES_MAX &&
	       i + have == r->end &&
	       mica_port_grow(0) == run_address(r, r->end) &&
	       grow_from(r, have, run_slices_for(size));
}

#endif
