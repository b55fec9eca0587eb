/* SPDX-License-Identifier: MIT */
/*
 * mimalloc's sub-processes. One is a heap with regions of its own, and its other
 * heaps have this one for a parent, and regions of their own as well: so none of
 * its memory is anybody else's, and none is ever reclaimed by others. A thread
 * is in the sub-process that its current heap belongs to.
 */
#include "heaps.h"

/* Whoever has this very name is one. */
static const char mi_subproc_name[] = "sub-process";

struct mica_heap *mi_root(const struct mica_heap *heap)
{
	struct mica_heap_usage usage = { .parent = NULL };

	if (heap == mica_heap_main())
		return mica_heap_main();
	for (; heap && !mica_heap_usage(heap, &usage); heap = usage.parent)
		if (usage.name == mi_subproc_name)
			return (struct mica_heap *)(uintptr_t)heap;
	return mica_heap_main();
}

struct mica_heap *mi_subproc_heap(mi_subproc_id_t subproc)
{
	struct mica_heap *heap = subproc._mi_subproc_id;

	return heap && mi_root(heap) == heap ? heap : NULL;
}

struct mica_heap *mi_root_current(void)
{
	return mi_root(mica_heap_current());
}

static mi_subproc_id_t mi_subproc_of(struct mica_heap *root)
{
	mi_subproc_id_t id = { root };

	return id;
}

mi_subproc_id_t mi_subproc_main(void)
{
	return mi_subproc_of(mica_heap_main());
}

mi_subproc_id_t mi_subproc_current(void)
{
	return mi_subproc_of(mi_root_current());
}

mi_subproc_id_t mi_subproc_new(void)
{
	static const struct mica_heap_setup setup = {
		.name = mi_subproc_name, .flags = MICA_HEAP_SEPARATE,
	};

	return mi_subproc_of(mica_heap_new(&setup));
}

void mi_subproc_add_current_thread(mi_subproc_id_t subproc)
{
	struct mica_heap *root = mi_subproc_heap(subproc);

	if (root)
		mica_heap_set_current(root);
}

/* Its heaps end before it does. */
static void mi_subproc_end(mi_subproc_id_t subproc,
			   int (*end)(struct mica_heap *heap))
{
	struct mica_heap *root = mi_subproc_heap(subproc), *heap, *next;

	if (!root || root == mica_heap_main())
		return;
	for (heap = mica_heap_next(NULL); heap; heap = next) {
		next = mica_heap_next(heap);
		if (heap != root && mi_root(heap) == root)
			end(heap);
	}
	end(root);
}

void mi_subproc_destroy(mi_subproc_id_t subproc)
{
	mi_subproc_end(subproc, mica_heap_destroy);
}

void mi_subproc_delete(mi_subproc_id_t subproc)
{
	mi_subproc_end(subproc, mica_heap_delete);
}

bool mi_subproc_visit_heaps(mi_subproc_id_t subproc, mi_heap_visit_fun *visit,
			    void *arg)
{
	struct mica_heap *root = mi_subproc_heap(subproc), *heap, *next;

	if (!visit || !root)
		return false;
	for (heap = mica_heap_next(NULL); heap; heap = next) {
		next = mica_heap_next(heap);
		if (mi_root(heap) == root && !visit(mi_from_heap(heap), arg))
			return false;
	}
	return true;
}
