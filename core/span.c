// SPDX-License-Identifier: MIT
/*
 * Spans that the program hands over and takes back.
 *
 * A span handed over is a region without a provider: its memory is there as
 * a whole, and nobody is asked to release it.
 */
#include <mica/mica.h>
#include "bank.h"
#include "engine.h"
#include "grow.h"
#include "moat.h"
#include "note.h"
#include "region.h"
#include "span.h"

static struct region *region_number(size_t k)
{
	return k < load_acquire(&mica_nr_regions) ?
		load_acquire(&mica_regions[k]) : NULL;
}

static bool spans_meet(uintptr_t base, size_t bytes,
		       const struct mica_span *other)
{
	return base - (uintptr_t)other->base < other->bytes ||
	       (uintptr_t)other->base - base < bytes;
}

/* What will be a region's the port's table says. */
bool span_is_taken(uintptr_t base, size_t bytes)
{
	const struct mica_span *s = MICA_PORT_SPANS ? mica_port_spans() : NULL;
	struct region *region;
	size_t k;

	for (; s && s->base; s++)
		if (spans_meet(base, bytes, s) && !map_find((uintptr_t)s->base))
			return true;
	for (k = 0; k < load_acquire(&mica_nr_regions); k++) {
		region = region_number(k);
		if (region && spans_meet(base, bytes, &region->span))
			return true;
	}
	/* The unit may be a huge block's, or that of another region. */
	return LAYOUT_IS_TABLE && map_find(base);
}

/* Table layout: what of the span is whole slices of one unit. */
static void span_trim(struct mica_span *span)
{
	uintptr_t base = (uintptr_t)span->base, end = base + span->bytes, unit;

	if (!LAYOUT_IS_TABLE)
		return;
	base = align_up(base, SLICE_BYTES);
	unit = align_down(base, UNIT_BYTES) + UNIT_BYTES;
	end = MIN_OF(align_down(end, SLICE_BYTES), unit);
	span->base = (void *)base;
	span->bytes = end > base ? end - base : 0;
}

/*
 * It remembers the span as it was handed over, to be found by it again. What
 * can never be decommitted is not counted in mica_committed_bytes, by which
 * purges are timed.
 */
static struct region *span_build(const struct mica_span *given,
				 const struct region_shape *shape,
				 uint32_t attributes)
{
	struct region *region;
	slice_t first;

	__builtin_memset((void *)shape->base, 0, shape->head);
	region = region_build(NULL, given, shape);
	region->attributes = attributes;
	first = region->runs.first_slice;
	run_set_committed(&region->runs, first, runs_end(&region->runs) - first,
			  true);
	return region;
}

int mica_region_add(void *base, size_t bytes, uint32_t attributes)
{
	struct mica_span given = { base, bytes }, span = given;
	struct region_shape shape;

	if (!base || attributes & ~(uint32_t)MICA_ATTRIBUTES ||
	    bytes > SIZE_LIMIT || (uintptr_t)base + bytes < (uintptr_t)base)
		return MICA_ERROR_INVALID;
	span_trim(&span);
	if (!region_shape(&shape, &span))
		return MICA_ERROR_SMALL;
	if (grow_covers(&given))
		return MICA_ERROR_OVERLAP;
	if (span_is_taken(shape.base, shape.bytes) ||
	    span_is_taken((uintptr_t)base, bytes))
		return MICA_ERROR_OVERLAP;
	return region_publish(span_build(&given, &shape, attributes)) ?
		0 : MICA_ERROR_FULL;
}

/* ---- taking back ------------------------------------------------------------- */

static struct region *region_from(const void *base)
{
	struct region *region;
	size_t k;

	for (k = 0; k < load_acquire(&mica_nr_regions); k++) {
		region = region_number(k);
		if (region && region_known(region)->base == base)
			return region;
	}
	return NULL;
}

/* Is there nothing in it but what sleeps, if that? It is forgotten then. */
static bool region_let_go(struct region *region)
{
	const struct bank_ops *banks = banks_attached();

	if (region == mica_growing)	/* where others' memory may lie in it, too */
		return false;
	return region_is_empty(region) || (banks && banks->forget(region));
}

