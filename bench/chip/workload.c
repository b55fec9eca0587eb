/* SPDX-License-Identifier: MIT */
/* The workloads that workload.h defines, over bags of live blocks. */
#include "bag.h"
#include "memory.h"
#include "workload.h"

#define bags chip_bags

const struct range workload_ranges[RANGES] = {
	{ "small", 8, 63 },
	{ "mixed", 8, 511 },
	{ "packets", 64, 1535 },
};

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

/* Where realloc is counted, one request in a few changes a block instead. */
static uint32_t change_or_take(struct bag *bag, struct workload *work,
			       size_t size)
{
	if (work->allocator->change)
		return bag_change(bag, work, size);
	return !bag_take(bag, work, size);
}

/* Enough to fill any arena with sizes around @size and then go on in it. */
static uint32_t steps_for(size_t arena, size_t size)
{
	return arena / size > WORKLOAD_STEPS ? (uint32_t)(arena / size) :
					       WORKLOAD_STEPS;
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
		if (steps % WORKLOAD_CHANGE)
			failed += !bag_take(bag, work, size);
		else
			failed += change_or_take(bag, work, size);
	}
	return failed;
}

uint32_t workload_hold(struct workload *work, const struct range *range)
{
	return level_hold(work, range, work->arena / 4 * 3, 500000);
}

uint32_t workload_redraw(struct workload *work, const struct range *range)
{
	struct bag *bag = &bags[0];
	uint32_t failed = 0;

	bag_init(bag);
	for (uint32_t step = 0; step < 1000000; step++) {
		uint32_t size = random_log(&work->random, range->least,
					   range->most);

		if (bag->bytes + size <= work->arena / 4 * 3)
			failed += !bag_take(bag, work, size);
		else
			bag_give_random(bag, work);
	}
	return failed;
}

uint32_t workload_small(struct workload *work)
{
	return level_hold(work, &workload_ranges[0], work->arena / 10 * 7,
			  steps_for(work->arena, 16));
}

uint32_t workload_mixed(struct workload *work)
{
	return level_hold(work, &workload_ranges[1], work->arena / 10 * 7,
			  steps_for(work->arena, 64));
}

static bool iot_node(struct workload *work)
{
	uint32_t size = random_between(&work->random, 16, 64);

	while (bags[0].bytes + size > work->arena / 100 * 45)
		bag_give_random(&bags[0], work);
	if (size % WORKLOAD_CHANGE)
		return bag_take(&bags[0], work, size);
	return !change_or_take(&bags[0], work, size);
}

static bool iot_packet(struct workload *work)
{
	uint32_t size = random_between(&work->random, 128, 256);

	while (bags[1].bytes + size > work->arena / 100 * 15)
		bag_give_oldest(&bags[1], work);
	return bag_take(&bags[1], work, size);
}

static bool iot_buffer(struct workload *work)
{
	if (bags[2].count && bags[2].bytes + 1024 > work->arena / 16)
		bag_give_random(&bags[2], work);
	return bag_take(&bags[2], work, 1024);
}

uint32_t workload_iot(struct workload *work)
{
	uint32_t failed = 0;

	for (int i = 0; i < 3; i++)
		bag_init(&bags[i]);
	for (uint32_t step = steps_for(work->arena, 64); step; step--) {
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
	for (size_t size = 8; size <= 2048; size += 8)
		failed += bag_change(thin, work, size);
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
	for (size_t size = 8; size <= 512; size += 8)
		failed += bag_change(thick, work, size);
	bag_drain(thin, work);
	bag_drain(thick, work);
	return failed;
}
