// SPDX-License-Identifier: MIT
/* A look at one area; look.h has the theory. */
#include <mica/mica.h>
#include "context.h"
#include "large.h"
#include "look.h"

/* What frames a page's lists; one and the same before and after a look. */
struct frame {
	const struct block *head;
	uintptr_t word;			/* remote; 0 where there is none */
	size_t used;
	size_t carved;
	bool sound;			/* it is one at all */
};

#if CONTEXT_IS_SOLO

static void frame_take(struct frame *f, struct page *page)
{
	f->head = page_free_list(page);
	f->word = 0;
	f->used = page_used(page);
	f->carved = page_carved(page);
	f->sound = true;
}

static const struct block *frame_remote(const struct frame *f, struct page *page)
{
	(void)f, (void)page;
	return NULL;
}

/* On one core, inside the guard, all stands still. */
static bool page_stands(const struct page *page, struct mica_part *self)
{
	(void)page, (void)self;
	return true;
}

static bool look_abandoned(const struct frame *f, const struct page *page)
{
	(void)f, (void)page;
	return false;
}

static size_t frame_live(const struct frame *f)
{
	return f->used;
}

#else

/*
 * A page that is just being opened has whatever lay there in its header, and
 * one that moves has some of either place: no pointer is followed before it is
 * known to lead to the page itself or to a part. Parts are never unmapped.
 */
static const struct list *frame_list(struct page *page)
{
	const struct list *list = load_relaxed(&page->list);
	const struct mica_part *part = page_owner(page);

	if (list == &page->local || (part && part_exists(part) &&
				     list == &part->list[page->class]))
		return list;
	return NULL;
}

static void frame_take(struct frame *f, struct page *page)
{
	const struct list *list = frame_list(page);

	f->word = load_acquire(&page->remote);
	f->carved = load_relaxed(&page->carved);
	f->sound = list && f->carved * class_bytes(page->class) <=
			   page_space(class_page_slices(page->class));
	if (!f->sound)
		return;
	f->head = load_relaxed(&list->head);
	f->used = load_relaxed(&list->used);
	if (list != &page->local)
		f->used -= PAGE_HOLD;
	else if (page_is_full(page))
		f->used = f->carved;
}

static const struct block *frame_remote(const struct frame *f, struct page *page)
{
	return remote_block(page_start(page), f->word);
}

#if HEAPS_SHARED
/* A context leaves its parts of other heaps whole: their pages are theirs still. */
static bool look_is_left(const struct page *page)
{
	const struct mica_part *part = page_owner(page);

	return part && part_exists(part) && part_is_nobodys(part);
}
#else
static bool look_is_left(const struct page *page)
{
	(void)page;
	return false;
}
#endif

static bool look_abandoned(const struct frame *f, const struct page *page)
{
	return remote_state(f->word) == REMOTE_ABANDONED || look_is_left(page);
}

/* Nobody takes from it: it is the caller's, or nobody's. */
static bool page_stands(const struct page *page, struct mica_part *self)
{
	return page_is_abandoned(page) || page_owner(page) == self ||
	       (HEAPS_SHARED && self && page_owner(page) &&
		part_is_beside(self, page_owner(page)));
}

static size_t frame_live(const struct frame *f)
{
	size_t remote = remote_count(f->word);

	return f->used > remote ? f->used - remote : 0;
}

#endif

static bool frame_same(const struct frame *a, const struct frame *b)
{
	return a->head == b->head && a->word == b->word && a->used == b->used &&
	       a->carved == b->carved;
}

static bool block_may_be(const struct look *look, const struct block *block)
{
	uintptr_t offset = (uintptr_t)block - (uintptr_t)look->area.start;

	return offset < look->area.blocks * look->area.block_bytes &&
	       (CONTEXT_IS_SOLO || offset % look->area.block_bytes == 0);
}

/* Mark the blocks of a list. Return: how many; stops at what cannot be. */
static size_t look_mark(struct look *look, const struct block *block)
{
	size_t n = 0, k;

	for (; block && block_may_be(look, block); block = block_next(block), n++) {
		if (look_is_free(look, (uintptr_t)block))
			break;
		k = look_bit(look, (uintptr_t)block);
		look->free[k / 32] |= (uint32_t)1 << k % 32;
	}
	return n;
}

/* One try. Return: everything adds up, and nothing has moved. */
static bool look_try(struct look *look, struct page *page)
{
	struct frame before, after;
	size_t found;

	__builtin_memset(look->free, 0, sizeof(look->free));
	look->area.blocks = look->area.used = 0;
	frame_take(&before, page);
	if (!before.sound)
		return false;
	look->area.blocks = before.carved;
	look->area.is_abandoned = look_abandoned(&before, page);
	look->area.used = frame_live(&before);
	found = look_mark(look, before.head);
	found += look_mark(look, frame_remote(&before, page));
	frame_take(&after, page);
	return after.sound && frame_same(&before, &after) &&
	       found + look->area.used == before.carved;
}

#if HEAPS_SOLO

static void look_page_heap(struct look *look, const struct page *page)
{
	look->area.heap = heap_or_main(heap_at(page->heap));
}

#elif MICA_HEAPS

static void look_page_heap(struct look *look, const struct page *page)
{
	const struct mica_part *owner = page_owner(page);

	look->area.heap = heap_or_main(owner && part_exists(owner) ?
				       part_heap(owner) : NULL);
}

#else

static void look_page_heap(struct look *look, const struct page *page)
{
	(void)look, (void)page;
}

#endif

#if MICA_HEAPS

static void look_run_heap(struct look *look, const struct runs *r, slice_t i)
{
	look->area.heap = heap_or_main(heap_at(run_heap(r, i)));
}

#else

static void look_run_heap(struct look *look, const struct runs *r, slice_t i)
{
	(void)look, (void)r, (void)i;
}

#endif

void look_at_page(struct look *look, struct mica_part *self,
		  struct region *region, slice_t i, struct page *page)
{
	struct runs *r = &region->runs;
	unsigned int tries = 0;
	bool stands;

	look->next = run_address(r, i) +
		     ((uintptr_t)run_slices(r, i) << MICA_SLICE_SHIFT);
	look->area.is_page = true;
	look->area.start = (void *)page_start(page);
	look->area.bytes = page_space(class_page_slices(page->class));
	look->area.block_bytes = class_bytes(page->class);
	look->area.is_abandoned = look->area.settled = false;
	look->area.blocks = look->area.used = 0;
	look_page_heap(look, page);
	do {
		stands = page_stands(page, self);
		look->area.settled = look_try(look, page) && stands;
	} while (!look->area.settled && !CONTEXT_IS_SOLO && !stands &&
		 ++tries < LOOK_TRIES);
}

/*
 * Several contexts: a run of a page's size may be a page that its owner is just
 * opening or giving back.
 */
void look_at_run(struct look *look, struct region *region, slice_t i)
{
	struct runs *r = &region->runs;
	slice_t n = run_slices(r, i);

	__builtin_memset(look->free, 0, sizeof(look->free));
	look->next = run_address(r, i) + ((uintptr_t)n << MICA_SLICE_SHIFT);
	look->area.is_page = false;
	look->area.is_abandoned = false;
	look->area.settled = CONTEXT_IS_SOLO || n > PAGE_SLICES_MAX;
	look->area.start = (void *)(run_address(r, i) + run_lead(r, i));
	look->area.bytes = large_usable(region, i);
	look->area.block_bytes = look->area.bytes;
	look->area.blocks = 1;
	look->area.used = 1;
	look_run_heap(look, r, i);
}
