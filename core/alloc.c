// SPDX-License-Identifier: MIT
/*
 * malloc and its kin.
 *
 * The fast path pops the list of the size's class: one shift, no table. The
 * slow path tries, in this order: the part's own pages (page_refill), a run
 * of its own while the class is rare, a new page, a new region, and when
 * memory has run out, any larger class and what empty pages still hold.
 */
#include <mica/mica.h>
#include "alloc.h"
#include "context.h"
#include "large.h"
#include "page.h"
#include "purge.h"
#include "rare.h"
#include "report.h"
#include "solo.h"

/* ---- small: blocks of pages --------------------------------------------------- */

/* A run of its own for a small request. */
static struct block *single_take(size_t size, enum space_result *result)
{
	struct large_want want = { size, 1, 0 };
	struct large_block got = { NULL, false };

	*result = large_take(&want, &got);
	if (got.block)
		count_all(singles, 1);
	return got.block;
}

/* One attempt inside the guard. */
static struct block *small_take(struct mica_part *part, unsigned int class,
				size_t size, enum space_result *result)
{
	struct block *block;

	block = list_pop(&part->list[class]);
	if (!block)
		block = page_refill(part, class);
	if (!block && class_is_rare(class))
		block = single_take(size, result);
	if (block)
		return block;
	*result = page_open(part, class);
	if (*result == SPACE_OK)
		return list_pop(&part->list[class]);
	if (!LAYOUT_IS_TABLE && *result == SPACE_NONE)
		return single_take(size, result);
	return NULL;
}

/*
 * Memory has run out: take from a larger class, or let go of one empty
 * page and try again. Cost: NR_CLASSES, then as small_take().
 */
static struct block *small_last_resort(struct mica_part *part,
				       unsigned int class, size_t size)
{
	enum space_result result;
	struct block *block;
	unsigned int k;

	block = page_fallback(part, class);
	if (block) {
		count_in(part, fallbacks, 1);
		return block;
	}
	for (k = 0; k < NR_CLASSES; k++)
		if (k != class && page_trim(part, k))
			return small_take(part, class, size, &result);
	return NULL;
}

/* Once in PURGE_BEATS trips: purge, and let go of one idle empty page. */
static void heartbeat(struct mica_part *part)
{
	unsigned int class;

	if (!purge_count(part))
		return;
	class = part->beat / PURGE_BEATS % NR_CLASSES;
	if (part->queue[class] && page_used(part->queue[class]) == 0)
		page_trim(part, class);
}

/* The class is worked out again: the fast path need not keep it. */
static __noinline void *small_alloc_slow(size_t size)
{
	unsigned int class = class_of(size);
	enum space_result result = SPACE_REFUSED;
	mica_port_guard_t guard;
	struct mica_part *part;
	struct block *block;
	unsigned int spins = 0;

	if (!context_begin())
		return report_failure();
	do {
		part = context_enter(&guard);
		if (context_refused(part))
			return report_failure();
		heartbeat(part);
		block = small_take(part, class, size, &result);
		context_leave(part, guard);
		if (likely(block))
			return block;
	} while (space_retry(result, PAGE_BYTES, &spins));
	part = context_enter(&guard);
	block = small_last_resort(part, class, size);
	context_leave(part, guard);
	return block ? block : report_failure();
}

/* ---- everything but the fast path ---------------------------------------------- */

struct large_block large_alloc_or_trim(const struct large_want *want)
{
	struct large_block got = large_alloc(want);
	mica_port_guard_t guard;
	struct mica_part *part;
	unsigned int class;
	bool trimmed;

	if (CONTEXT_IS_SOLO)
		return got.block || !solo_let_go() ? got : large_alloc(want);
	/* Empty pages that classes keep may be all that is missing. */
	for (class = 0; !got.block && class < NR_CLASSES; class++) {
		part = context_enter(&guard);
		if (context_refused(part))
			break;
		trimmed = page_trim(part, class);
		context_leave(part, guard);
		if (trimmed)
			got = large_alloc(want);
	}
	return got;
}

static void *large_malloc(size_t size)
{
	struct large_want want = { size, 1, 0 };
	struct large_block got;
	struct mica_part *part = context_begin();

	if (size > SIZE_LIMIT || !part)
		return report_failure();
	heartbeat(part);
	got = large_alloc_or_trim(&want);
	return got.block ? got.block : report_failure();
}

/*
 * Not linear: nothing, a class that a formula finds, or a run. Takes the size
 * less one, which is what malloc_shared() has in the argument's register.
 */
static __noinline void *malloc_other(size_t less_one)
{
	size_t size = less_one + 1;
	mica_port_guard_t guard;
	struct mica_part *part;
	struct block *block;
	unsigned int class;

	if (size > CLASS_BYTES_MAX)
		return large_malloc(size);
	size = size ? size : 1;
	class = class_of(size);
	part = context_enter(&guard);
	if (context_refused(part))
		return report_failure();
	block = list_pop(&part->list[class]);
	context_leave(part, guard);
	return likely(block) ? block : small_alloc_slow(size);
}

/* The thread's list of a linear class is dry; the list says which class. */
static __noinline void *malloc_dry(struct list *list)
{
	size_t class = (size_t)(list - part_self()->list);

	return small_alloc_slow((class + 1) << MICA_GRANULE_SHIFT);
}

/*
 * The size is not needed once its list is known: what is left of it becomes
 * the list's address in the same register, and no instruction moves it.
 */
static __always_inline void *malloc_shared(size_t size)
{
	mica_port_guard_t guard;
	struct mica_part *part;
	struct block *block;
	struct list *list;

	size--;
	if (unlikely(size >= LINEAR_BYTES))
		return malloc_other(size);
	part = context_enter(&guard);
	if (context_refused(part))
		return report_failure();
	list = &part->list[class_of_linear(size + 1)];
	block = list_pop(list);
	context_leave(part, guard);
	if (likely(block))
		return block;
	return CONTEXT_IS_THREAD ? malloc_dry(list) :
				   small_alloc_slow(size + 1);
}

void *mica_malloc(size_t size)
{
	return CONTEXT_IS_SOLO ? solo_malloc(size) : malloc_shared(size);
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
	struct mica_part *part = context_begin();
	struct large_block got = { NULL, false };

	if (want->size <= SIZE_LIMIT && part) {
		heartbeat(part);
		got = large_alloc_or_trim(want);
	}
	if (!got.block)
		return report_failure();
	if (got.zero)
		count_in(part, zero_known, 1);
	else
		__builtin_memset(got.block, 0, want->size);
	return got.block;
}

void *mica_calloc(size_t count, size_t size)
{
	size_t bytes;

	if (mul_overflows(count, size, &bytes))
		return report_failure();
	return mica_zalloc(bytes);
}

void *mica_mallocn(size_t count, size_t size)
{
	size_t bytes;

	if (mul_overflows(count, size, &bytes))
		return report_failure();
	return mica_malloc(bytes);
}

size_t mica_good_size(size_t size)
{
	const struct mica_provider *p;

	if (size <= CLASS_BYTES_MAX)
		return class_bytes(class_of(size ? size : 1));
	if (size < RUN_LIMIT)
		return run_bytes(run_slices_for(size));
	p = LAYOUT_IS_TABLE && size <= SIZE_LIMIT ? mica_port_provider() : NULL;
	return p ? align_up(size, MAX_OF(p->granule, (size_t)1)) : size;
}
