// SPDX-License-Identifier: MIT
/*
 * The statistics as text: one sheet of figures in sections, which is written
 * as a table for people or as JSON. What is looked at is the same, and nothing
 * is allocated: each figure goes out as soon as it is known.
 */
#include <mica/mica.h>
#include "text.h"

enum {
	COLUMN_NAME = 2, COLUMN_VALUE = 22, WIDTH_VALUE = 18, WIDTH_HEAP = 12,
};

/**
 * struct sheet - a sheet that is being written
 * @text: where it goes
 * @json: or a table
 * @first: nothing stands in the innermost bracket yet
 */
struct sheet {
	struct text text;
	bool json;
	bool first;
};

/* JSON: what comes before a member; @name NULL: of an array. */
static void sheet_member(struct sheet *s, const char *name)
{
	text_put(&s->text, s->first ? "\n" : ",\n");
	s->first = false;
	if (!name)
		return;
	text_put(&s->text, "\"");
	text_put(&s->text, name);
	text_put(&s->text, "\": ");
}

static void sheet_section(struct sheet *s, const char *name, const char *title,
			  const char *bracket)
{
	if (s->json) {
		sheet_member(s, name);
		text_put(&s->text, bracket);
		s->first = true;
		return;
	}
	text_put(&s->text, title);
	text_put(&s->text, "\n");
}

static void sheet_end_section(struct sheet *s, const char *bracket)
{
	if (s->json)
		text_put(&s->text, bracket);
	s->first = false;
}

static void sheet_figure(struct sheet *s, const char *name, const char *what,
			 uint64_t value)
{
	if (s->json) {
		sheet_member(s, name);
		text_number(&s->text, value, 0);
		return;
	}
	text_pad(&s->text, COLUMN_NAME);
	text_put(&s->text, name);
	text_pad(&s->text, COLUMN_VALUE);
	text_number(&s->text, value, WIDTH_VALUE);
	text_put(&s->text, "  ");
	text_put(&s->text, what);
	text_put(&s->text, "\n");
}

/* ---- the sections ---------------------------------------------------------------- */

#define MEMORY(X)							\
	X(live_bytes, "usable bytes of live blocks")			\
	X(live_blocks, "live blocks")					\
	X(used_bytes, "bytes in pages and runs in use")			\
	X(peak_bytes, "the most that ever was")				\
	X(committed, "bytes committed")					\
	X(reserved, "bytes of all regions")				\
	X(largest_free, "usable bytes of the largest free run")		\
	X(regions, "regions")						\
	X(pages, "pages of one size class each")

/* Events that never happened are no news to people. */
static void sheet_event(struct sheet *s, const char *name, const char *what,
			uint64_t value)
{
	if (s->json || value)
		sheet_figure(s, name, what, value);
}

static __noinline void sheet_stats(struct sheet *s)
{
	struct mica_stats stats;

	mica_stats(&stats);
	sheet_section(s, "memory", "memory", "{");
#define X(name, what) sheet_figure(s, #name, what, stats.name);
	MEMORY(X)
#undef X
	sheet_end_section(s, "\n}");
	sheet_section(s, "events", "events", "{");
#define X(name, what) sheet_event(s, #name, what, stats.name);
	MICA_COUNTERS(X)
#undef X
	sheet_end_section(s, "\n}");
}

static void class_row(struct sheet *s, const struct mica_usage_class *class)
{
	if (s->json) {
		sheet_member(s, NULL);
		text_put(&s->text, "{\"block_bytes\": ");
		text_number(&s->text, class->block_bytes, 0);
		text_put(&s->text, ", \"pages\": ");
		text_number(&s->text, class->pages, 0);
		text_put(&s->text, ", \"blocks\": ");
		text_number(&s->text, class->blocks, 0);
		text_put(&s->text, "}");
		return;
	}
	text_number(&s->text, class->block_bytes, 13);
	text_number(&s->text, class->pages, 13);
	text_number(&s->text, class->blocks, 14);
	text_put(&s->text, "\n");
}

static void sheet_classes(struct sheet *s)
{
	struct mica_usage_class class;
	size_t k;

	sheet_section(s, "classes", "size classes, bytes: pages, single blocks",
		      "[");
	for (k = 0; mica_usage_class(k, &class); k++)
		if (class.pages || class.blocks)
			class_row(s, &class);
	sheet_end_section(s, "\n]");
}

/* A struct of its own in an array; a region's name is the provider's. */
static void region_json(struct sheet *s, const struct mica_region *region)
{
	sheet_member(s, NULL);
	text_put(&s->text, "{\"base\": ");
	text_number(&s->text, (uintptr_t)region->base, 0);
	text_put(&s->text, ", \"bytes\": ");
	text_number(&s->text, region->bytes, 0);
	text_put(&s->text, ", \"head_bytes\": ");
	text_number(&s->text, region->head_bytes, 0);
	text_put(&s->text, ", \"attributes\": ");
	text_number(&s->text, region->attributes, 0);
	text_put(&s->text, "}");
}

