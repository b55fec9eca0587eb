// SPDX-License-Identifier: MIT
/*
 * Solo: how a span becomes a region.
 *
 * The head lies at the span's first slice: struct region, the lists, the
 * bytes of the page cells; the first run's tag follows. Provider calls are
 * outside the guard, and only an interrupt that reserves too can come
 * between, so publishing alone needs it.
 */
#include "grow.h"

#if CONTEXT_IS_SOLO

/* A build for one context has nobody to keep out. */
static __always_inline mica_port_guard_t solo_guard(void)
{
	return MICA_CONTEXT == MICA_CONTEXT_CORE ? mica_port_guard() : 0;
}

static __always_inline void solo_unguard(mica_port_guard_t guard)
{
	if (MICA_CONTEXT == MICA_CONTEXT_CORE)
		mica_port_unguard(guard);
}

static __always_inline bool solo_publish(struct region *region)
{
	mica_port_guard_t guard = solo_guard();
	uintptr_t n = mica_nr_regions;
	bool room = n < NR_REGIONS;

	if (room) {
		mica_map[n] = &region->runs;
		if (n == 0)
			part_adopt(part_main(part_self()), &region->runs);
		mica_regions[n] = region;
		mica_nr_regions = n + 1;
		count_all(regions_reserved, 1);
	}
	solo_unguard(guard);
	return room;
}

bool region_publish(struct region *region)
{
	return solo_publish(region);
}

/*
 * A span whose memory is there becomes a region; @heap: whose alone it is, or 0.
 * Return: false, too small.
 */
static __always_inline bool solo_add(const struct mica_provider *p,
				     const struct mica_span *span, uintptr_t heap)
{
	struct region_shape shape;
	struct region *region;
	uintptr_t *word, *end;

	if (!region_shape(&shape, span))
		return false;
	word = (uintptr_t *)shape.base;
	end = (uintptr_t *)(shape.base + runs_first(shape.head));
	do {
		*word++ = 0;
	} while (word < end);
	region = region_build(p, span, &shape);
	if (HEAPS_SOLO && heap)
		region_set_heap(region, heap);
	return solo_publish(region);
}

static uintptr_t next_span;

/* The next of the port's spans, each of which is had once; its base may be NULL. */
static __always_inline const struct mica_span *solo_next_span(void)
{
	mica_port_guard_t guard = solo_guard();
	const struct mica_span *span = mica_port_spans() + next_span;

	if (span->base)
		next_span++;
	solo_unguard(guard);
	return span;
}

/* One that is too small is passed over. Return: false, there is none left. */
static __always_inline bool solo_add_next_span(void)
{
	const struct mica_span *span = solo_next_span();

	if (!span->base)
		return false;
	solo_add(NULL, span, 0);
	return true;
}

/* Where the port's source is its table, it has no other way to its spans. */
static __always_inline int solo_span(const struct mica_provider *p,
				     size_t bytes, struct mica_span *span)
{
	if (!MICA_PORT_SPANS || p != mica_port_provider())
		return region_provider_gave(p, p->reserve(p->context, bytes, 1,
							  0, span));
	*span = *solo_next_span();
	return span->base ? 0 : -1;
}

static __always_inline bool solo_ask(uintptr_t heap,
				     const struct mica_provider *p, size_t bytes)
{
	struct mica_span span;

	if (!p || mica_nr_regions == NR_REGIONS || solo_span(p, bytes, &span))
		return false;
	if (!(MICA_PORT_SPANS && p == mica_port_provider()) &&
	    span_is_a_lie(&span, 0))
		return !region_provider_gave(p, -1);
	if ((p->flags & MICA_PROVIDER_COMMITTED || !p->commit ||
	     !region_provider_gave(p, p->commit(p->context, span))) &&
	    !grow_covers(&span) && solo_add(p, &span, heap))
		return true;
	if (p->release)
		region_provider_failed(p->release(p->context, span));
	return false;
}

bool region_ask(const struct mica_provider *p, size_t bytes)
{
	return solo_ask(0, p, bytes);
}

#if MICA_HEAPS
bool region_ask_for(uintptr_t heap, const struct mica_provider *p, size_t bytes)
{
	return solo_ask(heap, p, bytes);
}
#endif

bool region_reserve(size_t bytes)
{
	if (MICA_PORT_GROWS)
		return region_grow(bytes) || region_reserve_more(bytes);
	if (mica_nr_regions != NR_REGIONS &&
	    (MICA_PORT_SPANS ? solo_add_next_span() :
			       region_ask(mica_port_provider(), bytes)))
		return true;
	return region_reserve_more(bytes);
}

/*
 * Of a region that is being released: no address lies in it, and it has no
 * run. Such places are alike, whoever made them.
 */
static struct runs none;

/* Inside the guard. */
static void solo_enter_at(uintptr_t k, struct region *region, struct runs *r)
{
	mica_map[k] = r;
	mica_regions[k] = region;
	if (k == 0)
		part_adopt(part_main(part_self()), r ? r : &none);
}

/* The first place that is kept. */
static uintptr_t solo_kept(void)
{
	uintptr_t k = 0;

	while (mica_regions[k])
		k++;
	return k;
}

void region_withdraw(struct region *region)
{
	uintptr_t k = 0;

	while (mica_regions[k] != region)
		k++;
	solo_enter_at(k, NULL, &none);
}

/* The last takes its number: tables have no holes, and [0] is adopted. */
void region_gone(void)
{
	mica_port_guard_t guard = solo_guard();
	uintptr_t last = mica_nr_regions - 1;

	solo_enter_at(solo_kept(), mica_regions[last], mica_map[last]);
	mica_map[last] = NULL;
	mica_regions[last] = NULL;
	mica_nr_regions = last;
	if (!last)
		solo_enter_at(0, NULL, NULL);
	solo_unguard(guard);
	count_all(regions_released, 1);
}

void region_return(struct region *region)
{
	mica_port_guard_t guard = solo_guard();

	solo_enter_at(solo_kept(), region, &region->runs);
	solo_unguard(guard);
}

bool region_is_coming(void)
{
	return false;
}

/* No block is too large for the first region: see layout_tag.h. */
struct region *region_reserve_huge(const struct mica_provider *p, size_t bytes,
				   size_t align)
{
	(void)p;
	(void)bytes;
	(void)align;
	return NULL;
}

void region_release_huge(struct region *region)
{
	(void)region;
}

#endif
