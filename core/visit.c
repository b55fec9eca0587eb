// SPDX-License-Identifier: MIT
/*
 * Visiting, by a cursor that is an address: between two steps anything may
 * happen, also that the region goes.
 *
 * A step enters guard and region, finds the first area from the address on, by
 * places on the table layout and by stepping over runs on the tag layout, looks
 * at it, and leaves; then the callback is called. Regions come by number; behind
 * the last number come the huge blocks, whose regions no list has: they are
 * found in the map, where the head of a huge block's region lies in another
 * unit than its block. One is held by name while it is looked at, and whoever
 * gives it back waits for that: region_release_huge().
 */
#include <mica/mica.h>
#include "armed.h"
#include "context.h"
#include "look.h"
#include "span.h"
#include "turn.h"
#include "walk.h"

#define VISIT_PLACES (LAYOUT_IS_TABLE ? 64u : 4u)
#define VISIT_UNITS 4096u
#define VISIT_HUGE (~(size_t)0)		/* as a region's number: huge blocks */

enum visit_found {
	VISIT_AREA,	/* one was looked at */
	VISIT_NOT_YET,	/* not in as many places as one section may look at */
	VISIT_END,	/* there is none behind the cursor */
	VISIT_REFUSED,	/* above the guard, in the middle of an operation */
};

/* ---- regions that have a number ------------------------------------------------- */

/* Is there something at run @i for who wants what ends behind @from? */
static bool visit_look(struct look *look, struct mica_part *self,
		       struct region *region, slice_t i, uintptr_t from)
{
	struct runs *r = &region->runs;
	enum run_kind kind = run_kind(r, i);
	struct page *page = page_at(r, run_address(r, i));

	/* Its owner may be about to give a page back: it may be one no more. */
	if (kind == RUN_PAGE && page && page->class < NR_CLASSES) {
		look_at_page(look, self, region, i, page);
		return from < look->next;
	}
	if (kind != RUN_BLOCK || run_is_held(r, i) || run_is_part(r, i))
		return false;
	look_at_run(look, region, i);
	return from <= (uintptr_t)look->area.start;
}

/* Inside the guard, under the lock. @from: the cursor, moved on. */
static enum visit_found visit_in(struct look *look, struct mica_part *self,
				 struct region *region, uintptr_t *from)
{
	struct runs *r = &region->runs;
	slice_t i = walk_begin(r, *from);
	unsigned int n;
	uintptr_t end;

	for (n = 0; n < VISIT_PLACES && i < runs_end(r); n++) {
		if (visit_look(look, self, region, i, *from))
			return VISIT_AREA;
		i = walk_next(r, i);
		end = run_address(r, i);
		/* What only leads to the cursor does not count. */
		if (end <= *from)
			n--;
		else
			*from = end;
	}
	return i < runs_end(r) ? VISIT_NOT_YET : VISIT_END;
}

static enum visit_found visit_region(struct mica_visit *cursor,
				     struct look *look)
{
	enum visit_found found = VISIT_END;
	mica_port_guard_t guard = 0;
	struct region *region;
	struct mica_part *part = turn_begin(cursor->region, &region, &guard);

	if (context_refused(part))
		return VISIT_REFUSED;
	if (region)
		found = visit_in(look, part, region, &cursor->address);
	turn_end(region, part, guard);
	return found;
}

/* ---- huge blocks ------------------------------------------------------------------- */

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

/* Only the first unit of a huge block is where it begins. */
static bool huge_look(struct look *look, uintptr_t unit, uintptr_t from)
{
	struct region *region = region_hold_huge(unit);
	uintptr_t start;

	if (!region)
		return false;
	look_at_run(look, region, 1);
	start = (uintptr_t)look->area.start;
	look->area.settled = true;
	look->next = start + look->area.bytes;
	region_let_go_huge(region);
	return from <= start && start >> MICA_UNIT_SHIFT == unit;
}

static enum visit_found visit_huge(struct mica_visit *cursor, struct look *look)
{
	uintptr_t unit = cursor->address >> MICA_UNIT_SHIFT;
	unsigned int n;

	if (!load_relaxed(&mica_huge_blocks))
		return VISIT_END;
	for (n = 0; n < VISIT_UNITS && unit < NR_UNITS; n++, unit++)
		if (huge_look(look, unit, cursor->address))
			return VISIT_AREA;
	if (unit >= NR_UNITS)
		return VISIT_END;
	cursor->address = unit << MICA_UNIT_SHIFT;
	return VISIT_NOT_YET;
}

#else

static enum visit_found visit_huge(struct mica_visit *cursor, struct look *look)
{
	(void)cursor, (void)look;
	return VISIT_END;
}

#endif

/* ---- one after the other -------------------------------------------------------------- */

static bool visit_is_over(const struct mica_visit *cursor)
{
	return cursor->region == VISIT_HUGE && cursor->address == UINTPTR_MAX;
}

/* Behind the cursor is nothing in this region: on to the next. */
static void visit_next_region(struct mica_visit *cursor)
{
	bool huge = cursor->region == VISIT_HUGE;

	cursor->address = huge ? UINTPTR_MAX : 0;
	if (!huge && ++cursor->region >= load_acquire(&mica_nr_regions))
		cursor->region = VISIT_HUGE;
}

