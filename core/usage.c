// SPDX-License-Identifier: MIT
/*
 * How full it is, in O(size classes + regions): what is kept is read, and of
 * each region the first run of its last list is looked at.
 */
#include <mica/mica.h>
#include "bank.h"
#include "large.h"
#include "rare.h"
#include "tally.h"
#include "turn.h"

/* ---- bytes in use and their peak ------------------------------------------ */

size_t mica_used(void)
{
	return SPACE_ACCOUNTS ? load_relaxed(&mica_used_bytes) : 0;
}

/* Whoever takes memory while the peak is reset may see the old one: see below. */
size_t mica_peak(void)
{
	size_t used = mica_used();

	if (!SPACE_ACCOUNTS)
		return 0;
	return MAX_OF(load_relaxed(&mica_peak_bytes), used);
}

void mica_peak_reset(void)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part;

	if (!SPACE_ACCOUNTS)
		return;
	part = context_enter(&guard);
	store_relaxed(&mica_peak_bytes, load_relaxed(&mica_used_bytes));
	if (!context_refused(part))
		context_leave(part, guard);
}

/* ---- regions --------------------------------------------------------------- */

/* Return: usable bytes behind the region's head. Lock held. */
static size_t usage_region(struct mica_usage *usage, struct region *region)
{
	struct runs *r = &region->runs;
	size_t space = (size_t)(runs_end(r) - r->first_slice) << MICA_SLICE_SHIFT;
	slice_t largest = runs_largest(r);

	usage->regions++;
	usage->reserved += region->span.bytes;
	usage->head += region->span.bytes - space;
	usage->committed += run_nr_committed(r) << MICA_SLICE_SHIFT;
	if (largest && run_bytes(largest) > usage->largest_free)
		usage->largest_free = run_bytes(largest);
	return space;
}

/* Return: false, this came in the middle of an operation. */
static bool usage_regions(struct mica_usage *usage, size_t *space)
{
	size_t k, n = load_acquire(&mica_nr_regions);
	mica_port_guard_t guard = 0;
	struct region *region;
	struct mica_part *part;

	for (k = 0; k < n; k++) {
		part = turn_begin(k, &region, &guard);
		if (!part)
			return false;
		if (region)
			*space += usage_region(usage, region);
		turn_end(region, part, guard);
	}
	return true;
}

/* ---- size classes ------------------------------------------------------------ */

/*
 * Pages of @class that have a block for certain: where one core owns them all, but for
 * one that may be kept empty.
 */
#if KEEPS_PAGES
static size_t pages_in_use(unsigned int class, size_t pages)
{
	return pages - (mica_kept[class] != NULL);
}
#else
static size_t pages_in_use(unsigned int class, size_t pages)
{
	(void)class;
	return CONTEXT_IS_SOLO ? pages : 0;
}
#endif

/* What blocks that are runs have is exact; a page has from one block to all, or none. */
static void usage_classes(struct mica_usage *usage)
{
	size_t pages, room;
	unsigned int class;

	usage->live_least = tally_usable(usage->blocks, usage->block_bytes);
	usage->live_most = usage->live_least;
	for (class = 0; class < NR_CLASSES; class++) {
		pages = tally_of(pages[class]);
		room = page_space(class_page_slices(class));
		usage->pages += pages;
		usage->live_least += pages_in_use(class, pages) * class_bytes(class);
		usage->live_most += pages * room;
	}
}

/* Bytes that live in runs of @run slices, of all heaps. */
static size_t runs_live(slice_t run)
{
	unsigned int heap = HEAPS_SOLO ? MICA_HEAPS + 1 : 1;
	size_t bytes = 0;

	while (heap--)
		bytes += tag_load(&rare_of(heap)->bytes[rare_key(run)]);
	return bytes;
}

static size_t class_singles(unsigned int class)
{
	slice_t run;

	if (LAYOUT_IS_TABLE || class >= LINEAR_CLASSES)
		return 0;
	run = run_slices_for(class_bytes(class));
	return runs_live(run) / run;
}

bool mica_usage_class(size_t index, struct mica_usage_class *usage)
{
	unsigned int class = (unsigned int)index;

	if (index >= NR_CLASSES || !usage)
		return false;
	usage->block_bytes = class_bytes(class);
	usage->pages = tally_of(pages[class]);
	usage->blocks = class_singles(class);
	return true;
}

/* ---- all of it ----------------------------------------------------------------- */

/* Huge blocks have regions of their own, which are in use as a whole. */
static void usage_huge(struct mica_usage *usage)
{
	size_t bytes = load_relaxed(&mica_huge_bytes);
	size_t blocks = load_relaxed(&mica_huge_blocks);

	usage->reserved += bytes;
	usage->committed += bytes;
	usage->regions += blocks;
	usage->live_least += bytes;
	usage->live_most += bytes;
	if (!TALLIES)
		return;
	usage->blocks += blocks;
	usage->block_bytes += bytes;
}

bool mica_usage(struct mica_usage *usage)
{
	struct mica_usage now = { .used = mica_used(), .peak = mica_peak() };
	const struct bank_ops *banks = banks_attached();
	size_t space = load_relaxed(&mica_huge_bytes);

	if (!usage || !usage_regions(&now, &space))
		return false;
	if (banks)
		now.committed -= banks->asleep();
	now.blocks = tally_of(blocks);
	now.block_bytes = tally_of(bytes);
	usage_classes(&now);
	usage_huge(&now);
	now.free = SPACE_ACCOUNTS && space > now.used ? space - now.used : 0;
	*usage = now;
	return true;
}
