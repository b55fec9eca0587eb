/* SPDX-License-Identifier: MIT */
/* mimalloc's heaps: which there are, what lies in them; and sub-processes. */
#include "heaps.h"

mi_heap_t *mi_heap_new(void)
{
	return mi_from_heap(mica_heap_new(NULL));
}

mi_heap_t *mi_heap_new_in_arena(mi_arena_id_t arena)
{
	struct mica_heap_setup setup = { .region = arena };

	return arena ? mi_from_heap(mica_heap_new(&setup)) : mi_heap_new();
}

mi_heap_t *mi_heap_new_ex(int tag, bool allow_destroy, mi_arena_id_t arena)
{
	(void)tag;
	(void)allow_destroy;
	return mi_heap_new_in_arena(arena);
}

void mi_heap_delete(mi_heap_t *heap)
{
	mica_heap_delete(mi_to_heap(heap));
}

void mi_heap_destroy(mi_heap_t *heap)
{
	mica_heap_destroy(mi_to_heap(heap));
}

void mi_heap_collect(mi_heap_t *heap, bool force)
{
	mica_heap_collect(mi_to_heap(heap), force);
}

mi_heap_t *mi_heap_main(void)
{
	return mi_from_heap(mica_heap_main());
}

mi_heap_t *mi_heap_of(const void *p)
{
	return p ? mi_from_heap(mica_heap_of(p)) : NULL;
}

bool mi_heap_contains(const mi_heap_t *heap, const void *p)
{
	return heap && p && mi_heap_of(p) == heap;
}

bool mi_any_heap_contains(const void *p)
{
	return mi_heap_of(p) != NULL;
}

bool mi_check_owned(const void *p)
{
	return mi_any_heap_contains(p);
}

bool mi_is_in_heap_region(const void *p)
{
	return mica_owns(p);
}

bool mi_is_redirected(void)
{
	return false;
}

void mi_heap_set_numa_affinity(mi_heap_t *heap, int node)
{
	(void)heap;
	(void)node;
}

mi_heap_t *mi_heap_get_default(void)
{
	return mi_from_heap(mica_heap_current());
}

mi_heap_t *mi_heap_set_default(mi_heap_t *heap)
{
	return mi_from_heap(mica_heap_set_current(mi_to_heap(heap)));
}

mi_heap_t *mi_heap_get_backing(void)
{
	return mi_heap_main();
}

bool mi_heap_contains_block(mi_heap_t *heap, const void *p)
{
	return mi_heap_contains(heap, p);
}

bool mi_heap_check_owned(mi_heap_t *heap, const void *p)
{
	return mi_heap_contains(heap, p);
}

bool mi_unsafe_heap_page_is_under_utilized(mi_heap_t *heap, void *p,
					   size_t percent)
{
	(void)heap;
	(void)p;
	(void)percent;
	return false;
}

void mi_heap_guarded_set_sample_rate(mi_heap_t *heap, size_t rate, size_t seed)
{
	(void)heap;
	(void)rate;
	(void)seed;
}

void mi_heap_guarded_set_size_bound(mi_heap_t *heap, size_t least, size_t most)
{
	(void)heap;
	(void)least;
	(void)most;
}

/* ---- a thread's part ---------------------------------------------------- */

mi_theap_t *mi_heap_theap(mi_heap_t *heap)
{
	return (mi_theap_t *)mica_heap_part(mi_to_heap(heap));
}

mi_theap_t *mi_theap_get_default(void)
{
	return (mi_theap_t *)mica_heap_part(mica_heap_current());
}

mi_theap_t *mi_theap_set_default(mi_theap_t *theap)
{
	struct mica_heap *heap = mica_part_heap(mi_to_part(theap));
	mi_theap_t *before = mi_theap_get_default();

	return heap && mica_heap_set_current(heap) ? before : NULL;
}

void mi_theap_collect(mi_theap_t *theap, bool force)
{
	mica_heap_collect(mica_part_heap(mi_to_part(theap)), force);
}

void mi_theap_guarded_set_sample_rate(mi_theap_t *theap, size_t rate,
				      size_t seed)
{
	(void)theap;
	(void)rate;
	(void)seed;
}

