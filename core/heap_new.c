// SPDX-License-Identifier: MIT
/* Heaps begin, and what a quota does; heap.h has the theory. */
#include <mica/mica.h>
#include "heap_part.h"

#if HEAPS_SHARED

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

/* A free place, the one that was left longest ago. Cost: MICA_HEAPS. */
static struct mica_heap *heap_place(void)
{
	static uintptr_t last;
	struct mica_heap *heap;
	uintptr_t none;
	unsigned int n;
	size_t k;

	for (n = 0; n < MICA_HEAPS; n++) {
		k = atomic_add(&last, 1) % MICA_HEAPS + 1;
		heap = &mica_heaps[k];
		none = HEAP_NONE;
		if (load_relaxed(&heap->life) == HEAP_NONE &&
		    atomic_cas(&heap->life, &none, HEAP_BEGINS))
			return heap;
	}
	return NULL;
}

/* All but life and pins. */
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
	heap->hard_since = heap->over = heap->tell = heap->huge = 0;
	heap->parts = 0;
	heap->name = setup->name;
	heap->provider = setup->provider;
	heap->region = setup->region;
	heap->require = setup->require;
	heap->prefer = setup->prefer;
	heap->flags = setup->flags;
	heap->harden = setup->harden ? setup->harden : MICA_HARDEN;
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

#endif
