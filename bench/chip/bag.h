/* SPDX-License-Identifier: MIT */
/* The live blocks of a workload. */
#ifndef CHIP_BAG_H
#define CHIP_BAG_H

#include <stdbool.h>
#include "workload.h"

/*
 * Freed is either always a random block (the last takes the hole; head stays
 * 0) or always the oldest (head moves on).
 */
struct bag {
	void *block[WORKLOAD_BLOCKS_MAX];
	uint16_t size[WORKLOAD_BLOCKS_MAX];
	size_t head;
	size_t count;
	size_t bytes;
};

/** bag_init() - nothing in it */
void bag_init(struct bag *bag);

/** bag_take() - one block more; Return: was there memory for it? */
bool bag_take(struct bag *bag, struct workload *work, size_t size);

/** bag_give_random() - free any of them */
void bag_give_random(struct bag *bag, struct workload *work);

/** bag_give_oldest() - free the one that was taken first */
void bag_give_oldest(struct bag *bag, struct workload *work);

/**
 * bag_change() - realloc any of them, where this run counts realloc
 *
 * Return: how many failed, 0 or 1; the block is then as it was.
 */
uint32_t bag_change(struct bag *bag, struct workload *work, size_t size);

/** bag_drain() - free all, in random order */
void bag_drain(struct bag *bag, struct workload *work);

/** bag_thin() - free every second block; the others close up */
void bag_thin(struct bag *bag, struct workload *work);

#endif
