/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a free block: one link. Nothing else of the core reads or
 * writes a link, so that encoding has one place.
 *
 * From MICA_HARDEN 2 on a link is encoded: with a random word and the place
 * where it lies, and rotated by a byte, so that the first byte of the memory
 * becomes the highest of the address: whatever is written there by whom does
 * not know the word leads out of the page, which the pop sees.
 *
 * struct list is what malloc pops and free pushes: the free blocks, and
 * beside them how many blocks are used: frees until the page has an event
 * (see page.h). Popping and pushing touch one cache line of metadata.
 */
#ifndef MICA_CORE_BLOCK_H
#define MICA_CORE_BLOCK_H

#include "harden.h"
#include "note.h"

struct block {
	struct block *next;	/* for block_next() and block_link() alone */
};

struct list {
	struct block *head;
	uint32_t used;
};

static NOTE_QUIETLY struct block *block_next(const struct block *block)
{
	struct block *next;
	uintptr_t link;

	note_hush();
	next = block->next;
	note_talk();
	link = (uintptr_t)next;
	if (!HARDEN_BLOCKS)
		return next;
	return (struct block *)(rotate_right(link, 8) ^ harden_mask(block));
}

static NOTE_QUIETLY void block_link(struct block *block, struct block *next)
{
	uintptr_t link = (uintptr_t)next ^ harden_mask(block);

	note_hush();
	block->next = HARDEN_BLOCKS ? (struct block *)
		rotate_right(link, sizeof(link) * 8 - 8) : next;
	note_talk();
}

/* Do both lie in one page? Only what the shortest way cannot tell. */
bool blocks_share_page(const struct block *a, const struct block *b) __internal;

/* May @next follow @block in a list of its page? */
static __always_inline bool block_may_precede(const struct block *block,
					      const struct block *next)
{
	uintptr_t differ = (uintptr_t)block ^ (uintptr_t)next;

	return likely(!(differ & ~(PAGE_BYTES - MICA_GRANULE))) || !next ||
	       (LAYOUT_IS_TABLE && blocks_share_page(block, next));
}

/*
 * The link of @block, which is being popped, leads nowhere: note it for
 * harden_tell(), who is outside the guard. What the list had is out of use.
 * Return: what *@used, which counts the pop, is to be from now on.
 */
__cold uint32_t block_is_broken(const struct block *block) __internal;

/* What follows @block in a list of its page; *@used: blocks not in the list. */
static __always_inline struct block *block_follow(const struct block *block,
						  uint32_t *used)
{
	struct block *next = block_next(block);

	if (!HARDEN_BLOCKS || likely(block_may_precede(block, next)))
		return next;
	*used = block_is_broken(block);
	return NULL;
}

/*
 * What follows @block, a list's first, where pages are of one size: false, it is
 * to be looked at by block_follow(). No call, and nothing is changed.
 */
static __always_inline bool block_follow_soon(const struct block *block,
					      struct block **next)
{
	uintptr_t differ;

	*next = block_next(block);
	differ = (uintptr_t)block ^ (uintptr_t)*next;
	return likely(!(differ & ~(PAGE_BYTES - MICA_GRANULE))) || !*next;
}

static __always_inline struct block *list_pop_soon(struct list *list)
{
	struct block *block = list->head, *next;

	if (unlikely(!block) || unlikely(!block_follow_soon(block, &next)))
		return NULL;
	list->used++;
	list->head = next;
	return block;
}

static __always_inline struct block *list_pop(struct list *list)
{
	struct block *block = list->head;

	if (likely(block)) {
		list->used++;
		list->head = block_follow(block, &list->used);
	}
	return block;
}

enum list_push {
	PUSH_DONE,
	PUSH_EVENT,	/* the last used block came back */
	PUSH_TWICE,	/* the block is the list's head: freed twice */
};

/* A block that is known not to be there. Return: has the page an event? */
static __always_inline bool list_push_sound(struct list *list,
					    struct block *block)
{
	block_link(block, list->head);
	list->head = block;
	return unlikely(--list->used == 0);
}

static __always_inline enum list_push list_push(struct list *list,
						struct block *block)
{
	struct block *head = list->head;

	if (unlikely(head == block))
		return PUSH_TWICE;
	return list_push_sound(list, block) ? PUSH_EVENT : PUSH_DONE;
}

#endif
