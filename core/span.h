/* SPDX-License-Identifier: MIT */
/* What there is to know of the region of a number. */
#ifndef MICA_CORE_SPAN_H
#define MICA_CORE_SPAN_H

#include "region.h"

/* Is some of the span a region's, or will be? Its first byte in a unit: @base. */
bool span_is_taken(uintptr_t base, size_t bytes) __internal;

/*
 * The pieces of a span that are regions: on the table layout one in each unit,
 * of whole slices, where there is room for a head and a run.
 */
struct pieces {
	uintptr_t at, end;
};

static inline struct pieces pieces_of(const struct mica_span *span)
{
	struct pieces p = { (uintptr_t)span->base,
			    (uintptr_t)span->base + span->bytes };

	if (LAYOUT_IS_TABLE) {
		p.at = align_up(p.at, SLICE_BYTES);
		p.end = align_down(p.end, SLICE_BYTES);
	}
	return p;
}

/* Return: false, there are no more. */
static inline bool pieces_next(struct pieces *p, struct region_shape *shape)
{
	struct mica_span span;
	uintptr_t end = p->end;

	while (p->at < p->end) {
		if (LAYOUT_IS_TABLE)
			end = MIN_OF(align_down(p->at, UNIT_BYTES) + UNIT_BYTES,
				     p->end);
		span = (struct mica_span){ (void *)p->at, end - p->at };
		p->at = end;
		if (region_shape(shape, &span))
			return true;
	}
	return false;
}

struct mica_region;

/* Return: false, and nothing is filled in: there is none of that number. */
bool region_describe(size_t number, struct mica_region *info) __internal;

#endif
