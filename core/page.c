// SPDX-License-Identifier: MIT
/* Pages: blocks of one class; page.h has the theory. */
#include "geometry.h"

#if !CONTEXT_IS_SOLO

#include "page.h"
#include "abandon.h"
#include "heap.h"
#include "own.h"
#include "owned.h"
#include "purge.h"
#include "rare.h"
#include "settle.h"
#include "shuffle.h"

/* Where the owner's free pushes from now on. */
static void page_push_to(struct mica_part *part, struct page *page,
			 struct list *list)
{
	page->list = list;
	own_set(part, page);
}

/*
 * The queue of a class: pages known to have free blocks. First in, first
 * out, so that others' frees have time to gather on a page.
 */

void page_enqueue(struct mica_part *part, struct page *page)
{
	struct page **head = &part->queue[page->class];

	page_set_flag(page, PAGE_QUEUED, true);
	if (!*head) {
		*head = page->next = page->prev = page;
		return;
	}
	page->next = *head;
	page->prev = (*head)->prev;
	page->prev->next = page;
	page->next->prev = page;
}

void page_dequeue(struct mica_part *part, struct page *page)
{
	struct page **head = &part->queue[page->class];

	page->next->prev = page->prev;
	page->prev->next = page->next;
	if (*head == page)
		*head = page->next == page ? NULL : page->next;
	page_set_flag(page, PAGE_QUEUED, false);
}

/* ---- current ----------------------------------------------------------------------- */

/* The page gives its free blocks to the class's list. It is on no queue. */
static void page_make_current(struct mica_part *part, struct page *page)
{
	struct list *list = &part->list[page->class];

	list->head = page->local.head;
	list->used = page->local.used + PAGE_HOLD;
	page->local.head = NULL;
	part->current[page->class] = page;
	page_push_to(part, page, list);
	count_in(part, refills, 1);
}

/* The reverse: the class's list is given back. The page is nowhere then. */
static void page_unmake_current(struct mica_part *part, struct page *page)
{
	struct list *list = &part->list[page->class];

	page->local.head = list->head;
	page->local.used = list->used - PAGE_HOLD;
	list->head = NULL;
	list->used = 0;
	part->current[page->class] = NULL;
	page_push_to(part, page, &page->local);
}

/* It has no free block: from now on the owner's first free is an event. */
static void page_set_full(struct page *page)
{
	page_set_flag(page, PAGE_FULL, true);
	page->local.used = 1;
}

void page_put_current(struct mica_part *part, unsigned int class)
{
	struct page *page = part->current[class];

	if (!page)
		return;
	page_unmake_current(part, page);
	if (!page->local.head && page->carved == page->capacity &&
	    remote_set_full(page))
		page_set_full(page);
	else
		page_enqueue(part, page);
}

/* ---- filling the list of the current page --------------------------------------------- */

/*
 * Link a batch of fresh blocks, @most or fewer, into the class's list, which
 * is dry.
 */
static __fast_inline void page_carve(struct mica_part *part, struct page *page,
				     size_t most)
{
	size_t bytes = class_bytes(page->class), k, n;
	uintptr_t at = page_start(page) + bytes * page->carved;

	n = MIN_OF((size_t)(page->capacity - page->carved), most);
	if (most == 1)
		n = 1;
	while (n > 1 && n * bytes > MICA_CARVE_BYTES)
		n /= 2;
	page_set_carved(page, page->carved + n);
	count_in(part, carves, 1);
	if (HARDEN_BLOCKS && page_level(page) >= 2) {
		page->list->head = shuffle_link(at, bytes, n);
		return;
	}
	page->list->head = (struct block *)at;
	for (k = 1; k < n; k++, at += bytes)
		block_link((struct block *)at, (struct block *)(at + bytes));
	block_link((struct block *)at, NULL);
}

/* The current page's list is dry. Return: it has blocks again. */
static bool page_fill(struct mica_part *part, struct page *page)
{
	uint32_t count;

	if (remote_count(load_relaxed(&page->remote))) {
		page->list->head = remote_take(page, &count);
		page->list->used -= count;
		page_count_taken(part, count);
		return true;
	}
	if (page->carved == page->capacity)
		return false;
	page_carve(part, page, PREFER_SMALL ? 1 : MICA_CARVE_BLOCKS);
	return true;
}

/* Fill the class's current page, or find that it is full. */
static bool page_fill_or_leave(struct mica_part *part, struct page *page)
{
	if (page_fill(part, page))
		return true;
	if (!remote_set_full(page) && page_fill(part, page))
		return true;			/* a remote free just came */
	page_unmake_current(part, page);
	page_set_full(page);
	return false;
}

struct block *page_refill(struct mica_part *part, unsigned int class)
{
	struct page *page = part->current[class];

	if (page && page_fill_or_leave(part, page))
		return list_pop(&part->list[class]);
	page_settle_listed(part);
	page = part->queue[class];
	if (CONTEXT_ENDS && !page && !part_heap(part) && page_claim(part, class))
		page = part->queue[class];
	if (!page)
		return NULL;
	page_dequeue(part, page);
	page_make_current(part, page);
	if (!part->list[class].head && !page_fill_or_leave(part, page))
		return NULL;
	return list_pop(&part->list[class]);
}

