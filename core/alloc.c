// SPDX-License-Identifier: MIT
/* malloc, free, and malloc's kin: zeroed and counted. */
#include <mica/mica.h>
#include "alloc.h"
#include "armed.h"
#include "context.h"
#include "engine.h"
#include "heartbeat.h"
#include "plain.h"
#include "report.h"

/* ---- the two that all others stand on ------------------------------------------ */

void *mica_malloc(size_t size)
{
	if (HEARTBEAT_COUNTS)
		heartbeat(HEARTBEAT_TRIP);
	return HARDEN_BLOCKS ? armed_malloc(size) : engine_malloc(size);
}

void mica_free(void *p)
{
	if (HARDEN_BLOCKS)
		armed_free(p);
	else
		engine_free(p);
}

/* ---- zeroed, counted -------------------------------------------------------------- */

void *mica_zalloc(size_t size)
{
	struct large_want want = { size, 1, 0 };
	struct large_block got;

	if (size <= CLASS_BYTES_MAX) {
		got.block = mica_malloc(size);
		return got.block ? __builtin_memset(got.block, 0, size) : NULL;
	}
	return block_zeroed(&want);
}

void *block_zeroed(const struct large_want *want)
{
	const struct large_want fenced = {
		fence_request(want->size), want->align, want->offset,
	};
	struct mica_part *part = context_begin();
	struct large_block got = { NULL, false };

	if (fenced.size <= SIZE_LIMIT && part) {
		engine_beat(part);
		got = large_alloc_or_trim(&fenced);
	}
	if (!got.block)
		return report_failure_large(want, 0, block_zeroed);
	if (HARDEN_BLOCKS)
		armed_open(got.block, want->size);
	if (got.zero) {
		count_in(part, zero_known, 1);
		note_zeroed(got.block, want->size);
	} else {
		__builtin_memset(got.block, 0, want->size);
	}
	return got.block;
}

void *mica_calloc(size_t count, size_t size)
{
	return (mica_zalloc)(mul_or_max(count, size));
}

void *mica_mallocn(size_t count, size_t size)
{
	return (mica_malloc)(mul_or_max(count, size));
}

static size_t engine_good_size(size_t size)
{
	const struct mica_provider *p;

	if (size <= CLASS_BYTES_MAX)
		return class_bytes(class_of(size ? size : 1));
	if (size < RUN_LIMIT)
		return run_bytes(run_slices_for(size));
	p = LAYOUT_IS_TABLE && size <= SIZE_LIMIT ? mica_port_provider() : NULL;
	return p ? align_up(size, MAX_OF(p->granule, (size_t)1)) : size;
}

size_t mica_good_size(size_t size)
{
	size_t bytes = fence_request(size);

	return bytes == SIZE_MAX ? size : engine_good_size(bytes) - FENCE_BYTES;
}
