/* SPDX-License-Identifier: MIT */
/*
 * Heaps on one core, tag layout; part of heap.h. heap_solo.c has the theory.
 */
#ifndef MICA_CORE_HEAP_SOLO_H
#define MICA_CORE_HEAP_SOLO_H

/* Once it goes, what it has was taken from its parents as a whole. */
static inline void heap_refund_alive(struct mica_heap *heap, size_t bytes)
{
	if (heap && load_relaxed(&heap->life) == HEAP_LIVES)
		heap_refund(heap, bytes);
}

/* A page of @part that has @slices goes. */
static inline void part_refund(const struct mica_part *part, slice_t slices)
{
	heap_refund_alive(part_heap(part), slices);
}

/* As where several contexts take part; nobody else counts meanwhile. */
static inline struct mica_heap *run_pin(const struct runs *r, slice_t i)
{
	struct mica_heap *heap = heap_at(run_heap(r, i));

	return heap && load_relaxed(&heap->life) == HEAP_LIVES ? heap : NULL;
}

static inline void heap_unpin(struct mica_heap *heap)
{
	(void)heap;
}

static inline void heap_quiesce(struct mica_heap *heap)
{
	(void)heap;
}

static inline void heap_begin_shared(struct mica_heap *heap)
{
	(void)heap;
}

/* The block that is run @i, of @bytes, is freed. */
static inline void run_leaves_heap(struct region *region, slice_t i,
				   size_t bytes)
{
	struct mica_heap *heap = heap_at(run_heap(&region->runs, i));

	tally_heap(&region->runs, i, -1);
	if (likely(!heap))
		return;
	run_set_heap(&region->runs, i, 0);
	heap_refund_alive(heap, bytes);
}

/* There are no huge blocks. */
static inline bool heap_has_huge(const struct mica_heap *heap)
{
	(void)heap;
	return false;
}

static inline void heap_count_huge(struct mica_heap *heap, ptrdiff_t n)
{
	(void)heap, (void)n;
}

/* Whose the block there is; NULL: the main heap's. */
static inline struct mica_heap *heap_at_location(const struct location *at)
{
	return heap_at(at->page ? at->page->heap :
				  run_heap(&at->region->runs, at->i));
}

/* What a block that is a run of @part's has beside its bytes and tag. */
static inline size_t part_run_bytes(const struct mica_part *part)
{
	return part_is_of_heap(part) ? RUN_HEAP_BYTES : 0;
}

/* Inside the guard: a block that is a run of @n, counted; or NULL. */
void *heap_take_run(struct mica_part *part, slice_t n) __internal;

/* The same for a page, found by others from now on. */
struct page *heap_take_page(struct mica_part *part) __internal;

/* Outside the guard: a new region for a block of @size. Return: try again? */
bool heap_get_more(struct mica_heap *heap, size_t size) __internal;

#endif
