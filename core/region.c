// SPDX-License-Identifier: MIT
/* Regions: spans got from providers; region.h has the theory. */
#include "region.h"
#include "roster.h"

struct runs *mica_map[MAP_ENTRIES];
struct region *mica_regions[NR_REGIONS];
uintptr_t mica_nr_regions;

#if MICA_STATS
struct counters mica_counters;
#endif

/* ---- lock and remote list ------------------------------------------------- */

#if MICA_CONTEXT == MICA_CONTEXT_THREAD

static uintptr_t fork_holder;	/* where the forking thread keeps its part */

bool fork_is_mine(void)
{
	return unlikely(load_relaxed(&fork_holder)) &&
	       load_relaxed(&fork_holder) == (uintptr_t)mica_port_part();
}

void fork_hold(bool on)
{
	store_relaxed(&fork_holder, on ? (uintptr_t)mica_port_part() : 0);
}

#else

bool fork_is_mine(void)
{
	return false;
}

void fork_hold(bool on)
{
	(void)on;
}

#endif

static uintptr_t list_lock;

void regions_lock(void)
{
	unsigned int spins = 0;

	while (REGION_LOCKS && !fork_is_mine() && atomic_xchg(&list_lock, 1))
		mica_port_relax(spins++);
}

void regions_unlock(void)
{
	if (REGION_LOCKS && !fork_is_mine())
		store_seq(&list_lock, 0);
}

bool region_try_lock(struct region *region)
{
	if (!REGION_LOCKS || fork_is_mine())
		return true;
	/* Ordered after a push on the remote list: see the leaver's look. */
	if (!load_seq(&region->lock) && !atomic_xchg(&region->lock, 1))
		return true;
	count_all(locks_busy, 1);
	return false;
}

void region_unlock(struct region *region)
{
	if (REGION_LOCKS && !fork_is_mine())
		store_seq(&region->lock, 0);
}

void region_defer(struct region *region, slice_t i)
{
	uintptr_t head = load_relaxed(&region->remote);

	run_set_kind(&region->runs, i, RUN_DEFERRED);
	do {
		*run_link_next(&region->runs, i) = (uint32_t)head;
	} while (!atomic_cas(&region->remote, &head, i));
	count_all(runs_deferred, 1);
}

slice_t region_next_deferred(struct region *region)
{
	slice_t i = (slice_t)load_relaxed(&region->draining);

	if (!i && load_relaxed(&region->remote))
		i = (slice_t)atomic_xchg(&region->remote, 0);
	if (i)
		store_relaxed(&region->draining,
			      *run_link_next(&region->runs, i));
	return i;
}

/* ---- provider calls -------------------------------------------------------- */

static int provider_failed(int error)
{
	if (error)
		count_all(provider_failures, 1);
	return error;
}

static struct mica_span region_span(struct region *region, slice_t i,
				    slice_t n)
{
	struct mica_span span = {
		(void *)run_address(&region->runs, i),
		(size_t)n << MICA_SLICE_SHIFT,
	};

	return span;
}

int region_commit(struct region *region, slice_t i, slice_t n)
{
	const struct mica_provider *p = region->provider;

	if (!p->commit)
		return 0;
	return provider_failed(p->commit(p->context,
					 region_span(region, i, n)));
}

int region_decommit(struct region *region, slice_t i, slice_t n)
{
	const struct mica_provider *p = region->provider;

	return provider_failed(p->decommit(p->context,
					   region_span(region, i, n)));
}

