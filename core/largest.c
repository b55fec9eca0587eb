// SPDX-License-Identifier: MIT
/* The largest block to be had; largest.h has the theory. */
#include <mica/mica.h>
#include "fence.h"
#include "context.h"
#include "largest.h"

/* Table layout: malloc tries as many regions of a list, from the first on. */
static slice_t largest_on_list(unsigned int list)
{
	slice_t largest = 0, slices;
	unsigned int tries;
	size_t at = 0;

	for (tries = 0; tries < ROSTER_TRIES; tries++, at++) {
		at = roster_next(list, at);
		if (at == NR_REGIONS)
			break;
		slices = largest_run_of(load_acquire(&mica_regions[at]));
		largest = MAX_OF(largest, slices);
	}
	return largest;
}

/* Tag layout: every region is on every list. */
slice_t largest_run(void)
{
	unsigned int list = LAYOUT_IS_TABLE ? INDEX_LISTS : 1;
	slice_t largest = 0;

	while (list-- && !largest)
		largest = largest_on_list(list);
	return largest;
}

/* The largest class that has a block, or (table layout) could have a page. */
static size_t largest_in_pages(const struct mica_part *part, slice_t slices)
{
	unsigned int class = NR_CLASSES;

	while (class--)
		if (class_has_block(part, class) ||
		    (LAYOUT_IS_TABLE && class_page_slices(class) <= slices))
			return class_bytes(class);
	return 0;
}

/* No run of its own is for as much as RUN_LIMIT. */
static size_t largest_in_run(slice_t slices)
{
	return slices ? MIN_OF(run_bytes(slices), RUN_LIMIT - 2) : 0;
}

static size_t largest_of(const struct mica_part *part)
{
	slice_t slices = largest_run();
	size_t run = largest_in_run(slices), paged;

	if (run > CLASS_BYTES_MAX)
		return run;
	paged = largest_in_pages(part, slices);
	return LAYOUT_IS_TABLE ? paged : MAX_OF(run, paged);
}

size_t mica_largest(void)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part;
	size_t bytes;

	if (!context_begin())
		return 0;
	part = context_enter(&guard);
	if (context_refused(part))
		return 0;
	bytes = largest_of(part);
	context_leave(part, guard);
	return bytes > FENCE_BYTES ? bytes - FENCE_BYTES : 0;
}

/* ---- of a kind of memory --------------------------------------------------------- */

/* What attr_round() and the search for an aligned run leave of it. */
static size_t largest_of_kind(slice_t slices, uint32_t require)
{
	size_t line = (size_t)1 << MICA_LINE_SHIFT;
	slice_t slack = 0;

	if (!(require & (MICA_DMA | MICA_NONCOHERENT)))
		return largest_in_run(slices);
	if (line > RUN_UNIT_BYTES)
		slack = (slice_t)(line >> MICA_SLICE_SHIFT) - RUN_UNIT +
			2 * (RUN_MIN_SLICES - RUN_UNIT);
	return slices > slack ? align_down(largest_in_run(slices - slack), line) :
				0;
}

static size_t largest_attr_in(struct region *region, uint32_t require)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);
	slice_t slices;

	if (context_refused(part))
		return 0;
	slices = largest_run_of(region);
	context_leave(part, guard);
	return largest_of_kind(slices, require);
}

size_t mica_largest_attr(uint32_t require)
{
	size_t k, n = load_acquire(&mica_nr_regions), largest = 0, bytes;
	struct region *region;

	if (require & ~(uint32_t)MICA_ATTRIBUTES || !context_begin())
		return 0;
	for (k = 0; k < n; k++) {
		region = load_acquire(&mica_regions[k]);
		if (!region || (region_attributes(region) & require) != require)
			continue;
		bytes = largest_attr_in(region, require);
		largest = MAX_OF(largest, bytes);
	}
	return largest > FENCE_BYTES ? largest - FENCE_BYTES : 0;
}
