// SPDX-License-Identifier: MIT
/*
 * Arenas: memory that the program reserves ahead, or hands over with callbacks of
 * its own.
 *
 * An arena is one span, and in each of its pieces (span.h) lies a region, which
 * knows the arena and is a region like any other. All heads are committed and
 * built before the first region is entered anywhere: until then nothing has
 * changed, and a refusal takes back what was committed.
 */
#include <mica/mica.h>
#include "bits.h"
#include "moat.h"
#include "note.h"
#include "option.h"
#include "space.h"
#include "span.h"

struct arena {
	struct mica_span span;
	const struct mica_provider *provider;
	uint32_t attributes;
	uint32_t flags;
};

/* What of a piece is committed from the start. */
static struct mica_span piece_begin(const struct arena *arena,
				    const struct region_shape *shape)
{
	size_t head = align_up(shape->head, SLICE_BYTES);
	bool all = arena->flags & MICA_REGION_COMMIT;
	struct mica_span part = { (void *)shape->base,
				  all ? shape->bytes : head };

	return LAYOUT_IS_TABLE ? part : arena->span;
}

static bool piece_commit(const struct arena *arena,
			 const struct region_shape *shape)
{
	const struct mica_provider *p = arena->provider;

	return !p || p->flags & MICA_PROVIDER_COMMITTED || !p->commit ||
	       !region_provider_gave(p, p->commit(p->context,
						  piece_begin(arena, shape)));
}

static void piece_decommit(const struct arena *arena,
			   const struct region_shape *shape)
{
	const struct mica_provider *p = arena->provider;

	if (p && !(p->flags & MICA_PROVIDER_COMMITTED) && p->commit &&
	    p->decommit)
		p->decommit(p->context, piece_begin(arena, shape));
}

/* All of them, or none. */
static bool pieces_commit(const struct arena *arena)
{
	struct pieces pieces = pieces_of(&arena->span), done = pieces;
	struct region_shape shape, before;

	while (pieces_next(&pieces, &shape)) {
		if (piece_commit(arena, &shape))
			continue;
		while (pieces_next(&done, &before) && before.base != shape.base)
			piece_decommit(arena, &before);
		return false;
	}
	return true;
}

/*
 * What no provider can take is not counted in mica_committed_bytes, by which
 * purges are timed.
 */
static struct region *piece_build(const struct arena *arena,
				  struct region_shape *shape)
{
	struct mica_span span = { (void *)shape->base, shape->bytes };
	struct region *region;
	struct runs *r;

	__builtin_memset((void *)shape->base, 0, shape->head);
	if (arena->provider && shape->bytes > shape->head + 2 * SLICE_BYTES)
		shape->bytes -= moat_bytes(arena->provider, false);
	region = region_build(arena->provider, &span, shape);
	region->attributes = arena->attributes;
	region_set_known(region, &arena->span);
	if (arena->flags & MICA_REGION_EXCLUSIVE)
		region_set_heap(region, REGION_EXCLUSIVE);
	r = &region->runs;
	if (!arena->provider)
		run_set_committed(r, r->first_slice,
				  runs_end(r) - r->first_slice, true);
	else if (arena->flags & MICA_REGION_COMMIT)
		region_commit_all(region);
	return region;
}

/*
 * There was room for all of them just before. Should others have come since, what
 * nobody took yet is taken out again.
 */
static int pieces_publish(const struct arena *arena)
{
	struct pieces pieces = pieces_of(&arena->span), all = pieces, moats = all;
	struct region_shape shape;
	unsigned int n = 0;

	while (pieces_next(&pieces, &shape))
		piece_build(arena, &shape);
	for (; pieces_next(&all, &shape); n++) {
		if (region_publish((struct region *)shape.base))
			continue;
		if (n)
			mica_region_remove(arena->span.base);
		return MICA_ERROR_FULL;
	}
	while (GUARD_PAGES && pieces_next(&moats, &shape))
		moat_region((struct region *)shape.base, true);
	return 0;
}

/* ---- is it to be had? ------------------------------------------------------------ */

static size_t regions_free(void)
{
	size_t k, n = NR_REGIONS;

	for (k = 0; k < load_acquire(&mica_nr_regions); k++)
		n -= load_acquire(&mica_regions[k]) != NULL;
	return n;
}