/* Inside the guard, under the region's lock, which goes with the region. */
static int region_take_out(struct region *region)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part;
	int result = MICA_ERROR_BUSY;

	if (KEEPS_PAGES)	/* of which some may lie in it */
		engine_collect();
	part = context_enter(&guard);

	if (context_refused(part))
		return MICA_ERROR_BUSY;
	if (space_enter(region)) {
		if (region_let_go(region)) {
			region_withdraw(region);
			result = 0;
		} else {
			space_leave(region);
		}
	}
	context_leave(part, guard);
	return result;
}

/* Regions that are taken back together: one, or those of an arena. */
struct removal {
	const struct mica_provider *provider;
	struct mica_span span;
	struct region *first;
	bool one;
};

static struct pieces removal_pieces(const struct removal *all)
{
	struct pieces one = { 0, 1 };

	return all->one ? one : pieces_of(&all->span);
}

/* The next of them; NULL: that was all. */
static struct region *removal_next(const struct removal *all,
				   struct pieces *pieces)
{
	struct region_shape shape;

	if (!all->one)
		return pieces_next(pieces, &shape) ?
			(struct region *)shape.base : NULL;
	return pieces->at++ ? NULL : all->first;
}

/* Listed again as they were, with what slept in them: invariant 8. */
static void removal_undo(const struct removal *all, const struct region *end)
{
	const struct bank_ops *banks = banks_attached();
	struct pieces pieces = removal_pieces(all);
	struct region *region;

	while ((region = removal_next(all, &pieces)) && region != end) {
		region_return(region);
		if (banks)
			banks->recall(region);
	}
}

static void removal_moats(const struct removal *all, bool on)
{
	struct pieces pieces = removal_pieces(all);
	struct region *region;

	while (GUARD_PAGES && (region = removal_next(all, &pieces)))
		moat_region(region, on);
}

static int removal_take_out(const struct removal *all)
{
	struct pieces pieces = removal_pieces(all);
	struct region *region;
	int result;

	while ((region = removal_next(all, &pieces))) {
		result = region_take_out(region);
		if (!result)
			continue;
		removal_undo(all, region);
		return result;
	}
	return 0;
}

/*
 * Outside the guard: the provider, if there is one, gets back the span of what
 * was taken out.
 */
static int removal_hand_back(const struct removal *all)
{
	const struct mica_provider *p = all->provider;
	struct pieces pieces = removal_pieces(all);
	size_t committed = 0, eager = 0, n = 0;
	struct region *region;

	while ((region = removal_next(all, &pieces))) {
		committed += region_committed(region);
		eager += region_eager(region);
		n++;
	}
	if (p)
		note_gives_back(all->span.base, all->span.bytes);
	else
		note_show(all->span.base, all->span.bytes);
	removal_moats(all, false);
	if (p && p->release &&
	    region_provider_failed(p->release(p->context, all->span))) {
		removal_moats(all, true);
		note_got(all->span.base, all->span.bytes);
		removal_undo(all, NULL);
		return MICA_ERROR_REFUSED;
	}
	region_uncount(committed, eager);
	while (n--)
		region_gone();
	return 0;
}

int mica_region_remove(void *base)
{
	struct region *region = base ? region_from(base) : NULL;
	struct removal all;
	int result;

	if (!base)
		return MICA_ERROR_INVALID;
	if (!region)
		return MICA_ERROR_UNKNOWN;
	all = (struct removal){ region->provider, *region_known(region), region,
				region_known(region) == &region->span };
	mica_collect(false);
	result = removal_take_out(&all);
	return result ? result : removal_hand_back(&all);
}

/* ---- looking ----------------------------------------------------------------- */

bool region_describe(size_t number, struct mica_region *info)
{
	struct region *region = region_number(number);

	if (!region)
		return false;
	info->base = region->span.base;
	info->bytes = region->span.bytes;
	info->head_bytes = info->bytes -
		((size_t)(runs_end(&region->runs) - region->runs.first_slice)
		 << MICA_SLICE_SHIFT);
	info->attributes = region_attributes(region);
	info->arena = *region_known(region);
	info->exclusive = region_heap(region) == REGION_EXCLUSIVE;
	info->provider = region->provider ? region->provider->name : NULL;
	return true;
}

bool mica_region_get(size_t index, struct mica_region *info)
{
	size_t k;

	for (k = 0; k < load_acquire(&mica_nr_regions); k++)
		if (region_number(k) && !index--)
			return region_describe(k, info);
	return false;
}

uint32_t mica_attributes(const void *p)
{
	struct region *region = region_of((uintptr_t)p);

	return region ? region_attributes(region) : 0;
}
