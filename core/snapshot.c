// SPDX-License-Identifier: MIT
/*
 * The snapshot: docs/snapshot.md says what stands in it.
 *
 * As a visit it goes by a cursor that is an address, so that between two runs
 * guard and lock are left, what was found is written, and anything may happen.
 * A turn takes the run that ends behind the cursor. If it begins before, others
 * have merged or split meanwhile: the part behind the cursor is reported, so
 * that the runs of a region follow each other without a gap in any case.
 */
#include <mica/mica.h>
#include "context.h"
#include "look.h"
#include "span.h"
#include "text.h"
#include "turn.h"
#include "walk.h"

/* What a turn found: [@at, @end) is one thing. */
struct snap_run {
	uintptr_t at, end;
	enum run_kind kind;	/* RUN_META: none, the region ends here */
	size_t committed;	/* RUN_FREE: bytes */
	struct look look;	/* RUN_PAGE, RUN_BLOCK */
};

struct snap_region {
	size_t number;
	struct mica_region info;
	uintptr_t runs_at;	/* address of the first */
	size_t committed;
	uintptr_t heap;		/* struct mica_heap *, or REGION_EXCLUSIVE */
	bool huge;
};

/* ---- JSON -------------------------------------------------------------------------- */

/* @name: with all that stands before the value. */
static void snap_number(struct text *text, const char *name, uint64_t value)
{
	text_put(text, name);
	text_number(text, value, 0);
}

static void snap_bool(struct text *text, const char *name, bool value)
{
	text_put(text, name);
	text_put(text, value ? "true" : "false");
}

static void snap_string(struct text *text, const char *name, const char *value)
{
	text_put(text, name);
	text_json(text, value);
}

/* ---- what there is at the cursor ------------------------------------------------------ */

/* Lock held. Return: runs_end(), there is none. */
static slice_t snap_find(struct runs *r, uintptr_t from)
{
	slice_t i = LAYOUT_IS_TABLE ? r->first_slice : walk_begin(r, from), n;

	while (i < runs_end(r)) {
		n = run_slices(r, i);
		if (!n || n > runs_end(r) - i)
			return runs_end(r);	/* broken: mica_check() tells */
		if (run_address(r, i + n) > from)
			break;
		i += n;
	}
	return i;
}

/* Bytes of [@i, @i + @n) that are committed. Cost: COMMIT_WORDS. */
static size_t snap_committed(const struct runs *r, slice_t i, slice_t n)
{
	slice_t at = i, len;
	size_t slices = 0;

	while (at - i < n && (len = run_next_stretch(r, &at, i + n - at, true))) {
		slices += len;
		at += len;
	}
	return slices << MICA_SLICE_SHIFT;
}

/* Inside the guard, under the lock. What is cut can be looked at no more. */
static enum run_kind snap_look(struct snap_run *run, struct mica_part *self,
			       struct region *region, slice_t i, bool cut)
{
	struct runs *r = &region->runs;
	enum run_kind kind = run_kind(r, i);
	struct page *page = page_at(r, run_address(r, i));
	slice_t at = run_at(r, run->at);

	if (kind == RUN_FREE)
		run->committed = snap_committed(r, at, i + run_slices(r, i) - at);
	else if (cut)
		kind = RUN_HELD;
	else if (kind == RUN_PAGE && page && page->class < NR_CLASSES)
		look_at_page(&run->look, self, region, i, page);
	else if (kind == RUN_BLOCK && !run_is_held(r, i) && !run_is_part(r, i))
		look_at_run(&run->look, region, i);
	else
		kind = RUN_HELD;
	return kind;
}

/* The run at @run->at, from there on. */
static void snap_turn(const struct snap_region *of, struct snap_run *run)
{
	mica_port_guard_t guard = 0;
	struct region *region;
	struct mica_part *part = turn_begin(of->number, &region, &guard);
	struct runs *r;
	slice_t i;

	run->kind = RUN_META;
	if (context_refused(part))
		return;
	r = region ? &region->runs : NULL;
	if (r && region->span.base == of->info.base) {
		i = snap_find(r, run->at);
		if (i < runs_end(r)) {
			run->end = run_address(r, i + run_slices(r, i));
			run->kind = snap_look(run, part, region, i,
					      run_address(r, i) < run->at);
		}
	}
	turn_end(region, part, guard);
}

/* ---- runs ------------------------------------------------------------------------------- */

#if MICA_HEAPS
#define snap_heap(area) heap_number((area)->heap)
#else
#define snap_heap(area) ((void)(area), 0u)
#endif

static void snap_page(struct text *text, const struct mica_area *area)
{
	snap_number(text, ", \"capacity\": ", area->bytes / area->block_bytes);
	snap_number(text, ", \"blocks\": ", area->blocks);
	snap_number(text, ", \"used\": ", area->used);
	snap_bool(text, ", \"settled\": ", area->settled);
	snap_bool(text, ", \"abandoned\": ", area->is_abandoned);
}