struct block *page_fallback(struct mica_part *part, unsigned int class)
{
	struct block *block;

	while (++class < NR_CLASSES) {
		if (!class_has_block(part, class))
			continue;
		block = list_pop(&part->list[class]);
		if (!block)
			block = page_refill(part, class);
		if (block)
			return block;
	}
	return NULL;
}

/* ---- opening and releasing ------------------------------------------------------------- */

enum space_result page_open(struct mica_part *part, unsigned int class)
{
	unsigned int slices = class_page_slices(class);
	struct run_want want = {
		.slices = slices,
		.align = LAYOUT_IS_TABLE ? 1 : slices,
	};
	enum space_result result;
	struct space_run run;
	struct page *page;

	if (!part_charge(part, slices + RUN_SLACK))
		return SPACE_QUOTA;
	result = heap_take(part_heap(part), &want, &run);
	part_refund(part, result != SPACE_OK ? slices + RUN_SLACK :
		    slices + RUN_SLACK - run_slices(&run.region->runs, run.i));
	if (result != SPACE_OK)
		return result;
	page = page_header(&run.region->runs, run.i);
	page->local.head = NULL;
	page->local.used = 0;
	store_relaxed(&page->part, (uintptr_t)part);
	store_relaxed(&page->remote, REMOTE_OWNED);
	page->capacity = (uint16_t)(page_space(slices) / class_bytes(class));
	page_set_class(page, class);
	page_set_level(page, heap_level(part_heap(part)));
	rare_note_page(0, class, 1);
	page_set_carved(page, 0);
	page->flags = 0;
	page_make_current(part, page);
	page_publish(&run.region->runs, run.i);
	page_carve(part, page, MICA_CARVE_BLOCKS);
	part_count_page(part);
	part_count_owned(part, 1);
	count_in(part, pages_opened, 1);
	return SPACE_OK;
}

void page_release(struct mica_part *part, struct page *page)
{
	struct runs *r = page_runs(page);
	slice_t i = page_run(page);

	own_forget(part, page);
	count_in(part, remote_frees, page_nr_remote(page));
	count_in(part, pages_retired, 1);
	page_unpublish(r, i);
	part_refund(part, run_slices(r, i));
	rare_note_page(0, page->class, -1);
	part->pages -= part->pages != 0;
	part_count_owned(part, -1);
	space_give(region_of_runs(r), i);
}

static bool page_may_go(struct page *page)
{
	return page_is_empty(page) &&
	       remote_state(load_relaxed(&page->remote)) != REMOTE_LISTED;
}

void page_collect(struct mica_part *part, struct page *page)
{
	if (!page_may_go(page))
		return;
	page_dequeue(part, page);
	page_release(part, page);
}

bool page_trim(struct mica_part *part, unsigned int class)
{
	struct page *page = part->current[class];

	if (page && page_may_go(page)) {
		page_unmake_current(part, page);
	} else {
		page = part->queue[class];
		if (!page || !page_may_go(page))
			return false;
		page_dequeue(part, page);
	}
	page_release(part, page);
	return true;
}

/* ---- events of the owner's free ----------------------------------------------------------- */

/* A full page got a block back: it has a place on the queue again. */
void page_unfull(struct mica_part *part, struct page *page)
{
	page_set_flag(page, PAGE_FULL, false);
	page->local.used = page->carved - 1u;
	remote_change(page, REMOTE_FULL, REMOTE_OWNED);
	page_enqueue(part, page);
	count_in(part, pages_queued, 1);
}

void page_withdraw(struct mica_part *part, struct page *page)
{
	if (page_is_current(page))
		page_unmake_current(part, page);
	else
		page_dequeue(part, page);
}

/*
 * The page is empty. The table layout keeps one such page a class, the tag
 * layout one of a class that is not rare; page_trim() takes it if need be.
 */
void page_event(struct mica_part *part, struct page *page)
{
	unsigned int class = page->class;

	if (page->flags & PAGE_FULL) {
		page_unfull(part, page);
		return;
	}
	if (remote_state(load_relaxed(&page->remote)) == REMOTE_LISTED)
		return;
	if (page_is_current(page)) {
		if (!class_was_rare(class))
			return;
		page_unmake_current(part, page);
	} else {
		if (LAYOUT_IS_TABLE && page->next == page && !part->idle)
			return;
		page_dequeue(part, page);
	}
	page_release(part, page);
}

/* A current page has no event when it is empty, but a queued one has. */
static void class_let_go(struct mica_part *part, unsigned int class)
{
	struct page *page = part->current[class];

	page_put_current(part, class);
	if (!page || !page_may_go(page))
		page = part->queue[class];
	if (!page || !page_may_go(page))
		return;
	page_dequeue(part, page);
	page_release(part, page);
}

/*
 * A free is a trip, too, if it had an event: perhaps nobody comes later.
 * Once most is free, and until this context opens a page again, what classes keep
 * is looked at in turn, and no other is kept. There is no guard that a provider
 * would be called in.
 */
void page_events_done(struct mica_part *part)
{
	unsigned int n;

	if (unlikely(part_fell(part) || purge_is_idle()))
		part->idle = 1;
	for (n = 0; n < PURGE_TRIMS && unlikely(part->idle); n++)
		class_let_go(part, part->trim++ % NR_CLASSES);
	purge_count(part);
}

#endif