static void region_row(struct sheet *s, const struct mica_region *region)
{
	text_pad(&s->text, COLUMN_NAME);
	text_put(&s->text, region->provider ? region->provider : "handed over");
	text_pad(&s->text, COLUMN_VALUE);
	text_number(&s->text, region->bytes, WIDTH_VALUE);
	text_put(&s->text, "  bytes, attributes ");
	text_number(&s->text, region->attributes, 0);
	text_put(&s->text, "\n");
}

static void sheet_regions(struct sheet *s)
{
	struct mica_region region;
	size_t k;

	sheet_section(s, "regions", "regions, but those of huge blocks", "[");
	for (k = 0; mica_region_get(k, &region); k++)
		(s->json ? region_json : region_row)(s, &region);
	sheet_end_section(s, "\n]");
}

#if MICA_HEAPS

#define HEAP(X)								\
	X(used_bytes) X(total_bytes) X(peak_bytes) X(soft_quota) X(hard_quota)

static void heap_json(struct sheet *s, const struct mica_heap_usage *heap)
{
	struct mica_heap_usage parent = { .name = NULL };

	sheet_member(s, NULL);
	text_put(&s->text, "{\"name\": ");
	text_json(&s->text, heap->name ? heap->name : "");
	text_put(&s->text, ", \"parent\": ");
	if (heap->parent)
		mica_heap_usage(heap->parent, &parent);
	text_json(&s->text, parent.name ? parent.name : "");
#define X(member)							\
	text_put(&s->text, ", \"" #member "\": ");			\
	text_number(&s->text, heap->member, 0);
	HEAP(X)
#undef X
	text_put(&s->text, "}");
}

static void heap_line(struct sheet *s, const struct mica_heap_usage *heap)
{
	text_pad(&s->text, COLUMN_NAME);
	text_put(&s->text, heap->name ? heap->name : "-");
	text_pad(&s->text, COLUMN_VALUE);
#define X(member) text_number(&s->text, heap->member, WIDTH_HEAP);
	HEAP(X)
#undef X
	text_put(&s->text, "\n");
}

/* What is kept of each, without a walk. */
static void sheet_heaps(struct sheet *s)
{
	struct mica_heap_usage usage;
	struct mica_heap *heap = NULL;

	sheet_section(s, "heaps",
		      "heaps, bytes: used, with children, peak, quotas", "[");
	while ((heap = mica_heap_next(heap)))
		if (!mica_heap_usage(heap, &usage))
			(s->json ? heap_json : heap_line)(s, &usage);
	sheet_end_section(s, "\n]");
}

#else

static inline void sheet_heaps(struct sheet *s)
{
	(void)s;
}

#endif

static void sheet_process(struct sheet *s)
{
	struct mica_process process;

	if (!mica_process(&process))
		return;
	sheet_section(s, "process", "process", "{");
#define X(name, what) sheet_figure(s, #name, what, process.name);
	X(elapsed_ms, "since it began")
	X(user_ms, "of CPU time for itself")
	X(system_ms, "and in the kernel")
	X(resident, "bytes of memory that it has")
	X(peak_resident, "the most that ever was")
	X(minor_faults, "page faults")
	X(major_faults, "page faults that waited")
#undef X
	sheet_end_section(s, "\n}");
}

/* ---- the sheet --------------------------------------------------------------------- */

static void put_version(struct text *text)
{
	text_number(text, MICA_VERSION_MAJOR, 0);
	text_put(text, ".");
	text_number(text, MICA_VERSION_MINOR, 0);
	text_put(text, ".");
	text_number(text, MICA_VERSION_PATCH, 0);
}

static int sheet_write(const struct mica_output *to, bool json)
{
	struct sheet s = { .json = json, .first = true };

	if (to && !to->write)
		return MICA_ERROR_INVALID;
	text_begin(&s.text, to);
	text_put(&s.text, json ? "{" : "mica ");
	if (json) {
		sheet_member(&s, "version");
		text_put(&s.text, "\"");
	}
	put_version(&s.text);
	text_put(&s.text, json ? "\"" : "\n");
	sheet_stats(&s);
	sheet_classes(&s);
	sheet_regions(&s);
	sheet_heaps(&s);
	if (MICA_PORT_PROCESS)
		sheet_process(&s);
	text_put(&s.text, json ? "\n}\n" : "");
	text_flush(&s.text);
	return 0;
}

int mica_stats_print(const struct mica_output *to)
{
	return sheet_write(to, false);
}

int mica_stats_json(const struct mica_output *to)
{
	return sheet_write(to, true);
}