static void snap_area(struct text *text, const struct snap_run *run)
{
	const struct mica_area *area = &run->look.area;

	snap_number(text, ", \"block_bytes\": ", area->block_bytes);
	snap_number(text, ", \"first\": ", (uintptr_t)area->start - run->at);
	if (area->is_page)
		snap_page(text, area);
	else
		snap_bool(text, ", \"settled\": ", area->settled);
	snap_number(text, ", \"heap\": ", snap_heap(area));
}

static void snap_row(struct text *text, const struct snap_run *run,
		     uintptr_t base, bool first)
{
	static const char *const names[] = {
		[RUN_FREE] = "free", [RUN_BLOCK] = "block", [RUN_PAGE] = "page",
		[RUN_HELD] = "held",
	};

	text_put(text, first ? "\n" : ",\n");
	snap_number(text, "{\"at\": ", run->at - base);
	snap_number(text, ", \"bytes\": ", run->end - run->at);
	snap_string(text, ", \"kind\": ", names[run->kind]);
	if (run->kind == RUN_FREE)
		snap_number(text, ", \"committed\": ", run->committed);
	else if (run->kind != RUN_HELD)
		snap_area(text, run);
	text_put(text, "}");
}

static __noinline void snap_runs(struct text *text, const struct snap_region *of)
{
	struct snap_run run = { .at = of->runs_at };
	bool first = true;

	for (;; run.at = run.end, first = false) {
		snap_turn(of, &run);
		if (run.kind == RUN_META)
			return;
		snap_row(text, &run, (uintptr_t)of->info.base, first);
	}
}

/* ---- regions ------------------------------------------------------------------------------ */

/* null, or the number of the heap whose alone it is. */
static void snap_region_heap(struct text *text, uintptr_t heap)
{
	text_put(text, ", \"heap\": ");
	if (!heap || heap == REGION_EXCLUSIVE)
		text_put(text, "null");
	else
		text_number(text, heap_number(word_to_ptr(heap)), 0);
}

static void snap_region_open(struct text *text, const struct snap_region *of,
			     bool first)
{
	const struct mica_region *info = &of->info;

	text_put(text, first ? "\n" : ",\n");
	snap_number(text, "{\"base\": ", (uintptr_t)info->base);
	snap_number(text, ", \"bytes\": ", info->bytes);
	snap_number(text, ", \"head_bytes\": ", info->head_bytes);
	snap_number(text, ", \"runs_at\": ",
		    of->runs_at - (uintptr_t)info->base);
	snap_number(text, ", \"committed\": ", of->committed);
	snap_number(text, ", \"attributes\": ", info->attributes);
	text_put(text, ", \"provider\": ");
	if (info->provider)
		text_json(text, info->provider);
	else
		text_put(text, "null");
	snap_region_heap(text, of->heap);
	snap_bool(text, ", \"exclusive\": ", info->exclusive);
	snap_bool(text, ", \"huge\": ", of->huge);
	text_put(text, ", \"runs\": [");
}

/* Return: false, there is none of that number. */
static bool snap_region_look(struct snap_region *of)
{
	mica_port_guard_t guard = 0;
	struct region *region;
	struct mica_part *part = turn_begin(of->number, &region, &guard);
	bool there;

	if (context_refused(part))
		return false;
	there = region && region_describe(of->number, &of->info);
	if (there) {
		of->runs_at = run_address(&region->runs,
					  region->runs.first_slice);
		of->committed = run_nr_committed(&region->runs)
				<< MICA_SLICE_SHIFT;
		of->heap = region_heap(region);
	}
	turn_end(region, part, guard);
	return there;
}

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

/* Held: it cannot go. All behind its head is one run. */
static void snap_huge_look(struct region *region, struct snap_region *of,
			   struct snap_run *run)
{
	uintptr_t base = (uintptr_t)region->span.base;

	look_at_run(&run->look, region, 1);
	run->kind = RUN_BLOCK;
	run->at = run_address(&region->runs, 1);
	run->end = base + region->span.bytes;
	run->look.area.settled = true;
	of->runs_at = run->at;
	of->committed = of->info.bytes = region->span.bytes;
	of->heap = region_heap(region);
	of->huge = true;
	of->info.base = region->span.base;
	of->info.head_bytes = run->at - base;
	of->info.attributes = region_attributes(region);
	of->info.provider = region->provider->name;
	of->info.exclusive = of->heap == REGION_EXCLUSIVE;
}

/* Where a huge block begins, and nowhere else. */
static void snap_huge(struct text *text, uintptr_t unit, bool *first)
{
	struct region *region = region_hold_huge(unit);
	struct snap_region of = { .number = 0 };
	struct snap_run run;

	if (!region)
		return;
	snap_huge_look(region, &of, &run);
	region_let_go_huge(region);
	if (run.at >> MICA_UNIT_SHIFT != unit)
		return;
	snap_region_open(text, &of, *first);
	snap_row(text, &run, (uintptr_t)of.info.base, true);
	text_put(text, "\n]}");
	*first = false;
}