/* A guarded section, or a look at VISIT_UNITS units. */
static enum visit_found visit_find(struct mica_visit *cursor, struct look *look)
{
	enum visit_found found;

	if (cursor->region >= load_acquire(&mica_nr_regions) &&
	    cursor->region != VISIT_HUGE)
		found = VISIT_END;
	else
		found = cursor->region == VISIT_HUGE ? visit_huge(cursor, look) :
						       visit_region(cursor, look);
	if (found == VISIT_END)
		visit_next_region(cursor);
	return found;
}

/* ---- areas ------------------------------------------------------------------------------ */

int mica_visit_areas(struct mica_visit *cursor, unsigned int budget,
		     bool (*visit)(void *context, const struct mica_area *area),
		     void *context)
{
	enum visit_found found;
	struct look look;

	if (!cursor || !visit || !budget)
		return MICA_ERROR_INVALID;
	for (; budget && !visit_is_over(cursor); budget--) {
		found = visit_find(cursor, &look);
		if (found == VISIT_REFUSED)
			return MICA_ERROR_BUSY;
		if (found != VISIT_AREA)
			continue;
		cursor->address = look.next;
		if (!visit(context, &look.area))
			return MICA_VISIT_STOPPED;
	}
	return visit_is_over(cursor) ? MICA_VISIT_DONE : MICA_VISIT_MORE;
}

/* ---- blocks ----------------------------------------------------------------------------- */

struct visitor {
	bool (*visit)(void *context, const struct mica_area *area, void *block);
	void *context;
	unsigned int budget;
};

/* The live blocks of an area, from the cursor on. Return: false: stopped. */
static bool visit_area(struct mica_visit *cursor, struct look *look,
		       struct visitor *v)
{
	size_t bytes = look->area.block_bytes;
	uintptr_t at = (uintptr_t)look->area.start;
	uintptr_t end = at + look->area.blocks * bytes;

	for (; at < end && v->budget; at += bytes) {
		if (at < cursor->address ||
		    (look->area.is_page && look_is_free(look, at)))
			continue;
		v->budget--;
		cursor->address = at + bytes;
		if (HARDEN_CONTENT && armed_is_freed((void *)at))
			continue;	/* it is in quarantine */
		if (!v->visit(v->context, &look->area, (void *)at))
			return false;
	}
	if (at >= end)
		cursor->address = look->next;
	return true;
}

int mica_visit_blocks(struct mica_visit *cursor, unsigned int budget,
		      bool (*visit)(void *context, const struct mica_area *area,
				    void *block),
		      void *context)
{
	struct visitor v = { visit, context, budget };
	enum visit_found found;
	struct look look;
	unsigned int before;

	if (!cursor || !visit || !budget)
		return MICA_ERROR_INVALID;
	while (v.budget && !visit_is_over(cursor)) {
		before = v.budget;
		found = visit_find(cursor, &look);
		if (found == VISIT_REFUSED)
			return MICA_ERROR_BUSY;
		if (found == VISIT_AREA && !visit_area(cursor, &look, &v))
			return MICA_VISIT_STOPPED;
		/* A look that brought no block was work, too. */
		if (v.budget == before)
			v.budget--;
	}
	return visit_is_over(cursor) ? MICA_VISIT_DONE : MICA_VISIT_MORE;
}

/* ---- regions ------------------------------------------------------------------------------ */

struct region_visitor {
	bool (*visit)(void *context, const struct mica_region *region);
	void *context;
};

/* A huge block's region: what is before the block is its head. */
static void huge_describe(const struct look *look, struct mica_region *info)
{
	const struct mica_provider *p = mica_port_provider();

	info->base = look->area.start;
	info->bytes = look->area.bytes;
	info->head_bytes = 0;
	info->arena = (struct mica_span){ info->base, info->bytes };
	info->exclusive = false;
	info->attributes = p->attributes;
	info->provider = p->name;
}

/* Return: is there one of this number, or a huge one? */
static bool region_step(struct mica_visit *cursor, struct mica_region *info)
{
	struct look look;

	if (cursor->region != VISIT_HUGE) {
		if (region_describe(cursor->region, info)) {
			visit_next_region(cursor);
			return true;
		}
		visit_next_region(cursor);
		return false;
	}
	if (visit_find(cursor, &look) != VISIT_AREA)
		return false;
	cursor->address = look.next;
	huge_describe(&look, info);
	return true;
}

int mica_visit_regions(struct mica_visit *cursor, unsigned int budget,
		       bool (*visit)(void *context,
				     const struct mica_region *region),
		       void *context)
{
	struct mica_region info;

	if (!cursor || !visit || !budget)
		return MICA_ERROR_INVALID;
	for (; budget && !visit_is_over(cursor); budget--) {
		if (!region_step(cursor, &info))
			continue;
		if (!visit(context, &info))
			return MICA_VISIT_STOPPED;
	}
	return visit_is_over(cursor) ? MICA_VISIT_DONE : MICA_VISIT_MORE;
}
