/* SPDX-License-Identifier: MIT */
/*
 * Held runs: cut from free ones, given back whole or from the front.
 *
 * The region's lock is held by who calls, or nobody else has the run. Tag
 * layout; bank.h has the theory.
 */
#ifndef MICA_CORE_HELD_H
#define MICA_CORE_HELD_H

#include "region.h"

/* The head of a held run, before its first granule: a link of the ring. */
struct bank {
	struct bank *next, *prev;
};

#define BANK_HEAD_BYTES \
	((sizeof(struct bank) + MICA_GRANULE - 1) & ~(MICA_GRANULE - 1))

static inline slice_t bank_run(struct region *region, const struct bank *bank)
{
	return run_at(&region->runs, (uintptr_t)bank);
}

/* Its provider's; a small one would make many held runs of few bytes. */
size_t bank_granule(const struct region *region) __internal;

/* Can there be a held run in it at all? */
bool region_can_sleep(const struct region *region) __internal;

/* The whole granules in run @i of @n slices that leave room for what stays. */
struct mica_span bank_span(struct region *region, slice_t i,
			   slice_t n) __internal;

/*
 * Free run @i becomes a held run of the whole granules in it; what is left at
 * its ends stays free. Return: its head; NULL: there is no granule in it.
 */
struct bank *bank_carve(struct region *region, slice_t i) __internal;

/* A held run becomes a free one; its memory is there. */
void bank_give(struct region *region, const struct bank *bank) __internal;

/*
 * The same for what lies before its granule at @to. Return: the head of what
 * is still held.
 */
struct bank *bank_give_front(struct region *region, const struct bank *bank,
			     uintptr_t to) __internal;

#endif
