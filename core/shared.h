/* SPDX-License-Identifier: MIT */
/*
 * Shared: malloc and free where several contexts take part.
 *
 * malloc pops the list of the size's class: one shift, no table. The slow
 * path tries, in this order: the part's own pages (page_refill), a run of
 * its own while the class is rare, a new page, a new region, and when
 * memory has run out, any larger class and what empty pages still hold.
 *
 * free finds the list that this context's free of the address pushes on
 * (own.h), pushes, and sees to the page's event if there is one. Everything
 * else, and every pointer that is not in order, takes free_slow().
 */
#ifndef MICA_CORE_SHARED_H
#define MICA_CORE_SHARED_H

#include "context.h"
#include "locate.h"
#include "own.h"
#include "page.h"
#include "report.h"

/* Not linear. Takes the size less one: malloc has that at hand. */
void *malloc_other(size_t less_one) __internal;

/* The list of a linear class is dry. */
void *malloc_dry(struct list *list) __internal;

/* The class's list is dry; @size is 1 to CLASS_BYTES_MAX. */
void *small_alloc_slow(size_t size) __internal;

/* Give back what @part keeps, which is the calling context's. */
void part_collect(struct mica_part *part) __internal;

void free_slow(void *p) __internal;
void free_event(struct mica_part *part, void *p) __internal;
void free_twice(struct mica_part *part, mica_port_guard_t guard,
		void *p) __internal;

/*
 * The size is not needed once its list is known: what is left of it becomes
 * the list's address in the same register, and no instruction moves it.
 */
static __always_inline void *engine_malloc(size_t size)
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
		return report_refusal();
	list = &part->list[class_of_linear(size + 1)];
	block = list_pop(list);
	context_leave(part, guard);
	if (likely(block))
		return block;
	return CONTEXT_IS_THREAD ? malloc_dry(list) :
				   small_alloc_slow(size + 1);
}

/*
 * A block of @class, if its list has one and is in order; else
 * NULL, and nothing has changed.
 */
static __always_inline void *engine_pop(unsigned int class)
{
	mica_port_guard_t guard;
	struct mica_part *part = context_enter(&guard);
	struct block *block;

	if (context_refused(part))
		return NULL;
	block = list_pop_soon(&part->list[class]);
	context_leave(part, guard);
	return block;
}

/* Free the block @p, which is @at: all is known to be in order. */
void engine_free_at(void *p, struct location *at) __internal;

static __always_inline void engine_free(void *p)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = context_enter(&guard);
	enum list_push pushed;
	struct list *list;

	if (unlikely(context_refused(part) ||
		     !own_find(part, (uintptr_t)p, &list))) {
		if (!context_refused(part))
			context_leave(part, guard);
		free_slow(p);
		return;
	}
	pushed = list_push(list, p);
	if (unlikely(pushed == PUSH_TWICE)) {
		free_twice(part, guard, p);
		return;
	}
	if (unlikely(pushed == PUSH_EVENT))
		free_event(part, p);
	context_leave(part, guard);
}

#endif
