// SPDX-License-Identifier: MIT
/*
 * Sampling by bytes.
 *
 * One counter adds up what is asked for; who brings it over the goal takes all of
 * it as the sample's weight, and draws the next goal. So the weights add up to
 * what was asked for, whoever is first. Samples that live are in a table of
 * slots, found from the address by a few looks; a slot changes hands by
 * one exchange: free, SLOT_BUSY while it is written or read, the address.
 *
 * A slot names the block's heap. Nobody else frees or takes that heap's blocks
 * when it is destroyed, so a slot that names it stays as it is; when it is
 * deleted others may be freeing them, and the name is exchanged where it lies.
 */
#include <mica/port.h>
#include "trace.h"

#if MICA_TRACE

#define SLOT_LOOKS 8u		/* slots that an address may be in */
#define SLOT_BUSY ((uintptr_t)1)

static struct slot {
	uintptr_t block;	/* 0: free */
	uintptr_t heap;		/* the block's; 0: the main one, or slot free */
	size_t size;
	size_t weight;
} sample_slots[MICA_SAMPLE_SLOTS];

const struct mica_sampler *mica_sampler_set;
static uintptr_t sample_bytes, sample_goal;
static uint32_t sample_random;

/* ---- when ------------------------------------------------------------------------ */

/* Xorshift; two who draw at once may draw the same, which does no harm. */
static uint32_t sample_draw(void)
{
	uint32_t x = load_relaxed(&sample_random);

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	store_relaxed(&sample_random, x);
	return x;
}

static void sample_next(size_t interval)
{
	uint64_t span = 2 * (uint64_t)interval - 1;

	store_relaxed(&sample_goal,
		      1 + (uintptr_t)(sample_draw() * span >> 32));
}

/* Is a request for @size bytes the sample? Return: its weight, or 0. */
static size_t sample_due(const struct mica_sampler *sampler, size_t size)
{
	uintptr_t goal = load_relaxed(&sample_goal);
	uintptr_t seen = load_relaxed(&sample_bytes), sum;

	do {
		sum = seen + size < seen ? UINTPTR_MAX : seen + size;
	} while (!atomic_cas(&sample_bytes, &seen, sum < goal ? sum : 0));
	if (sum < goal)
		return 0;
	sample_next(sampler->interval);
	return sum;
}

/* ---- the table --------------------------------------------------------------------- */

static struct slot *slot_at(uintptr_t block, unsigned int k)
{
	uint32_t hash = (uint32_t)(block >> MICA_GRANULE_SHIFT) * 0x9e3779b1u;

	return &sample_slots[((hash >> 12) + k) & (MICA_SAMPLE_SLOTS - 1)];
}

static bool slot_claim(struct slot *slot, uintptr_t from)
{
	return load_relaxed(&slot->block) == from &&
	       atomic_cas(&slot->block, &from, SLOT_BUSY);
}

static void slot_clear(struct slot *slot)
{
	store_relaxed(&slot->heap, 0);
	store_release(&slot->block, 0);
}

static bool slot_put(const struct mica_sample *sample,
		     const struct mica_heap *heap)
{
	uintptr_t block = (uintptr_t)sample->block;
	struct slot *slot;
	unsigned int k;

	for (k = 0; k < SLOT_LOOKS; k++) {
		slot = slot_at(block, k);
		if (!slot_claim(slot, 0))
			continue;
		slot->size = sample->size;
		slot->weight = sample->weight;
		store_relaxed(&slot->heap, (uintptr_t)heap);
		store_release(&slot->block, block);
		return true;
	}
	return false;
}

/* Only who frees a block takes its slot. */
static bool slot_take(struct mica_sample *sample)
{
	uintptr_t block = (uintptr_t)sample->block;
	struct slot *slot;
	unsigned int k;

	for (k = 0; k < SLOT_LOOKS; k++) {
		slot = slot_at(block, k);
		if (!slot_claim(slot, block))
			continue;
		sample->size = slot->size;
		sample->weight = slot->weight;
		slot_clear(slot);
		return true;
	}
	return false;
}

static void slots_forget(void)
{
	uintptr_t block;
	size_t k;

	for (k = 0; k < MICA_SAMPLE_SLOTS; k++) {
		block = load_relaxed(&sample_slots[k].block);
		if (block > SLOT_BUSY && slot_claim(&sample_slots[k], block))
			slot_clear(&sample_slots[k]);
	}
}

void samples_move(const struct mica_heap *heap)
{
	uintptr_t was;
	size_t k;

	for (k = 0; k < MICA_SAMPLE_SLOTS; k++) {
		was = (uintptr_t)heap;
		atomic_cas(&sample_slots[k].heap, &was, 0);
	}
}

/* ---- what happens to blocks --------------------------------------------------------- */

static void sample_gone(const struct mica_sampler *sampler, void *block)
{
	struct mica_sample sample = { .block = block, .freed = true };

	sample.kept = slot_take(&sample);
	if (sampler && sample.kept)
		sampler->sample(sampler->context, &sample);
}

static void samples_gone(const struct mica_sampler *sampler,
			 const struct mica_heap *heap)
{
	uintptr_t block;
	size_t k;

	for (k = 0; k < MICA_SAMPLE_SLOTS; k++) {
		block = load_acquire(&sample_slots[k].block);
		if (block > SLOT_BUSY && load_relaxed(&sample_slots[k].heap) ==
					 (uintptr_t)heap)
			sample_gone(sampler, (void *)block);
	}
}

static void sample_given(const struct mica_sampler *sampler,
			 const struct mica_trace_event *event)
{
	struct mica_sample sample = {
		.block = event->block, .size = event->size,
	};

	sample.weight = sample_due(sampler, event->size);
	if (!sample.weight)
		return;
	sample.kept = slot_put(&sample, event->heap);
	sampler->sample(sampler->context, &sample);
}

void sample_event(const struct mica_sampler *sampler,
		  const struct mica_trace_event *event)
{
	if (event->kind == MICA_TRACE_FREE)
		sample_gone(sampler, event->block);
	if (event->kind == MICA_TRACE_DESTROY)
		samples_gone(sampler, event->heap);
	if (event->kind == MICA_TRACE_MOVE)
		sample_gone(sampler, event->old);
	if (sampler && (event->kind == MICA_TRACE_MALLOC ||
			event->kind == MICA_TRACE_MOVE))
		sample_given(sampler, event);
}

static bool sampler_is_good(const struct mica_sampler *sampler)
{
	return sampler->sample && sampler->interval &&
	       sampler->interval <= MICA_SAMPLE_INTERVAL_MAX;
}

int mica_on_sample(const struct mica_sampler *sampler)
{
	if (sampler && !sampler_is_good(sampler))
		return MICA_ERROR_INVALID;
	store_release(&mica_sampler_set, NULL);
	slots_forget();
	if (!sampler)
		return 0;
	store_relaxed(&sample_random, (uint32_t)mica_port_random() | 1);
	store_relaxed(&sample_bytes, 0);
	sample_next(sampler->interval);
	store_release(&mica_sampler_set, sampler);
	return 0;
}

#else

int mica_on_sample(const struct mica_sampler *sampler)
{
	(void)sampler;
	return MICA_ERROR_REFUSED;
}

#endif
