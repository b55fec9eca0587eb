// SPDX-License-Identifier: MIT
/*
 * free.
 *
 * The fast path: find the list that this context's free of the address
 * pushes on, push, and see to the page's event if there is one. Table
 * layout: the cache of own pages finds the list (own.h). Tag layout: the
 * first region's bounds and one bit do. Everything else, and every pointer
 * that is not in order, takes free_slow().
 */
#include <mica/mica.h>
#include "context.h"
#include "large.h"
#include "locate.h"
#include "own.h"
#include "purge.h"
#include "settle.h"
#include "solo.h"

/* A block of a page: the owner's push, or a remote one. @part may be NULL. */
static __always_inline enum fault free_in_page(struct mica_part *part, struct page *page,
			       struct block *block)
{
	enum list_push pushed;

	if (part != page_owner(page) || !part)
		return page_free_remote(part, page, block) ? FAULT_NONE :
							     FAULT_TWICE;
	pushed = list_push(page->list, block);
	if (pushed == PUSH_TWICE)
		return FAULT_TWICE;
	if (pushed == PUSH_EVENT)
		page_event(part, page);
	else
		own_set(part, page);
	return FAULT_NONE;
}

/* A run: while this context is busy below (@refused), others give it back. */
static void free_run(struct mica_part *part, bool refused, struct location *at)
{
	if (refused) {
		large_defer(at->region, at->i);
		return;
	}
	large_free(at->region, at->i);
	if (part)
		purge_count(part);
}

static __noinline void free_other(void *p)
{
	struct mica_part *entered, *part;
	mica_port_guard_t guard = 0;
	struct location at;
	enum fault fault;

	if (!p)
		return;
	entered = context_enter(&guard);
	part = part_or_null(entered);
	fault = locate(p, &at);
	if (!fault && at.page)
		fault = free_in_page(part, at.page, p);
	else if (!fault)
		free_run(part, context_refused(entered), &at);
	if (entered)
		context_leave(entered, guard);
	if (fault)
		report_fault(fault, "free", p);
}

/* Not in the cache: most often another context's page. */
static __noinline void free_slow(void *p)
{
	struct page *page = page_quick((uintptr_t)p);
	enum fault fault;

	if (!page) {
		free_other(p);
		return;
	}
	fault = free_in_page(part_or_null(part_self()), page, p);
	if (unlikely(fault))
		report_fault(fault, "free", p);
}

static __noinline void free_event(struct mica_part *part, void *p)
{
	page_event(part, page_at(map_find((uintptr_t)p), (uintptr_t)p));
}

static __cold void free_twice(struct mica_part *part, mica_port_guard_t guard,
			      void *p)
{
	context_leave(part, guard);
	report_fault(FAULT_TWICE, "free", p);
}

static __always_inline void free_shared(void *p)
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
	if (unlikely(pushed == PUSH_TWICE))
		free_twice(part, guard, p);
	if (unlikely(pushed == PUSH_EVENT))
		free_event(part, p);
	context_leave(part, guard);
}

void mica_free(void *p)
{
	if (CONTEXT_IS_SOLO)
		solo_free(p);
	else
		free_shared(p);
}
