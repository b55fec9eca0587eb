// SPDX-License-Identifier: MIT
/* Heaps begin, and what they use is counted; heap.h has the theory. */
#include <mica/mica.h>
#include "heap_part.h"

#if HEAPS_SHARED

#include "engine.h"
#include "text.h"

struct mica_heap mica_heaps[MICA_HEAPS + 1];
uintptr_t mica_nr_heaps = 1;

/* ---- counting -------------------------------------------------------------------- */

static struct mica_heap *heap_parent(const struct mica_heap *heap)
{
	return word_to_ptr(load_seq(&heap->parent));
}

/* It and its parents up to @end have @bytes less. */
static void refund_up_to(struct mica_heap *heap, const struct mica_heap *end,
			 size_t bytes)
{
	uintptr_t left;

	for (; heap != end; heap = heap_parent(heap)) {
		left = atomic_add(&heap->total, 0 - bytes) - bytes;
		if (load_relaxed(&heap->over) &&
		    left <= load_relaxed(&heap->soft))
			store_relaxed(&heap->over, 0);
	}
}

/* Return: false, that is over its hard quota. */
static bool charge_one(struct mica_heap *heap, struct mica_heap *leaf,
		       size_t bytes)
{
	size_t hard = load_relaxed(&heap->hard), soft = load_relaxed(&heap->soft);
	uintptr_t total = load_relaxed(&heap->total), peak;

	do {
		if (hard && (total > hard || bytes > hard - total))
			return false;
	} while (!atomic_cas(&heap->total, &total, total + bytes));
	total += bytes;
	peak = load_relaxed(&heap->peak);
	while (total > peak)	/* each failure raised the peak */
		if (atomic_cas(&heap->peak, &peak, total))
			break;
	if (soft && total > soft && !atomic_xchg(&heap->over, 1))
		store_relaxed(&leaf->tell, 1);
	return true;
}

/* Cost: MICA_HEAP_DEPTH. */
bool heap_charge(struct mica_heap *heap, size_t bytes)
{
	struct mica_heap *at;

	for (at = heap; at; at = heap_parent(at)) {
		if (charge_one(at, heap, bytes))
			continue;
		refund_up_to(heap, at, bytes);
		return false;
	}
	if (heap)
		atomic_add(&heap->bytes, bytes);
	return true;
}

void heap_refund(struct mica_heap *heap, size_t bytes)
{
	if (!heap || !bytes)
		return;
	atomic_add(&heap->bytes, 0 - bytes);
	refund_up_to(heap, NULL, bytes);
}

/* ---- giving back, while the heap may be deleted ----------------------------------- */

/*
 * Who has it pinned asks: once it goes, what it has is taken from its parents as
 * a whole, and a part of that must not be missing there.
 */
static bool heap_counts(const struct mica_heap *heap)
{
	return load_seq(&heap->life) == HEAP_LIVES;
}

void part_refund_shared(const struct mica_part *part, size_t bytes)
{
	struct mica_heap *heap;

	while ((heap = part_heap(part))) {
		atomic_add(&heap->pins, 1);
		if (load_seq(&part->heap) == (uintptr_t)heap) {
			if (heap_counts(heap))
				heap_refund(heap, bytes);
			heap_unpin(heap);
			return;
		}
		heap_unpin(heap);
	}
}

struct mica_heap *run_pin_shared(const struct runs *r, slice_t i)
{
	struct mica_heap *heap;

	while ((heap = heap_at(run_heap(r, i)))) {
		atomic_add(&heap->pins, 1);
		if (run_heap(r, i) == heap_number(heap)) {
			if (heap_counts(heap))
				return heap;
			heap_unpin(heap);
			return NULL;
		}
		heap_unpin(heap);
	}
	return NULL;
}

void run_leaves_heap_shared(struct region *region, slice_t i, size_t bytes)
{
	struct mica_heap *heap = run_pin_shared(&region->runs, i);

	run_set_heap(&region->runs, i, 0);
	if (!heap)
		return;
	if (region_is_huge(region))
		heap_count_huge(heap, -1);
	heap_refund(heap, bytes);
	heap_unpin(heap);
}

/* Those who count have what they began with; who comes now finds less. */
void heap_quiesce(struct mica_heap *heap)
{
	unsigned int spins = 0;

	while (load_seq(&heap->pins))
		mica_port_relax(spins++);
}

void heap_cut(struct mica_heap *heap)
{
	struct mica_heap *parent = heap_parent(heap);

	store_seq(&heap->parent, 0);
	heap_quiesce(heap);
	if (!parent)
		return;
	refund_up_to(parent, NULL, load_seq(&heap->total));
	atomic_add(&parent->children, ~(uintptr_t)0);
}

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

#define QUOTA_TRIED (1u << 31)

bool heap_retry(struct mica_heap *heap, unsigned int *spins)
{
	if (*spins & QUOTA_TRIED)
		return false;
	*spins |= QUOTA_TRIED;
	heap_make_room(heap);
	return true;
}

static void warn_of(struct mica_heap *heap)
{
	const struct mica_output *to = output_for_warning(1);
	struct text text;

	if (!to)
		return;
	text_begin(&text, to);
	text_put(&text, "mica: heap ");
	if (heap->name)
		text_put(&text, heap->name);
	else
		text_number(&text, heap_number(heap), 0);
	text_put(&text, " is over its soft quota of ");
	text_number(&text, load_relaxed(&heap->soft), 0);
	text_put(&text, " bytes\n");
}

/* Collected first: perhaps there is nothing to say. */
void heap_warn(struct mica_heap *leaf)
{
	struct mica_heap *heap;
	uintptr_t once = 1;

	if (!atomic_xchg(&leaf->tell, 0))
		return;
	heap_make_room(leaf);
	for (heap = leaf; heap; heap = heap_parent(heap), once = 1)
		if (atomic_cas(&heap->over, &once, 2))
			warn_of(heap);
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
		if (region && region->span.base == base)
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
	    setup->flags & ~(uint32_t)MICA_HEAP_FLAGS)
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
	n = load_relaxed(&mica_nr_heaps);
	while (n <= heap_number(heap))
		if (atomic_cas(&mica_nr_heaps, &n, heap_number(heap) + 1))
			break;
	count_all(heaps_created, 1);
	store_release(&heap->life, HEAP_LIVES);
	return heap;
}

#endif
