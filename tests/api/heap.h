/* SPDX-License-Identifier: MIT */
/* What the tests of heaps share. */
#include "../harness.h"
#include "../model.h"


#define IS_TABLE (MICA_LAYOUT == MICA_LAYOUT_TABLE)
#define MANY (IS_TABLE ? 2000u : 24u)

/* A size that takes a run of its own, and one that takes several pages' worth. */
static inline size_t large_size(void)
{
	return IS_TABLE ? 300000 : 700;
}

static inline size_t used_of(struct mica_heap *heap)
{
	struct mica_heap_usage usage;

	return CHECK(!mica_heap_usage(heap, &usage)) ? usage.used_bytes : 0;
}

static inline size_t total_of(struct mica_heap *heap)
{
	struct mica_heap_usage usage;

	return CHECK(!mica_heap_usage(heap, &usage)) ? usage.total_bytes : 0;
}

static inline struct mica_heap *heap_with(size_t soft, size_t hard,
				   struct mica_heap *parent)
{
	struct mica_heap_setup setup = {
		.name = "test", .soft_quota = soft, .hard_quota = hard,
		.parent = parent,
	};

	return mica_heap_new(&setup);
}

/* Blocks of many sizes, the last one large. Return: how many there are. */
static inline unsigned int heap_fill(struct mica_heap *heap, unsigned int n)
{
	unsigned int k;
	void *p;

	for (k = 0; k < n; k++) {
		p = mica_heap_malloc(heap, k % 100 + 1);
		if (!CHECK(p) || !CHECK(mica_heap_of(p) == heap))
			break;
		fill(p, k % 100 + 1, k);
	}
	p = mica_heap_malloc(heap, large_size());
	if (CHECK(p) && CHECK(mica_heap_contains(heap, p)))
		fill(p, large_size(), k++);
	return k;
}