void mi_theap_guarded_set_size_bound(mi_theap_t *theap, size_t least,
				     size_t most)
{
	(void)theap;
	(void)least;
	(void)most;
}

/* ---- visiting ------------------------------------------------------------ */

#define MI_VISIT_BUDGET 256

struct mi_visit {
	const mi_heap_t *heap;
	mi_block_visit_fun *visit;
	void *arg;
	bool blocks;
	bool abandoned;		/* these areas only */
	void *start;		/* of the area that was announced last */
	bool stopped;
};

static bool mi_visit_one(struct mi_visit *v, const mi_heap_area_t *area,
			 void *block)
{
	v->stopped = !v->visit(v->heap, area, block,
			       block ? area->block_size : 0, v->arg);
	return !v->stopped;
}

/* An area is told once, with no block, in front of its blocks. */
static bool mi_visit_block(void *context, const struct mica_area *a, void *block)
{
	struct mi_visit *v = context;
	mi_heap_area_t area = {
		.blocks = a->start, .reserved = a->bytes, .committed = a->bytes,
		.used = a->used, .block_size = a->block_bytes,
		.full_block_size = a->block_bytes,
	};

	if ((v->abandoned && !a->is_abandoned) || mi_heap_of(block) != v->heap)
		return true;
	if (v->start != a->start && !mi_visit_one(v, &area, NULL))
		return false;
	v->start = a->start;
	return !v->blocks || mi_visit_one(v, &area, block);
}

static bool mi_visit(struct mi_visit *v)
{
	struct mica_visit cursor = { 0 };
	int step = MICA_VISIT_MORE;

	if (!v->heap || !v->visit)
		return false;
	while (step == MICA_VISIT_MORE)
		step = mica_visit_blocks(&cursor, MI_VISIT_BUDGET,
					 mi_visit_block, v);
	return !v->stopped && step == MICA_VISIT_DONE;
}

bool mi_heap_visit_blocks(const mi_heap_t *heap, bool blocks,
			  mi_block_visit_fun *visit, void *arg)
{
	struct mi_visit v = { .heap = heap, .visit = visit, .arg = arg,
			      .blocks = blocks };

	return mi_visit(&v);
}

bool mi_heap_visit_abandoned_blocks(const mi_heap_t *heap, bool blocks,
				    mi_block_visit_fun *visit, void *arg)
{
	struct mi_visit v = { .heap = heap, .visit = visit, .arg = arg,
			      .blocks = blocks, .abandoned = true };

	return mi_visit(&v);
}

bool mi_abandoned_visit_blocks(mi_subproc_id_t subproc, int tag, bool blocks,
			       mi_block_visit_fun *visit, void *arg)
{
	(void)tag;
	if (!subproc._mi_subproc_id)
		return false;
	return mi_heap_visit_abandoned_blocks(mi_heap_main(), blocks, visit, arg);
}

/* ---- sub-processes: the main one alone ------------------------------------ */

mi_subproc_id_t mi_subproc_main(void)
{
	mi_subproc_id_t id = { mica_heap_main() };

	return id;
}

mi_subproc_id_t mi_subproc_current(void)
{
	return mi_subproc_main();
}

mi_subproc_id_t mi_subproc_new(void)
{
	mi_subproc_id_t none = { NULL };

	return none;
}

void mi_subproc_destroy(mi_subproc_id_t subproc)
{
	(void)subproc;
}

void mi_subproc_delete(mi_subproc_id_t subproc)
{
	(void)subproc;
}

void mi_subproc_add_current_thread(mi_subproc_id_t subproc)
{
	(void)subproc;
}

bool mi_subproc_visit_heaps(mi_subproc_id_t subproc, mi_heap_visit_fun *visit,
			    void *arg)
{
	struct mica_heap *heap = NULL;

	if (!visit || subproc._mi_subproc_id != mica_heap_main())
		return false;
	while ((heap = mica_heap_next(heap)) != NULL) {
		if (!visit(mi_from_heap(heap), arg))
			return false;
	}
	return true;
}
