/* SPDX-License-Identifier: MIT */
/* The heap functions of a core that has one heap: heaps.h says when. */
#ifndef MICA_COMPAT_MIMALLOC_HEAP_MAIN_H
#define MICA_COMPAT_MIMALLOC_HEAP_MAIN_H

#include <mica/mica.h>

/* Nothing of it is read: its address is the heap. */
struct mica_heap {
	char unused;
};

struct mica_part;

struct mica_heap_setup {
	void *region;
};

extern struct mica_heap mica_compat_heap __attribute__((visibility("hidden")));

static inline bool heap_is_main(const struct mica_heap *heap)
{
	return heap == &mica_compat_heap;
}

static inline struct mica_heap *mica_heap_main(void)
{
	return &mica_compat_heap;
}

static inline struct mica_heap *mica_heap_current(void)
{
	return &mica_compat_heap;
}

static inline struct mica_heap *mica_heap_set_current(struct mica_heap *heap)
{
	return heap_is_main(heap) ? heap : NULL;
}

static inline struct mica_heap *mica_heap_new(const struct mica_heap_setup *setup)
{
	(void)setup;
	return NULL;
}

static inline int mica_heap_delete(struct mica_heap *heap)
{
	(void)heap;
	return -1;
}

static inline int mica_heap_destroy(struct mica_heap *heap)
{
	(void)heap;
	return -1;
}

static inline int mica_heap_collect(struct mica_heap *heap, bool force)
{
	if (!heap_is_main(heap))
		return -1;
	mica_collect(force);
	return 0;
}

static inline struct mica_heap *mica_heap_of(const void *p)
{
	return mica_owns(p) ? &mica_compat_heap : NULL;
}

static inline struct mica_heap *mica_heap_next(const struct mica_heap *heap)
{
	return heap ? NULL : &mica_compat_heap;
}

static inline struct mica_part *mica_heap_part(struct mica_heap *heap)
{
	return heap_is_main(heap) ? (struct mica_part *)heap : NULL;
}

static inline struct mica_heap *mica_part_heap(const struct mica_part *part)
{
	return part ? &mica_compat_heap : NULL;
}

static inline void *mica_heap_malloc(struct mica_heap *heap, size_t size)
{
	return heap_is_main(heap) ? mica_malloc(size) : NULL;
}

static inline void *mica_heap_zalloc(struct mica_heap *heap, size_t size)
{
	return heap_is_main(heap) ? mica_zalloc(size) : NULL;
}

static inline void *mica_heap_calloc(struct mica_heap *heap, size_t count, size_t size)
{
	return heap_is_main(heap) ? mica_calloc(count, size) : NULL;
}

static inline void *mica_heap_mallocn(struct mica_heap *heap, size_t count, size_t size)
{
	return heap_is_main(heap) ? mica_mallocn(count, size) : NULL;
}

static inline void *mica_heap_realloc(struct mica_heap *heap, void *p, size_t size)
{
	return heap_is_main(heap) ? mica_realloc(p, size) : NULL;
}

static inline void *mica_heap_reallocn(struct mica_heap *heap, void *p, size_t count, size_t size)
{
	return heap_is_main(heap) ? mica_reallocn(p, count, size) : NULL;
}

static inline void *mica_heap_reallocf(struct mica_heap *heap, void *p, size_t size)
{
	return heap_is_main(heap) ? mica_reallocf(p, size) : NULL;
}

static inline void *mica_heap_malloc_aligned(struct mica_heap *heap, size_t size, size_t align)
{
	return heap_is_main(heap) ? mica_malloc_aligned(size, align) : NULL;
}

static inline void *mica_heap_malloc_aligned_at(struct mica_heap *heap, size_t size, size_t align, size_t offset)
{
	return heap_is_main(heap) ? mica_malloc_aligned_at(size, align, offset) : NULL;
}

static inline void *mica_heap_zalloc_aligned(struct mica_heap *heap, size_t size, size_t align)
{
	return heap_is_main(heap) ? mica_zalloc_aligned(size, align) : NULL;
}

static inline void *mica_heap_zalloc_aligned_at(struct mica_heap *heap, size_t size, size_t align, size_t offset)
{
	return heap_is_main(heap) ? mica_zalloc_aligned_at(size, align, offset) : NULL;
}

static inline void *mica_heap_calloc_aligned(struct mica_heap *heap, size_t count, size_t size, size_t align)
{
	return heap_is_main(heap) ? mica_calloc_aligned(count, size, align) : NULL;
}

static inline void *mica_heap_calloc_aligned_at(struct mica_heap *heap, size_t count, size_t size, size_t align, size_t offset)
{
	return heap_is_main(heap) ? mica_calloc_aligned_at(count, size, align, offset) : NULL;
}

static inline void *mica_heap_realloc_aligned(struct mica_heap *heap, void *p, size_t size, size_t align)
{
	return heap_is_main(heap) ? mica_realloc_aligned(p, size, align) : NULL;
}

static inline void *mica_heap_realloc_aligned_at(struct mica_heap *heap, void *p, size_t size, size_t align, size_t offset)
{
	return heap_is_main(heap) ? mica_realloc_aligned_at(p, size, align, offset) : NULL;
}

static inline void *mica_part_malloc(struct mica_part *part, size_t size)
{
	return part ? mica_malloc(size) : NULL;
}

static inline void *mica_part_zalloc(struct mica_part *part, size_t size)
{
	return part ? mica_zalloc(size) : NULL;
}

static inline void *mica_part_calloc(struct mica_part *part, size_t count, size_t size)
{
	return part ? mica_calloc(count, size) : NULL;
}

static inline void *mica_part_malloc_aligned(struct mica_part *part, size_t size, size_t align)
{
	return part ? mica_malloc_aligned(size, align) : NULL;
}

static inline void *mica_part_realloc(struct mica_part *part, void *p, size_t size)
{
	return part ? mica_realloc(p, size) : NULL;
}

#endif
