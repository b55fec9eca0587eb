// SPDX-License-Identifier: MIT
/*
 * Blocks of a kind of memory.
 *
 * Each is a run of its own: pages of a class are queued whatever region they
 * lie in, and malloc's fast path is not to ask. The fallback goes by how many
 * of the preferred attributes a region or provider has, from all to none.
 */
#include <mica/mica.h>
#include "alloc.h"
#include "armed.h"
#include "bank.h"
#include "grow.h"
#include "context.h"
#include "engine.h"
#include "heartbeat.h"
#include "plain.h"
#include "provider.h"
#include "report.h"

struct attr_want {
	struct large_want large;	/* first: see attr_again() */
	uint32_t require, prefer;
	unsigned int match;	/* preferred attributes that it must have now */
};

static bool attr_fits(const struct attr_want *want, uint32_t has)
{
	return attributes_fit(has, want->require, want->prefer, want->match);
}

/* Inside a guard of its own; a busy region is waited for. */
static void *attr_take_in(struct region *region, const struct large_plan *plan)
{
	struct large_block got = { NULL, false };
	enum space_result result;
	mica_port_guard_t guard = 0;
	struct mica_part *part;
	unsigned int spins = 0;

	do {
		part = context_enter(&guard);
		if (context_refused(part))
			return NULL;
		result = large_take_in(region, plan, &got);
		context_leave(part, guard);
		if (result == SPACE_BUSY)
			mica_port_relax(spins++);
	} while (result == SPACE_BUSY);
	return got.block;
}

static void *attr_from_regions(const struct attr_want *want)
{
	size_t k, n = load_acquire(&mica_nr_regions);
	struct large_plan plan;
	struct region *region;
	struct large_want fenced = want->large;
	void *block = NULL;

	fenced.size = fence_request(fenced.size);
	if (!large_plan(&fenced, &plan))
		return NULL;
	for (k = 0; k < n && !block; k++) {
		region = load_acquire(&mica_regions[k]);
		if (region && !region_heap(region) &&
		    attr_fits(want, region_attributes(region)))
			block = attr_take_in(region, &plan);
	}
	return block;
}

/* What sleeps in a region that fits. */
static bool attr_wake(const struct attr_want *want)
{
	size_t bytes = want->large.size + want->large.align + FENCE_BYTES;
	size_t k, n = load_acquire(&mica_nr_regions);
	struct region *region;

	for (k = 0; banks_attached() && k < n; k++) {
		region = load_acquire(&mica_regions[k]);
		if (region && !region_heap(region) &&
		    attr_fits(want, region_attributes(region)) &&
		    banks_wake(bytes, region))
			return true;
	}
	return false;
}

/* The port's own source, then those that were registered. */
static bool attr_ask(const struct attr_want *want)
{
	const struct mica_provider *p = mica_port_provider();
	size_t bytes = want->large.size + want->large.align, k = 0;

	if (MICA_PORT_GROWS && attr_fits(want, 0) && region_grow(bytes))
		return true;
	for (; p || k == 0; p = provider_at(k++))
		if (p && attr_fits(want, p->attributes) && region_ask(p, bytes))
			return true;
	return false;
}

/* Cost: each region and provider, once and for each that is new. */
static void *attr_alloc(struct attr_want *want)
{
	void *block;

	want->match = bits_count(want->prefer) + 1;
	while (want->match--) {
		do {
			block = attr_from_regions(want);
		} while (!block && (attr_wake(want) || attr_ask(want)));
		if (block)
			return block;
	}
	return NULL;
}

/* Whole lines for what other masters than this CPU read and write. */
static void attr_round(struct attr_want *want)
{
	size_t line = (size_t)1 << MICA_LINE_SHIFT;

	if (!(want->require & (MICA_DMA | MICA_NONCOHERENT)))
		return;
	want->large.size = align_up(want->large.size, line);
	want->large.align = MAX_OF(want->large.align, line);
}

static void *attr_again(const struct large_want *large)
{
	const struct attr_want *want = (const struct attr_want *)large;

	return mica_aligned_attr(large->size, large->align, want->require,
				 want->prefer);
}

void *mica_aligned_attr(size_t size, size_t align, uint32_t require,
			uint32_t prefer)
{
	struct attr_want want = {
		{ size ? size : 1, align, 0 }, require, prefer, 0,
	};
	void *block = NULL;

	if (!is_pow2(align) || size >= RUN_LIMIT || align >= RUN_LIMIT ||
	    (require | prefer) & ~(uint32_t)MICA_ATTRIBUTES)
		return report_failure(SIZE_MAX);
	attr_round(&want);
	heartbeat(HEARTBEAT_TRIP);
	if (context_begin())
		block = attr_alloc(&want);
	if (HARDEN_BLOCKS && block)
		return armed_open(block, want.large.size);
	return block ? block :
		report_failure_large(&want.large, require, attr_again);
}

void *mica_malloc_attr(size_t size, uint32_t require, uint32_t prefer)
{
	return (mica_aligned_attr)(size, 1, require, prefer);
}

/* Does the block stay what it is if it grows or shrinks where it lies? */
static bool attr_may_stay(const void *p, size_t align, uint32_t require)
{
	return !((uintptr_t)p & (align - 1)) &&
	       (mica_attributes(p) & require) == require;
}

void *mica_realloc_attr(void *p, size_t size, size_t align, uint32_t require)
{
	struct attr_want want = { { size ? size : 1, align, 0 }, require, 0, 0 };
	size_t usable;
	void *block;

	if (!p)
		return mica_aligned_attr(size, align, require, 0);
	usable = block_usable(p, "realloc");
	if (MICA_OUTPUT_HOOKS && !usable)
		return NULL;
	if (!is_pow2(align) || size >= RUN_LIMIT || align >= RUN_LIMIT ||
	    require & ~(uint32_t)MICA_ATTRIBUTES)
		return report_failure(SIZE_MAX);
	attr_round(&want);
	if (attr_may_stay(p, want.large.align, require) &&
	    (want.large.size <= usable ? want.large.size >= usable / 2 :
					 mica_expand(p, want.large.size) == p))
		return p;
	block = mica_aligned_attr(size, align, require, 0);
	if (!block)
		return NULL;
	__builtin_memcpy(block, p, MIN_OF(size, usable));
	plain_moved(p, block, size, align);
	mica_free(p);
	count_all(moved, 1);
	return block;
}
