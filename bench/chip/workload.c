/* SPDX-License-Identifier: MIT */
/* The workloads that workload.h defines, over bags of live blocks. */
#include <stdbool.h>
#include "workload.h"

/*
 * Live blocks. Freed is either always a random one (the last takes the
 * hole; head stays 0) or always the oldest (head moves on).
 */
struct bag {
	void *block[WORKLOAD_BLOCKS_MAX];
	uint16_t size[WORKLOAD_BLOCKS_MAX];
	size_t head;
	size_t count;
	size_t bytes;
};

static struct bag bags[3];

const struct range workload_ranges[RANGES] = {
	{ "small", 8, 63 },
	{ "mixed", 8, 511 },
	{ "packets", 64, 1535 },
};

static void bag_init(struct bag *bag)
{
	bag->head = 0;
	bag->count = 0;
	bag->bytes = 0;
}

static bool bag_take(struct bag *bag, struct workload *work, size_t size)
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

static void bag_give_random(struct bag *bag, struct workload *work)
{
	size_t at = random_below(&work->random, (uint32_t)bag->count);
	void *p = bag->block[at];

	bag->bytes -= bag->size[at];
	bag->count--;
	bag->block[at] = bag->block[bag->count];
	bag->size[at] = bag->size[bag->count];
	work->allocator->give(p);
}

static void bag_give_oldest(struct bag *bag, struct workload *work)
{
	size_t at = bag->head;

	bag->bytes -= bag->size[at];
	bag->count--;
	bag->head = (at + 1) % WORKLOAD_BLOCKS_MAX;
	work->allocator->give(bag->block[at]);
}

static void bag_drain(struct bag *bag, struct workload *work)
{
	while (bag->count)
		bag_give_random(bag, work);
}

size_t workload_fill(struct workload *work, const struct range *range)
{
	struct bag *bag = &bags[0];

	bag_init(bag);
	for (uint32_t step = 0;; step++) {
		uint32_t size = random_log(&work->random, range->least,
					   range->most);

		if (step % 3 == 2)
			bag_give_random(bag, work);
		else if (!bag_take(bag, work, size))
			return bag->bytes;
	}
}

static uint32_t level_hold(struct workload *work, const struct range *range,
			   size_t level, uint32_t steps)
{
	struct bag *bag = &bags[0];
	uint32_t failed = 0;

	bag_init(bag);
	while (steps--) {
		uint32_t size = random_log(&work->random, range->least,
					   range->most);

		while (bag->bytes + size > level)
			bag_give_random(bag, work);
		failed += !bag_take(bag, work, size);
	}
	return failed;
}

uint32_t workload_hold(struct workload *work, const struct range *range)
{
	return level_hold(work, range, work->arena / 4 * 3, 500000);
}

uint32_t workload_mixed(struct workload *work)
{
	return level_hold(work, &workload_ranges[1], work->arena * 7 / 10,
			  WORKLOAD_STEPS);
}

static bool iot_node(struct workload *work)
{
	uint32_t size = random_between(&work->random, 16, 64);

	while (bags[0].bytes + size > work->arena * 45 / 100)
		bag_give_random(&bags[0], work);
	return bag_take(&bags[0], work, size);
}

static bool iot_packet(struct workload *work)
{
	uint32_t size = random_between(&work->random, 128, 256);

	while (bags[1].bytes + size > work->arena * 15 / 100)
		bag_give_oldest(&bags[1], work);
	return bag_take(&bags[1], work, size);
}

static bool iot_buffer(struct workload *work)
{
	if (bags[2].bytes + 1024 > work->arena / 16)
		bag_give_random(&bags[2], work);
	return bag_take(&bags[2], work, 1024);
}

uint32_t workload_iot(struct workload *work)
{
	uint32_t failed = 0;

	for (int i = 0; i < 3; i++)
		bag_init(&bags[i]);
	for (uint32_t step = 0; step < WORKLOAD_STEPS; step++) {
		uint32_t dice = random_below(&work->random, 100);

		if (dice < 60)
			failed += !iot_node(work);
		else if (dice < 95)
			failed += !iot_packet(work);
		else
			failed += !iot_buffer(work);
	}
	return failed;
}

/* Every second block goes; the others close up. */
static void bag_thin(struct bag *bag, struct workload *work)
{
	size_t kept = 0;

	for (size_t i = 0; i < bag->count; i++) {
		if (i & 1)
			work->allocator->give(bag->block[i]);
		else
			bag->block[kept++] = bag->block[i];
	}
	bag->count = kept;
}

static uint32_t probe(struct workload *work, size_t size)
{
	void *p = work->allocator->take(size);

	if (!p)
		return 1;
	work->allocator->give(p);
	return 0;
}

uint32_t workload_adversarial(struct workload *work)
{
	struct bag *thin = &bags[0], *thick = &bags[1];
	uint32_t failed = 3;	/* each fill ends with one */

	bag_init(thin);
	bag_init(thick);
	while (bag_take(thin, work, 8))
		;
	bag_thin(thin, work);
	for (size_t size = 16; size <= 2048; size += 8)
		failed += probe(work, size);
	for (size_t size = 4096; size <= work->arena; size *= 2)
		failed += probe(work, size);
	bag_drain(thin, work);

	while (bag_take(thin, work, 16) && bag_take(thick, work, 200))
		;
	bag_drain(thick, work);
	while (bag_take(thick, work, 208))
		;
	bag_drain(thin, work);
	bag_drain(thick, work);
	return failed;
}
