/* SPDX-License-Identifier: MIT */
/* mimalloc's heaps: which there are, and what lies in them. */
#include <limits.h>
#include "heaps.h"

/* Outside the main sub-process it has regions of its own, as all heaps there. */
mi_heap_t *mi_heap_new_in_arena(mi_arena_id_t arena)
{
	struct mica_heap *root = mi_root_current();
	struct mica_heap_setup setup = {
		.region = arena,
		.parent = root == mica_heap_main() ? NULL : root,
	};

	if (setup.parent && !arena)
		setup.flags = MICA_HEAP_SEPARATE;
	return mi_from_heap(mica_heap_new(&setup));
}

mi_heap_t *mi_heap_new(void)
{
	return mi_heap_new_in_arena(NULL);
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
	return mi_from_heap(mi_root_current());
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

/* ---- guard pages behind blocks: of all heaps alike ------------------------ */

static void mi_guarded_rate(bool known, size_t rate)
{
	if (known)
		mica_option_set(MICA_OPTION_GUARD_SAMPLE,
				rate > LONG_MAX ? LONG_MAX : (long)rate);
}

static void mi_guarded_bound(bool known, size_t least)
{
	if (known)
		mica_option_set(MICA_OPTION_GUARD_LEAST,
				least > LONG_MAX ? LONG_MAX : (long)least);
}

void mi_heap_guarded_set_sample_rate(mi_heap_t *heap, size_t rate, size_t seed)
{
	(void)seed;
	mi_guarded_rate(heap, rate);
}

void mi_heap_guarded_set_size_bound(mi_heap_t *heap, size_t least, size_t most)
{
	(void)most;
	mi_guarded_bound(heap, least);
}

void mi_theap_guarded_set_sample_rate(mi_theap_t *theap, size_t rate,
				      size_t seed)
{
	(void)seed;
	mi_guarded_rate(theap, rate);
}

void mi_theap_guarded_set_size_bound(mi_theap_t *theap, size_t least,
				     size_t most)
{
	(void)most;
	mi_guarded_bound(theap, least);
}

/* ---- visiting ------------------------------------------------------------ */

#define MI_VISIT_BUDGET 256

struct mi_visit {
	const struct mica_heap *heap;	/* of this one; NULL: of all ... */
	const struct mica_heap *root;	/* ... in this sub-process */
	mi_block_visit_fun *visit;
	void *arg;
	bool blocks;
	bool abandoned;		/* these areas only */
	void *start;		/* of the area that was announced last */
	bool stopped;
};

static bool mi_visit_wants(const struct mi_visit *v, const struct mica_area *a)
{
	if (v->abandoned && !a->is_abandoned)
		return false;
	return v->heap ? a->heap == v->heap : mi_root(a->heap) == v->root;
}

static bool mi_visit_one(struct mi_visit *v, const struct mica_area *a,
			 void *block)
{
	mi_heap_area_t area = {
		.blocks = a->start, .reserved = a->bytes, .committed = a->bytes,
		.used = a->used, .block_size = a->block_bytes,
		.full_block_size = a->block_bytes,
	};

	v->stopped = !v->visit((const mi_heap_t *)a->heap, &area, block,
			       block ? area.block_size : 0, v->arg);
	return !v->stopped;
}

static bool mi_visit_area(void *context, const struct mica_area *a)
{
	struct mi_visit *v = context;

	return !mi_visit_wants(v, a) || mi_visit_one(v, a, NULL);
}

/* An area is told once, with no block, in front of its blocks. */
static bool mi_visit_block(void *context, const struct mica_area *a, void *block)
{
	struct mi_visit *v = context;

	if (!mi_visit_wants(v, a))
		return true;
	if (v->start != a->start && !mi_visit_one(v, a, NULL))
		return false;
	v->start = a->start;
	return mi_visit_one(v, a, block);
}

static bool mi_visit(struct mi_visit *v)
{
	struct mica_visit cursor = { 0 };
	struct mica_heap_usage usage;
	int step = MICA_VISIT_MORE;

	if (!v->visit || (!v->root && mica_heap_usage(v->heap, &usage)))
		return false;
	while (step == MICA_VISIT_MORE && v->blocks)
		step = mica_visit_blocks(&cursor, MI_VISIT_BUDGET,
					 mi_visit_block, v);
	while (step == MICA_VISIT_MORE)
		step = mica_visit_areas(&cursor, MI_VISIT_BUDGET,
					mi_visit_area, v);
	return !v->stopped && step == MICA_VISIT_DONE;
}

static bool mi_visit_heap(const struct mica_heap *heap, bool blocks,
			  bool abandoned, mi_block_visit_fun *visit, void *arg)
{
	struct mi_visit v = { .heap = heap, .visit = visit, .arg = arg,
			      .blocks = blocks, .abandoned = abandoned };

	return mi_visit(&v);
}

bool mi_heap_visit_blocks(const mi_heap_t *heap, bool blocks,
			  mi_block_visit_fun *visit, void *arg)
{
	return mi_visit_heap(mi_to_heap(heap), blocks, false, visit, arg);
}

bool mi_heap_visit_abandoned_blocks(const mi_heap_t *heap, bool blocks,
				    mi_block_visit_fun *visit, void *arg)
{
	return mi_visit_heap(mi_to_heap(heap), blocks, true, visit, arg);
}

bool mi_theap_visit_blocks(const mi_theap_t *theap, bool blocks,
			   mi_block_visit_fun *visit, void *arg)
{
	return mi_visit_heap(mica_part_heap((const struct mica_part *)theap),
			     blocks, false, visit, arg);
}

bool mi_abandoned_visit_blocks(mi_subproc_id_t subproc, int tag, bool blocks,
			       mi_block_visit_fun *visit, void *arg)
{
	struct mi_visit v = { .root = mi_subproc_heap(subproc), .visit = visit,
			      .arg = arg, .blocks = blocks, .abandoned = true };

	(void)tag;
	return v.root && mi_visit(&v);
}
