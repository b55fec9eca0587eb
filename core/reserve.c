// SPDX-License-Identifier: MIT
/* Spans become regions, of many runs or of one huge block; see region.h. */
#include "moat.h"
#include "note.h"
#include "option.h"
#include "roster.h"
#include "space.h"

#if !CONTEXT_IS_SOLO

static bool span_commit(const struct mica_provider *p, struct mica_span span)
{
	return p->flags & MICA_PROVIDER_COMMITTED || !p->commit ||
	       !region_provider_gave(p, p->commit(p->context, span));
}

/* Commit the head of a fresh span and clear it, as far as it is not zero. */
static bool head_commit(const struct mica_provider *p, struct mica_span span,
			size_t head)
{
	struct mica_span part = span;

	part.bytes = LAYOUT_IS_TABLE ?
		align_up(head, MAX_OF(p->granule, (size_t)1)) : span.bytes;
	if (part.bytes > span.bytes)
		return false;
	if (!span_commit(p, part))
		return false;
	if (!(p->flags & MICA_PROVIDER_ZEROED))
		__builtin_memset(span.base, 0, head);
	return true;
}

/* Single runs are committed: a granule that spans several cannot be served. */
static int provider_reserve(const struct mica_provider *p, size_t bytes,
			    size_t align, size_t lead, struct mica_span *span)
{
	if (LAYOUT_IS_TABLE && p->granule > SLICE_BYTES)
		return -22;
	return p->reserve(p->context, bytes, align, lead, span);
}

void span_release(const struct mica_provider *p, struct mica_span span)
{
	note_gives_back(span.base, span.bytes);
	if (p->release)
		region_provider_failed(p->release(p->context, span));
	count_all(regions_released, 1);
}

/* Where any span will do, one that is too small is found out later. */
static bool span_is_sound(struct mica_span span, size_t bytes, size_t align,
			  size_t lead)
{
	return align == 1 || (span.bytes >= bytes &&
			      !(((uintptr_t)span.base + lead) & (align - 1)));
}

/*
 * A provider that says it has what it has not is refused as if it had said so.
 * What is mica's already it must not get back.
 */
bool span_reserve(const struct mica_provider *p, size_t bytes, size_t align,
		  size_t lead, struct mica_span *span)
{
	if (!p || region_provider_gave(p, provider_reserve(p, bytes, align,
							   lead, span)))
		return false;
	if (span_is_a_lie(span, lead))
		return !region_provider_gave(p, -1);
	if (!span_is_sound(*span, bytes, align, lead)) {
		if (p->release)
			p->release(p->context, *span);
		return !region_provider_gave(p, -1);
	}
	note_got(span->base, span->bytes);
	count_all(regions_reserved, 1);
	return true;
}

/*
 * What kinds of pages the MMU is to have there, as far as somebody cares. Smaller
 * spans have no room for a large one.
 */
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

void span_advise(const struct mica_provider *p, struct mica_span span,
		 bool huge)
{
	long want = huge ? 2 : option_value(HUGE_PAGES);

	if (!LAYOUT_IS_TABLE || want == 1 || !p->advise ||
	    span.bytes < HUGE_PAGE_BYTES)
		return;
	span.bytes = align_down(span.bytes, MAX_OF(p->granule, (size_t)1));
	p->advise(p->context, span, want ? MICA_ADVICE_HUGE : MICA_ADVICE_SMALL);
}

/* ---- regions of many runs --------------------------------------------------- */

static uintptr_t nr_holes;	/* in mica_regions: taken back */

/* Number of a hole, or of the first that was never used. List locked. */
static uint32_t number_free(void)
{
	uint32_t k = 0;

	if (!nr_holes)
		return (uint32_t)mica_nr_regions;
	while (mica_regions[k])
		k++;
	return k;
}

/* The guard keeps out an interrupt of this core that would wait for the lock. */
bool region_publish(struct region *region)
{
	size_t bytes = (size_t)runs_size(&region->runs) << MICA_SLICE_SHIFT;
	mica_port_guard_t guard = mica_port_guard();
	bool done;

	regions_lock();
	region->number = number_free();
	done = region->number < NR_REGIONS &&
	       map_set(&region->runs, region->runs.base, bytes, true);
	if (done) {
		roster_update(region);
		store_release(&mica_regions[region->number], region);
		if (region->number < mica_nr_regions)
			nr_holes--;
		else
			store_release(&mica_nr_regions, mica_nr_regions + 1);
	}
	regions_unlock();
	mica_port_unguard(guard);
	return done;
}

