// SPDX-License-Identifier: MIT
/* Heaps begin, and leave; what a quota does. heap.h has the theory. */
#include <mica/mica.h>
#include "heap_part.h"

#if MICA_HEAPS

#include "engine.h"
#include "text.h"

/* ---- quotas ---------------------------------------------------------------------- */

static struct mica_heap *heap_root(struct mica_heap *heap)
{
	struct mica_heap *parent;

	while ((parent = heap_parent(heap)))
		heap = parent;
	return heap;
}

/* Whatever is counted where @heap is. Cost: heaps, and what collecting costs. */
static void heap_make_room(struct mica_heap *heap)
{
	size_t k, n = load_acquire(&mica_nr_heaps);

	if (!heap_parent(heap) && !load_relaxed(&heap->children)) {
		heap_collect(heap);
		return;
	}
	for (k = 1; k < n; k++)
		if (heap_lives(&mica_heaps[k]) &&
		    heap_root(&mica_heaps[k]) == heap_root(heap))
			heap_collect(&mica_heaps[k]);
}

int mica_heap_set_quota(struct mica_heap *heap, size_t soft, size_t hard)
{
	if (!heap_lives(heap) || heap == HEAP_MAIN ||
	    (soft && hard && soft > hard))
		return MICA_ERROR_INVALID;
	store_relaxed(&heap->soft, soft);
	store_relaxed(&heap->hard, hard);
	store_relaxed(&heap->hard_since, load_relaxed(&heap->total));
	if (!soft || load_relaxed(&heap->total) <= soft)
		store_relaxed(&heap->over, 0);
	return 0;
}

/* ---- a new one -------------------------------------------------------------------- */

static bool region_begins_at(const void *base)
{
	struct region *region;
	size_t k;

	for (k = 0; k < load_acquire(&mica_nr_regions); k++) {
		region = load_acquire(&mica_regions[k]);
		if (region && region_known(region)->base == base)
			return true;
	}
	return false;
}

static bool parent_will_do(struct mica_heap *parent)
{
	unsigned int depth;

	if (!parent || parent == HEAP_MAIN)
		return true;
	if (!heap_lives(parent))
		return false;
	for (depth = 1; parent; depth++)
		parent = heap_parent(parent);
	return depth <= MICA_HEAP_DEPTH;
}

static bool setup_will_do(const struct mica_heap_setup *setup)
{
	uint32_t attributes = setup->require | setup->prefer;

	if (attributes & ~(uint32_t)MICA_ATTRIBUTES ||
	    setup->flags & ~(uint32_t)MICA_HEAP_FLAGS ||
	    setup->harden > MICA_HARDEN)
		return false;
	if (setup->provider && !setup->provider->reserve)
		return false;
	if (setup->soft_quota && setup->hard_quota &&
	    setup->soft_quota > setup->hard_quota)
		return false;
	if (setup->region &&
	    (setup->flags || setup->provider || !region_begins_at(setup->region)))
		return false;
	return parent_will_do(setup->parent);
}

/* Places that heaps have, or are about to have. */
static uintptr_t nr_places;

static bool place_is_promised(void)
{
	uintptr_t n = load_relaxed(&nr_places);

	do {
		if (n == MICA_HEAPS)
			return false;
	} while (!atomic_cas(&nr_places, &n, n + 1));
	return true;
}

/*
 * A free place, the one that was left longest ago. It was promised, so there is
 * one, if not where others come and go at the moment. Cost: MICA_HEAPS.
 */
static struct mica_heap *heap_place(void)
{
	static uintptr_t last;
	struct mica_heap *heap;
	uintptr_t none;

	if (!place_is_promised())
		return NULL;
	do {
		heap = &mica_heaps[atomic_add(&last, 1) % MICA_HEAPS + 1];
		none = HEAP_NONE;
	} while (load_relaxed(&heap->life) != HEAP_NONE ||
		 !atomic_cas(&heap->life, &none, HEAP_BEGINS));
	return heap;
}

void heap_leaves_place(struct mica_heap *heap)
{
	store_release(&heap->life, HEAP_NONE);
	atomic_add(&nr_places, ~(uintptr_t)0);
}

/* All but life. */
static void heap_begin(struct mica_heap *heap,
		       const struct mica_heap_setup *setup)
{
	struct mica_heap *parent = setup->parent;

	if (parent == HEAP_MAIN)
		parent = NULL;
	if (parent)
		atomic_add(&parent->children, 1);
	store_relaxed(&heap->parent, (uintptr_t)parent);
	heap->children = heap->bytes = heap->total = heap->peak = 0;
	heap->soft = setup->soft_quota;
	heap->hard = setup->hard_quota;
	heap->hard_since = heap->over = heap->tell = 0;
	heap_begin_shared(heap);
	heap->name = setup->name;
	heap->provider = setup->provider;
	heap->region = setup->region;
	heap->require = setup->require;
	heap->prefer = setup->prefer;
	heap->flags = setup->flags;
	heap->harden = setup->harden && !MICA_ANNOTATE ? setup->harden :
							  MICA_HARDEN;
}

struct mica_heap *mica_heap_new(const struct mica_heap_setup *setup)
{
	static const struct mica_heap_setup plain;
	struct mica_heap *heap;
	uintptr_t n;

	setup = setup ? setup : &plain;
	if (!setup_will_do(setup))
		return NULL;
	heap = heap_place();
	if (!heap)
		return NULL;
	heap_begin(heap, setup);
	store_release(&heap_more_room, heap_make_room);
	n = load_relaxed(&mica_nr_heaps);
	while (n <= heap_number(heap))
		if (atomic_cas(&mica_nr_heaps, &n, heap_number(heap) + 1))
			break;
	count_all(heaps_created, 1);
	store_release(&heap->life, HEAP_LIVES);
	return heap;
}

/* ---- one that ends ------------------------------------------------------------------ */

int heap_take_leave(struct mica_heap *heap)
{
	uintptr_t lives = HEAP_LIVES;

	if (!heap_lives(heap) || heap == HEAP_MAIN)
		return MICA_ERROR_INVALID;
	if (load_seq(&heap->children))
		return MICA_ERROR_BUSY;
	while (!atomic_cas(&heap->life, &lives, HEAP_GOES))
		if (lives != HEAP_LIVES)
			return MICA_ERROR_INVALID;
	if (heap_now() == heap)
		part_look_at(part_main(part_self()));
	heap_cut(heap);
	return 0;
}

#endif
