// SPDX-License-Identifier: MIT
/* What a heap uses is counted; heap.h has the theory. */
#include "heap.h"
#include "large.h"
#include "text.h"

#if MICA_HEAPS

struct mica_heap mica_heaps[MICA_HEAPS + 1];
uintptr_t mica_nr_heaps = 1;

/* ---- counting -------------------------------------------------------------------- */

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

#if HEAPS_SHARED

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

#endif

void heap_cut(struct mica_heap *heap)
{
	struct mica_heap *parent = heap_parent(heap);

	heap_quiesce(heap);	/* who counts goes up to the last parent */
	store_seq(&heap->parent, 0);
	if (!parent)
		return;
	refund_up_to(parent, NULL, load_seq(&heap->total));
	atomic_add(&parent->children, ~(uintptr_t)0);
}

/* ---- quotas -------------------------------------------------------------------------- */

void (*heap_more_room)(struct mica_heap *heap);

/* By who begins heaps: to collect takes what is above here. */
static void heap_room(struct mica_heap *heap)
{
	heap_more_room(heap);
}

#define QUOTA_TRIED (1u << 31)

bool heap_retry(struct mica_heap *heap, unsigned int *spins)
{
	if (*spins & QUOTA_TRIED)
		return false;
	*spins |= QUOTA_TRIED;
	heap_room(heap);
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
	heap_room(leaf);
	for (heap = leaf; heap; heap = heap_parent(heap), once = 1)
		if (atomic_cas(&heap->over, &once, 2))
			warn_of(heap);
}

#endif