void region_withdraw(struct region *region)
{
	size_t bytes = (size_t)runs_size(&region->runs) << MICA_SLICE_SHIFT;

	regions_lock();
	roster_remove(region);
	store_release(&mica_regions[region->number], NULL);
	map_set(&region->runs, region->runs.base, bytes, false);
	regions_unlock();
}

/* Its number is a hole from now on, for the next that comes. */
void region_gone(void)
{
	mica_port_guard_t guard = mica_port_guard();

	regions_lock();
	nr_holes++;
	regions_unlock();
	mica_port_unguard(guard);
	count_all(regions_released, 1);
}

/* There is a number, since it was not counted as a hole, and room in the map. */
void region_return(struct region *region)
{
	size_t bytes = (size_t)runs_size(&region->runs) << MICA_SLICE_SHIFT;
	mica_port_guard_t guard = mica_port_guard();
	uint32_t k = 0;

	regions_lock();
	while (mica_regions[k])
		k++;
	region->number = k;
	map_set(&region->runs, region->runs.base, bytes, true);
	roster_update(region);
	store_release(&mica_regions[k], region);
	regions_unlock();
	region_unlock(region);
	mica_port_unguard(guard);
}

static uintptr_t nr_reserving;

bool region_is_coming(void)
{
	return load_acquire(&nr_reserving);
}

void region_commit_all(struct region *region)
{
	const struct mica_provider *p = region->provider;
	struct runs *r = &region->runs;
	slice_t i = r->first_slice, n = runs_end(r) - i;
	struct mica_span rest = {
		(void *)run_address(r, i), (size_t)n << MICA_SLICE_SHIFT,
	};

	if (!span_commit(p, rest))
		return;
	if (p->advise)
		p->advise(p->context, rest, MICA_ADVICE_BACKED);
	region->flags |= REGION_EAGER;
	atomic_add(&mica_eager_bytes, rest.bytes);	/* no growth: before it counts */
	space_mark(r, i, n, true);
}

void region_uncount(size_t committed, size_t eager)
{
	if (committed)
		atomic_add(&mica_committed_bytes, 0 - (uintptr_t)committed);
	if (eager)
		atomic_add(&mica_eager_bytes, 0 - (uintptr_t)eager);
}

static struct region *region_make(uintptr_t heap, const struct mica_provider *p,
				  const struct mica_span *span,
				  const struct region_shape *shape)
{
	struct region *region = region_build(p, span, shape);

	region_set_heap(region, heap);
	if (LAYOUT_IS_TABLE && option_value(EAGER_COMMIT))
		region_commit_all(region);
	if (region_publish(region))
		return region;
	region_uncount(region_committed(region), region_eager(region));
	return NULL;
}

bool region_ask_for(uintptr_t heap, const struct mica_provider *p, size_t bytes)
{
	size_t align = LAYOUT_IS_TABLE ? UNIT_BYTES : 1, size;
	struct region *region = NULL;
	struct region_shape shape;
	struct mica_span span;

	size = LAYOUT_IS_TABLE ? UNIT_BYTES : bytes + bytes / 32 + REGION_STEP;
	if (load_relaxed(&mica_nr_regions) - load_relaxed(&nr_holes) >=
	    NR_REGIONS || !span_reserve(p, size, align, 0, &span))
		return false;
	span_advise(p, span, false);
	if (region_shape(&shape, &span) && head_commit(p, span, shape.head)) {
		shape.bytes -= moat_bytes(p, false);
		region = region_make(heap, p, &span, &shape);
	}
	if (region) {
		if (GUARD_PAGES)
			moat_region(region, true);
		return true;
	}
	span_release(p, span);
	return false;
}

bool region_ask(const struct mica_provider *p, size_t bytes)
{
	return region_ask_for(0, p, bytes);
}