static bool span_commit(const struct mica_provider *p, struct mica_span span)
{
	return p->flags & MICA_PROVIDER_COMMITTED || !p->commit ||
	       !provider_failed(p->commit(p->context, span));
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

static bool span_reserve(const struct mica_provider *p, size_t bytes,
			 size_t align, size_t lead, struct mica_span *span)
{
	if (!p || provider_failed(provider_reserve(p, bytes, align, lead,
						   span)))
		return false;
	count_all(regions_reserved, 1);
	return true;
}

static void span_release(const struct mica_provider *p, struct mica_span span)
{
	if (p->release)
		provider_failed(p->release(p->context, span));
	count_all(regions_released, 1);
}

/* ---- regions of many runs --------------------------------------------------- */

/* Make a region of a committed, cleared head. Return: NULL if too small. */
static struct region *region_build(const struct mica_provider *p,
				   struct mica_span span, uintptr_t base,
				   size_t head)
{
	size_t bytes = (uintptr_t)span.base + span.bytes - base;
	size_t nr = MIN_OF(bytes >> MICA_SLICE_SHIFT, REGION_SLICES_MAX);
	struct region *region = (struct region *)align_up((uintptr_t)span.base,
							  sizeof(void *));
	size_t first;

	/* Tag layout: the tag of the first run lies before its slice. */
	first = LAYOUT_IS_TABLE ? (head + SLICE_BYTES - 1) >> MICA_SLICE_SHIFT :
		(head + 2 * SLICE_BYTES - 1) >> MICA_SLICE_SHIFT;
	if (!LAYOUT_IS_TABLE)
		nr = MIN_OF(nr, REGION_SLICES_MAX - 1);
	if (nr < first + RUN_MIN_SLICES)
		return NULL;
	region->provider = p;
	region->span = span;
	runs_set_bounds(&region->runs, base, (slice_t)first, (slice_t)nr);
	runs_init(&region->runs);
	return region;
}

/*
 * Enter a region in the list and the map. The guard keeps out an interrupt
 * of this core that would wait for the lock too. Return: false if both are
 * full.
 */
static bool region_publish(struct region *region)
{
	mica_port_guard_t guard = mica_port_guard();
	bool done;

	regions_lock();
	region->number = (uint32_t)mica_nr_regions;
	done = mica_nr_regions < NR_REGIONS &&
	       map_set(&region->runs, region->runs.base, UNIT_BYTES, true);
	if (done) {
		roster_update(region);
		store_release(&mica_regions[region->number], region);
		store_release(&mica_nr_regions, mica_nr_regions + 1);
	}
	regions_unlock();
	mica_port_unguard(guard);
	return done;
}

static uintptr_t nr_reserving;

bool region_is_coming(void)
{
	return load_acquire(&nr_reserving);
}

static struct region *region_make(size_t bytes)
{
	const struct mica_provider *p = mica_port_provider();
	size_t align = LAYOUT_IS_TABLE ? UNIT_BYTES : 1, head, size;
	struct region *region = NULL;
	struct mica_span span;
	uintptr_t base;

	size = LAYOUT_IS_TABLE ? UNIT_BYTES : bytes + bytes / 32 + REGION_STEP;
	if (load_relaxed(&mica_nr_regions) >= NR_REGIONS ||
	    !span_reserve(p, size, align, 0, &span))
		return NULL;
	base = align_up((uintptr_t)span.base, LAYOUT_IS_TABLE ? 1 : SLICE_BYTES);
	head = offsetof(struct region, runs) +
	       runs_head_bytes(base, span.bytes) + (base - (uintptr_t)span.base);
	if (head + SLICE_BYTES < span.bytes && head_commit(p, span, head))
		region = region_build(p, span, base, head);
	if (region && region_publish(region))
		return region;
	span_release(p, span);
	return NULL;
}

struct region *region_reserve_shared(size_t bytes)
{
	struct region *region;

	atomic_add(&nr_reserving, 1);
	region = region_make(bytes);
	atomic_add(&nr_reserving, ~(uintptr_t)0);
	return region;
}

/* ---- regions of one huge block ------------------------------------------------ */

/*
 * The head lies before the block, in a lead of its own; slice 0 is the
 * lead's last, slice 1 the block's first.
 */
struct region *region_reserve_huge(size_t bytes, size_t align)
{
	const struct mica_provider *p = mica_port_provider();
	struct mica_span span, block;
	struct region *region;
	size_t head, lead;

	if (!LAYOUT_IS_TABLE || !p || bytes > SIZE_LIMIT - 2 * UNIT_BYTES)
		return NULL;
	head = offsetof(struct region, runs) +
	       runs_head_bytes(0, 2 * SLICE_BYTES);
	lead = align_up(head, MAX_OF(p->granule, SLICE_BYTES));
	if (!span_reserve(p, lead + align_up(bytes, MAX_OF(p->granule, 1u)),
			  MAX_OF(align, UNIT_BYTES), lead, &span))
		return NULL;
	region = span.base;
	block.base = (char *)span.base + lead;
	block.bytes = span.bytes - lead;
	if (!head_commit(p, span, head) || !span_commit(p, block))
		goto release;
	region->provider = p;
	region->span = span;
	runs_set_bounds(&region->runs, (uintptr_t)block.base - SLICE_BYTES, 1,
			2);
	region->runs.nr_used = 1;
	run_set_used(&region->runs, 1, 1, false);
	if (map_set(&region->runs, (uintptr_t)block.base, bytes, true)) {
		count_all(huge_allocated, 1);
		return region;
	}
release:
	span_release(p, span);
	return NULL;
}

void region_release_huge(struct region *region)
{
	uintptr_t block = run_address(&region->runs, 1);
	struct mica_span span = region->span;

	map_set(&region->runs, block,
		(uintptr_t)span.base + span.bytes - block, false);
	span_release(region->provider, span);
}
