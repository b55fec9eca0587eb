/* SPDX-License-Identifier: MIT */
/*
 * Fresh blocks in random order, from MICA_HARDEN 2 on: who knows where one
 * block lies does not know where the next one will.
 */
#ifndef MICA_CORE_SHUFFLE_H
#define MICA_CORE_SHUFFLE_H

#include "fence.h"

/*
 * Link @n fresh blocks of @bytes from @at on, each order as likely: every
 * block changes places with one that is not linked yet. Return: the first.
 * Cost: MICA_CARVE_BLOCKS.
 */
static inline struct block *shuffle_link(uintptr_t at, size_t bytes, size_t n)
{
	uint16_t order[MICA_CARVE_BLOCKS];
	struct block *head = NULL, *block;
	size_t k, other;

	for (k = 0; k < n; k++)
		order[k] = (uint16_t)k;
	while (n) {
		other = (size_t)((uint64_t)(uint32_t)harden_random() * n >> 32);
		block = (struct block *)(at + order[other] * bytes);
		order[other] = order[--n];
		fence_fresh(block, bytes);
		block_link(block, head);
		note_hide(block, bytes);
		head = block;
	}
	return head;
}

#endif