bool region_reserve(size_t bytes)
{
	bool made;

	atomic_add(&nr_reserving, 1);
	made = region_ask(mica_port_provider(), bytes) ||
	       region_reserve_more(bytes);
	atomic_add(&nr_reserving, ~(uintptr_t)0);
	return made;
}

/* ---- regions of one huge block ------------------------------------------------ */

/*
 * The head lies before the block, in a lead of its own; slice 0 is the
 * lead's last, slice 1 the block's first.
 */
struct region *region_reserve_huge(const struct mica_provider *p, size_t bytes,
				   size_t align)
{
	struct mica_span span, block;
	struct region *region;
	size_t head, lead, moat = p ? moat_bytes(p, true) : 0;

	if (!LAYOUT_IS_TABLE || !p || bytes > SIZE_LIMIT - 2 * UNIT_BYTES)
		return NULL;
	head = offsetof(struct region, runs) +
	       runs_head_bytes(0, 2 * SLICE_BYTES);
	lead = align_up(head, MAX_OF(p->granule, SLICE_BYTES));
	if (!span_reserve(p, lead + moat +
			  align_up(bytes, MAX_OF(p->granule, 1u)),
			  MAX_OF(align, UNIT_BYTES), lead, &span))
		return NULL;
	span_advise(p, span, false);
	region = span.base;
	block.base = (char *)span.base + lead;
	block.bytes = span.bytes - lead;
	if (!head_commit(p, span, head) || !span_commit(p, block))
		goto release;
	if (HARDEN_BLOCKS)
		harden_begin();
	region->provider = p;
	region->span = span;
	runs_set_bounds(&region->runs, (uintptr_t)block.base - SLICE_BYTES,
			SLICE_BYTES, 2 * SLICE_BYTES);
	run_set_used(&region->runs, 1, 1, false);
	if (map_set(&region->runs, (uintptr_t)block.base, bytes, true)) {
		count_all(huge_allocated, 1);
		region_set_moat(region, moat);
		if (GUARD_PAGES)
			moat_region(region, true);
		return region;
	}
release:
	span_release(p, span);
	return NULL;
}

uintptr_t mica_huge_held;

static void huge_give_back(struct region *region)
{
	struct mica_span span = region->span;	/* the region lies in it */

	if (GUARD_PAGES)
		moat_region(region, false);
	span_release(region->provider, span);
}

/*
 * A visitor that found it in the map just before takes over what is left to
 * do. Both change the word, so one comes first: this one, and the visitor's
 * second look sees a map without the region; or the visitor's, and then it
 * finds the word marked. Nobody waits. Return: does a visitor do it?
 */
static bool huge_hand_over(const struct region *region)
{
	uintptr_t name = (uintptr_t)&region->runs, held = name;

	while (held == name)	/* compare-and-swap may fail for no reason */
		if (atomic_cas(&mica_huge_held, &held, name | HUGE_IS_GONE))
			return true;
	return false;
}

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

static bool is_huge_unit(const struct runs *r, uintptr_t unit)
{
	return r && (uintptr_t)r >> MICA_UNIT_SHIFT != unit;
}

/* It cannot go between the second look at the map and letting go. */
struct region *region_hold_huge(uintptr_t unit)
{
	struct runs *r = load_acquire(&mica_map[unit]);
	unsigned int spins = 0;
	uintptr_t nobody;

	if (!is_huge_unit(r, unit))
		return NULL;
	for (nobody = 0; !atomic_cas(&mica_huge_held, &nobody, (uintptr_t)r);
	     nobody = 0)
		mica_port_relax(spins++);
	if (load_seq(&mica_map[unit]) == r)
		return region_of_runs(r);
	region_let_go_huge(region_of_runs(r));	/* it went just before */
	return NULL;
}

#endif

void region_let_go_huge(struct region *region)
{
	if (atomic_xchg(&mica_huge_held, 0) & HUGE_IS_GONE)
		huge_give_back(region);
}

void region_release_huge(struct region *region)
{
	uintptr_t block = run_address(&region->runs, 1);

	map_set(&region->runs, block, (uintptr_t)region->span.base +
		region->span.bytes - block, false);
	if (!huge_hand_over(region))
		huge_give_back(region);
}

#endif