static int arena_check(const struct arena *arena)
{
	struct pieces pieces = pieces_of(&arena->span);
	struct region_shape shape;
	size_t n = 0;

	for (; pieces_next(&pieces, &shape); n++)
		if (span_is_taken(shape.base, shape.bytes))
			return MICA_ERROR_OVERLAP;
	if (!n)
		return MICA_ERROR_SMALL;
	if (span_is_taken((uintptr_t)arena->span.base, arena->span.bytes))
		return MICA_ERROR_OVERLAP;
	return n > regions_free() ? MICA_ERROR_FULL : 0;
}

static int arena_add(const struct arena *arena)
{
	int result = arena_check(arena);

	if (result)
		return result;
	return pieces_commit(arena) ? pieces_publish(arena) :
				      MICA_ERROR_REFUSED;
}

/* ---- calls ---------------------------------------------------------------------------- */

static bool setup_is_sound(const struct mica_region_setup *setup)
{
	const struct mica_provider *p = setup->provider;

	if (setup->attributes & ~(uint32_t)MICA_ATTRIBUTES ||
	    setup->flags & ~(uint32_t)MICA_REGION_FLAGS ||
	    (!MICA_HEAPS && setup->flags & MICA_REGION_EXCLUSIVE))
		return false;
	if (!p || !p->granule)
		return true;
	return is_pow2(p->granule) &&
	       (!LAYOUT_IS_TABLE || p->granule <= SLICE_BYTES);
}

static void arena_setup(struct arena *arena,
			const struct mica_region_setup *setup)
{
	arena->provider = setup->provider;
	arena->attributes = setup->attributes;
	arena->flags = setup->flags;
	if (option_value(EAGER_COMMIT))
		arena->flags |= MICA_REGION_COMMIT;
}

/* Tag layout: what is committed is the span as it is. */
static bool granule_fits(const struct mica_provider *p, uintptr_t base,
			 size_t bytes)
{
	return LAYOUT_IS_TABLE || !p || !p->granule ||
	       !((base | bytes) & (p->granule - 1));
}

static const struct mica_region_setup no_setup;

int mica_manage(void *base, size_t bytes, const struct mica_region_setup *setup)
{
	struct arena arena = { { base, bytes }, NULL, 0, 0 };
	int result;

	setup = setup ? setup : &no_setup;
	if (!base || bytes > SIZE_LIMIT ||
	    (uintptr_t)base + bytes < (uintptr_t)base ||
	    !setup_is_sound(setup) ||
	    !granule_fits(setup->provider, (uintptr_t)base, bytes))
		return MICA_ERROR_INVALID;
	arena_setup(&arena, setup);
	if (arena.provider && arena.flags & MICA_REGION_HUGE)
		span_advise(arena.provider, arena.span, true);
	result = arena_add(&arena);
	if (!result && arena.provider)
		note_got(base, bytes);
	return result;
}

#if CONTEXT_IS_SOLO

/* One core: a region as malloc would get it, the last in the list then. */
static int arena_ask(struct arena *arena, size_t bytes)
{
	struct region *region;

	if (mica_nr_regions == NR_REGIONS)
		return MICA_ERROR_FULL;
	if (!region_ask(arena->provider, bytes))
		return MICA_ERROR_REFUSED;
	region = mica_regions[mica_nr_regions - 1];
	region->attributes = arena->attributes;
	arena->span = region->span;
	return 0;
}

#else

static int arena_ask(struct arena *arena, size_t bytes)
{
	const struct mica_provider *p = arena->provider;
	int result;

	if (LAYOUT_IS_TABLE)
		bytes = align_up(bytes, SLICE_BYTES);
	if (!span_reserve(p, bytes, LAYOUT_IS_TABLE ? UNIT_BYTES : 1, 0,
			  &arena->span))
		return MICA_ERROR_REFUSED;
	span_advise(p, arena->span, arena->flags & MICA_REGION_HUGE);
	result = arena_add(arena);
	if (result)
		span_release(p, arena->span);
	return result;
}

#endif

int mica_reserve(size_t bytes, const struct mica_region_setup *setup, void **base)
{
	struct arena arena = { { NULL, 0 }, NULL, 0, 0 };
	int result;

	setup = setup ? setup : &no_setup;
	if (!bytes || bytes > SIZE_LIMIT - UNIT_BYTES || !setup_is_sound(setup) ||
	    (setup->provider && !setup->provider->reserve))
		return MICA_ERROR_INVALID;
	arena_setup(&arena, setup);
	if (!arena.provider)
		arena.provider = mica_port_provider();
	if (!arena.provider)
		return MICA_ERROR_REFUSED;
	result = arena_ask(&arena, bytes);
	if (!result && base)
		*base = arena.span.base;
	return result;
}