static void snap_all_huge(struct text *text, bool first)
{
	uintptr_t unit;

	if (!load_relaxed(&mica_huge_blocks))
		return;
	for (unit = 0; unit < NR_UNITS; unit++)
		if (load_relaxed(&mica_map[unit]))
			snap_huge(text, unit, &first);
}

#else

static void snap_all_huge(struct text *text, bool first)
{
	(void)text, (void)first;
}

#endif

static void snap_regions(struct text *text)
{
	struct snap_region of = { .number = 0 };
	bool first = true;

	text_put(text, ",\n\"regions\": [");
	for (; of.number < load_acquire(&mica_nr_regions); of.number++) {
		if (!snap_region_look(&of))
			continue;
		snap_region_open(text, &of, first);
		snap_runs(text, &of);
		text_put(text, "\n]}");
		first = false;
	}
	snap_all_huge(text, first);
	text_put(text, "\n]");
}

/* ---- heaps ---------------------------------------------------------------------------------- */

#define SNAP_HEAP(X) \
	X(used_bytes) X(total_bytes) X(peak_bytes) X(soft_quota) X(hard_quota)

#if MICA_HEAPS

static void snap_heap_row(struct text *text, const struct mica_heap *heap,
			  const struct mica_heap_usage *usage)
{
	text_put(text, heap == HEAP_MAIN ? "\n" : ",\n");
	snap_number(text, "{\"number\": ", heap_number(heap));
	snap_string(text, ", \"name\": ", usage->name ? usage->name : "");
	text_put(text, ", \"parent\": ");
	if (usage->parent)
		text_number(text, heap_number(usage->parent), 0);
	else
		text_put(text, "null");
#define X(member) snap_number(text, ", \"" #member "\": ", usage->member);
	SNAP_HEAP(X)
#undef X
	text_put(text, "}");
}

static __noinline void snap_heaps(struct text *text)
{
	struct mica_heap_usage usage;
	struct mica_heap *heap = NULL;

	text_put(text, ",\n\"heaps\": [");
	while ((heap = mica_heap_next(heap)))
		if (!mica_heap_usage(heap, &usage))
			snap_heap_row(text, heap, &usage);
	text_put(text, "\n]");
}

#else

/* All is the main heap's. */
static void snap_heaps(struct text *text)
{
	text_put(text, ",\n\"heaps\": [\n{\"number\": 0, \"name\": \"main\", "
		       "\"parent\": null");
	snap_number(text, ", \"used_bytes\": ", mica_used());
	snap_number(text, ", \"total_bytes\": ", mica_used());
	snap_number(text, ", \"peak_bytes\": ", mica_peak());
	text_put(text, ", \"soft_quota\": 0, \"hard_quota\": 0}\n]");
}

#endif

/* ---- the document ------------------------------------------------------------------------------ */

static __noinline void snap_counters(struct text *text)
{
	struct mica_stats stats;

	mica_stats(&stats);
	snap_number(text, ",\n\"counters\": {\"live_bytes\": ", stats.live_bytes);
#define X(member) snap_number(text, ", \"" #member "\": ", stats.member);
	X(live_blocks) X(used_bytes) X(peak_bytes) X(committed) X(reserved)
	X(largest_free) X(regions) X(pages)
#undef X
	text_put(text, "}");
}

static void snap_build(struct text *text)
{
	snap_number(text, "{\n\"mica_snapshot\": ", 1);
	snap_number(text, ",\n\"version\": \"", MICA_VERSION_MAJOR);
	snap_number(text, ".", MICA_VERSION_MINOR);
	snap_number(text, ".", MICA_VERSION_PATCH);
	text_put(text, LAYOUT_IS_TABLE ? "\",\n\"layout\": \"table\"" :
					 "\",\n\"layout\": \"tag\"");
	text_put(text, MICA_CONTEXT == MICA_CONTEXT_SINGLE ?
			",\n\"contexts\": \"single\"" : CONTEXT_IS_THREAD ?
			",\n\"contexts\": \"thread\"" :
			",\n\"contexts\": \"core\"");
	snap_number(text, ",\n\"cores\": ", MICA_CORES);
	snap_number(text, ",\n\"harden\": ", MICA_HARDEN);
	snap_number(text, ",\n\"word_bytes\": ", sizeof(void *));
	snap_number(text, ",\n\"granule_bytes\": ", MICA_GRANULE);
	snap_number(text, ",\n\"slice_bytes\": ", SLICE_BYTES);
	snap_number(text, ",\n\"page_bytes\": ", PAGE_BYTES);
}

/* Not in the middle of an operation, whose region may stay locked. */
static bool snap_may_begin(void)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);

	if (context_refused(part))
		return false;
	context_leave(part, guard);
	return true;
}

int mica_snapshot(const struct mica_output *to)
{
	struct text text;

	if (to && !to->write)
		return MICA_ERROR_INVALID;
	if (!snap_may_begin())
		return MICA_ERROR_BUSY;
	text_begin(&text, to);
	snap_build(&text);
	snap_counters(&text);
	snap_heaps(&text);
	snap_regions(&text);
	text_put(&text, "\n}\n");
	text_flush(&text);
	return 0;
}
