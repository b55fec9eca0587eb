// SPDX-License-Identifier: MIT
/*
 * realloc and its kin.
 *
 * A block of a page stays while the new size fits and is at least half of
 * it; a run grows into a free neighbour and shrinks where it lies. Otherwise
 * a new block is taken, the content copied outside the guard, and the old
 * block freed. Failure leaves the old block as it was.
 */
#include <mica/mica.h>
#include "alloc.h"
#include "armed.h"
#include "context.h"
#include "grow.h"
#include "guarded.h"
#include "locate.h"
#include "plain.h"

/* Return: 0; or the fault, reported, and the program goes on. */
static enum fault locate_or_stop(const void *p, struct location *at,
				 const char *call)
{
	enum fault fault = HARDEN_BLOCKS ? armed_locate(p, at) : locate(p, at);

	if (unlikely(fault))
		report_fault(fault, call, p);
	return fault;
}

static size_t location_usable(const void *p, struct location *at)
{
	if (HARDEN_BLOCKS)
		return armed_size(p, at);
	if (at->page)
		return class_bytes(at->page->class);
	return large_usable(at->region, at->i);
}

size_t block_usable(const void *p, const char *call)
{
	struct location at;

	return locate_or_stop(p, &at, call) ? 0 : location_usable(p, &at);
}

size_t mica_usable_size(const void *p)
{
	return p ? block_usable(p, "usable_size") : 0;
}

/* Let the run at @at hold @size bytes where it lies. */
static bool run_fit_in_place(struct location *at, size_t size)
{
	mica_port_guard_t guard;
	struct mica_part *part;
	bool done;

	if (is_guarded(at))
		return false;
	part = context_enter(&guard);
	if (context_refused(part))
		return false;
	done = large_resize(at->region, at->i, fence_request(size));
	context_leave(part, guard);
	return done;
}

/* The same where the memory behind it can grow. */
static bool run_fit_by_growing(struct location *at, size_t size)
{
	return region_grow_behind(at->region, at->i, fence_request(size)) &&
	       run_fit_in_place(at, size);
}

/* Did the block at @at come to hold @size, more than @usable, in place? */
static bool grow_in_place(void *p, struct location *at, size_t size)
{
	size_t old = MICA_ANNOTATE ? location_usable(p, at) : 0;
	bool fits = HARDEN_BLOCKS && size <= armed_room(at);

	if (!fits && (at->page || (!run_fit_in_place(at, size) &&
				   !run_fit_by_growing(at, size))))
		return false;
	if (HARDEN_BLOCKS)
		armed_resize(p, at, old, size);
	count_all(grown_in_place, 1);
	return true;
}

/* Should a block of @usable bytes be kept for @size, which it can hold? */
static bool shrink_known(const void *p, struct location *at, size_t size,
			 size_t usable)
{
	if (is_guarded(at))
		return usable - size < MICA_GRANULE;
	if (at->page || region_is_huge(at->region))
		return size >= usable / 2 || usable <= 4 * MICA_GRANULE;
	if (LAYOUT_IS_TABLE && size < CLASS_BYTES_MAX / 2)
		return false;
	if (!run_fit_in_place(at, size))
		return false;
	if ((HARDEN_BLOCKS ? armed_room(at) : location_usable(p, at)) < usable)
		count_all(shrunk_in_place, 1);
	return true;
}

/* The same, and from then on it has @size bytes. */
static bool shrink_in_place(void *p, struct location *at, size_t size,
			    size_t usable)
{
	bool done = shrink_known(p, at, size,
				 HARDEN_BLOCKS ? armed_room(at) : usable);

	if (HARDEN_BLOCKS && done)
		armed_resize(p, at, usable, size);
	return done;
}

/* Copy @p's content to @block, which is to hold @size bytes, and free @p. */
static void *move_to(void *block, void *p, size_t bytes, size_t size,
		     size_t align)
{
	__builtin_memcpy(block, p, bytes);
	plain_moved(p, block, size, align);
	mica_free(p);
	count_all(moved, 1);
	return block;
}

void *mica_realloc(void *p, size_t size)
{
	struct location at;
	size_t usable;
	void *block;

	if (!p)
		return mica_malloc(size);
	if (locate_or_stop(p, &at, "realloc"))
		return NULL;
	usable = location_usable(p, &at);
	if (size > SIZE_LIMIT)
		return report_failure(SIZE_MAX);
	if (size > usable ? grow_in_place(p, &at, size) :
			    shrink_in_place(p, &at, size, usable))
		return p;
	block = mica_malloc(size);
	if (!block)
		return size <= usable ? p : NULL;
	return move_to(block, p, MIN_OF(size, usable), size, 1);
}

void *mica_expand(void *p, size_t size)
{
	struct location at;
	size_t usable;

	if (!p)
		return NULL;
	if (locate_or_stop(p, &at, "expand"))
		return NULL;
	usable = location_usable(p, &at);
	if (size <= usable) {
		if (HARDEN_BLOCKS)
			armed_resize(p, &at, usable, size);
		return p;
	}
	return size <= SIZE_LIMIT && grow_in_place(p, &at, size) ? p : NULL;
}

void *mica_reallocn(void *p, size_t count, size_t size)
{
	return (mica_realloc)(p, mul_or_max(count, size));
}

void *mica_reallocf(void *p, size_t size)
{
	void *block = (mica_realloc)(p, size);

	if (!block)
		(mica_free)(p);
	return block;
}

void *mica_realloc_aligned_at(void *p, size_t size, size_t align, size_t offset)
{
	struct location at;
	size_t usable;
	void *block;

	if (!p)
		return mica_malloc_aligned_at(size, align, offset);
	if (locate_or_stop(p, &at, "realloc"))
		return NULL;
	if (!is_pow2(align) || align > ALIGN_LIMIT || size > SIZE_LIMIT)
		return report_failure(SIZE_MAX);
	usable = location_usable(p, &at);
	if ((((uintptr_t)p + offset) & (align - 1)) == 0 &&
	    (size > usable ? grow_in_place(p, &at, size) :
			     shrink_in_place(p, &at, size, usable)))
		return p;
	block = mica_malloc_aligned_at(size, align, offset);
	return block ? move_to(block, p, MIN_OF(size, usable), size, align) :
		       NULL;
}

void *mica_realloc_aligned(void *p, size_t size, size_t align)
{
	return (mica_realloc_aligned_at)(p, size, align, 0);
}

void *mica_reallocn_aligned_at(void *p, size_t count, size_t size, size_t align,
			       size_t offset)
{
	return (mica_realloc_aligned_at)(p, mul_or_max(count, size), align,
					 offset);
}

void *mica_reallocn_aligned(void *p, size_t count, size_t size, size_t align)
{
	return (mica_reallocn_aligned_at)(p, count, size, align, 0);
}

void *mica_reallocf_aligned_at(void *p, size_t size, size_t align,
			       size_t offset)
{
	void *block = (mica_realloc_aligned_at)(p, size, align, offset);

	if (!block)
		(mica_free)(p);
	return block;
}

void *mica_reallocf_aligned(void *p, size_t size, size_t align)
{
	return (mica_reallocf_aligned_at)(p, size, align, 0);
}
