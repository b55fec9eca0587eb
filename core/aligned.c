// SPDX-License-Identifier: MIT
/*
 * Aligned allocation.
 *
 * A class serves an alignment when its blocks are a multiple of it apart
 * and a page's first block is aligned: on the table layout, every power of
 * two up to a slice. Everything else is a run placed where it fits.
 */
#include <mica/mica.h>
#include "alloc.h"
#include "armed.h"
#include "context.h"
#include "engine.h"
#include "guarded.h"
#include "plain.h"
#include "report.h"
#include "size_class.h"

/* A size whose class serves @align, at least @size; 0 if there is none. */
static size_t size_for_class(size_t size, size_t align)
{
	size_t fenced = fence_request(size ? size : 1);
	size_t rounded = align_up(fenced, align);

	if (!LAYOUT_IS_TABLE || align > CLASS_BYTES_MAX ||
	    rounded > CLASS_BYTES_MAX)
		return 0;
	if (class_bytes(class_of(rounded)) & (align - 1))
		rounded = (size_t)1 << (bit_highest(rounded - 1) + 1);
	return rounded <= CLASS_BYTES_MAX ? rounded : 0;
}

/* Sort the request: impossible, any block, one of a class, or a run. */
static bool aligned_ok(size_t size, size_t align)
{
	return is_pow2(align) && align <= ALIGN_LIMIT && size <= SIZE_LIMIT;
}

static bool offset_is_plain(size_t align, size_t offset)
{
	return (offset & (align - 1)) == 0;
}

static void *aligned_again(const struct large_want *want)
{
	return mica_malloc_aligned_at(want->size, want->align, want->offset);
}

void *mica_malloc_aligned_at(size_t size, size_t align, size_t offset)
{
	struct large_want want = { size ? size : 1, align, offset };
	struct large_want fenced = want;
	struct large_block got = { NULL, false };
	size_t rounded;

	if (!aligned_ok(size, align))
		return report_failure(SIZE_MAX);
	if (offset_is_plain(align, offset)) {
		if (align <= MICA_GRANULE)
			return mica_malloc(size);
		rounded = size_for_class(size, align);
		got.block = GUARD_PAGES ? guarded_malloc(size, align) : NULL;
		if (GUARD_PAGES && got.block)
			return got.block;
		if (rounded)
			return HARDEN_BLOCKS ?
				armed_open(engine_malloc(rounded), size) :
				mica_malloc(rounded);
	}
	fenced.size = fence_request(want.size);
	if (context_begin())
		got = large_alloc_or_trim(&fenced);
	if (HARDEN_BLOCKS && got.block)
		return armed_open(got.block, size);
	return got.block ? got.block :
		report_failure_large(&want, 0, aligned_again);
}

void *mica_zalloc_aligned_at(size_t size, size_t align, size_t offset)
{
	struct large_want want = { size ? size : 1, align, offset };
	void *block;

	if (!aligned_ok(size, align))
		return report_failure(SIZE_MAX);
	if (!offset_is_plain(align, offset) ||
	    (align > MICA_GRANULE && !size_for_class(size, align)))
		return block_zeroed(&want);
	if (align <= MICA_GRANULE)
		return mica_zalloc(size);
	block = mica_malloc_aligned_at(size, align, offset);
	return block ? __builtin_memset(block, 0, size) : NULL;
}

void *mica_malloc_aligned(size_t size, size_t align)
{
	return (mica_malloc_aligned_at)(size, align, 0);
}

void *mica_mallocn_aligned_at(size_t count, size_t size, size_t align,
			      size_t offset)
{
	return (mica_malloc_aligned_at)(mul_or_max(count, size), align, offset);
}

void *mica_mallocn_aligned(size_t count, size_t size, size_t align)
{
	return (mica_mallocn_aligned_at)(count, size, align, 0);
}

void *mica_zalloc_aligned(size_t size, size_t align)
{
	return (mica_zalloc_aligned_at)(size, align, 0);
}

void *mica_calloc_aligned_at(size_t count, size_t size, size_t align,
			     size_t offset)
{
	return (mica_zalloc_aligned_at)(mul_or_max(count, size), align, offset);
}

void *mica_calloc_aligned(size_t count, size_t size, size_t align)
{
	return (mica_calloc_aligned_at)(count, size, align, 0);
}
