/* SPDX-License-Identifier: MIT */
/* Bags of live blocks; bag.h says what each function does. */
#include "bag.h"

void bag_init(struct bag *bag)
{
	bag->head = 0;
	bag->count = 0;
	bag->bytes = 0;
}

bool bag_take(struct bag *bag, struct workload *work, size_t size)
{
	size_t at = (bag->head + bag->count) % WORKLOAD_BLOCKS_MAX;
	void *p = work->allocator->take(size);

	if (!p)
		return false;
	bag->block[at] = p;
	bag->size[at] = (uint16_t)size;
	bag->bytes += size;
	bag->count++;
	return true;
}

void bag_give_random(struct bag *bag, struct workload *work)
{
	size_t at = random_below(&work->random, (uint32_t)bag->count);
	void *p = bag->block[at];

	bag->bytes -= bag->size[at];
	bag->count--;
	bag->block[at] = bag->block[bag->count];
	bag->size[at] = bag->size[bag->count];
	work->allocator->give(p);
}

void bag_give_oldest(struct bag *bag, struct workload *work)
{
	size_t at = bag->head;

	bag->bytes -= bag->size[at];
	bag->count--;
	bag->head = (at + 1) % WORKLOAD_BLOCKS_MAX;
	work->allocator->give(bag->block[at]);
}

uint32_t bag_change(struct bag *bag, struct workload *work, size_t size)
{
	size_t at;
	void *p;

	if (!work->allocator->change || !bag->count)
		return 0;
	at = random_below(&work->random, (uint32_t)bag->count);
	p = work->allocator->change(bag->block[at], size);
	if (!p)
		return 1;
	bag->block[at] = p;
	bag->bytes += size - bag->size[at];
	bag->size[at] = (uint16_t)size;
	return 0;
}

void bag_drain(struct bag *bag, struct workload *work)
{
	while (bag->count)
		bag_give_random(bag, work);
}

void bag_thin(struct bag *bag, struct workload *work)
{
	size_t kept = 0;

	for (size_t i = 0; i < bag->count; i++) {
		if (i & 1) {
			bag->bytes -= bag->size[i];
			work->allocator->give(bag->block[i]);
		} else {
			bag->size[kept] = bag->size[i];
			bag->block[kept++] = bag->block[i];
		}
	}
	bag->count = kept;
}
