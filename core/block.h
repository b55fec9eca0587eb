/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a free block: one link. Nothing else of the core reads or
 * writes inside a block of a page, so that encoding and canaries have one
 * place to go.
 *
 * struct list is what malloc pops and free pushes: the free blocks, and
 * beside them how many blocks are used: frees until the page has an event
 * (see page.h). Popping and pushing touch one cache line of metadata.
 */
#ifndef MICA_CORE_BLOCK_H
#define MICA_CORE_BLOCK_H

#include "compiler.h"

struct block {
	struct block *next;
};

struct list {
	struct block *head;
	uint32_t used;
};

static __always_inline struct block *list_pop(struct list *list)
{
	struct block *block = list->head;

	if (likely(block)) {
		list->head = block->next;
		list->used++;
	}
	return block;
}

enum list_push {
	PUSH_DONE,
	PUSH_EVENT,	/* the last used block came back */
	PUSH_TWICE,	/* the block is the list's head: freed twice */
};

static __always_inline enum list_push list_push(struct list *list,
						struct block *block)
{
	struct block *head = list->head;

	if (unlikely(head == block))
		return PUSH_TWICE;
	block->next = head;
	list->head = block;
	return unlikely(--list->used == 0) ? PUSH_EVENT : PUSH_DONE;
}

#endif
