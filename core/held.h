/* SPDX-License-Identifier: MIT */
/*
 * Held runs: cut from free ones, given back whole or from the front.
 *
 * The region's lock is held by who calls, or nobody else has the run. Tag
 * layout; bank.h has the theory.
 */
#ifndef MICA_CORE_HELD_H
#define MICA_CORE_HELD_H

#include "part.h"
#include "space.h"

/* The head of a held run, before its first granule: a link of the ring. */
struct bank {
	struct bank *next;
	struct bank *prev;	/* NULL: on no ring */
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

/**
 * struct nap - what is about to sleep: a free run, and what is held beside it
 * @bank: the head of all of it, a held run that is on no ring
 * @slices: of it
 * @before: of these, how many at the front are a run that slept before; or 0
 * @after: where a run that slept before begins at the end; or 0
 * @span: what is to be decommitted
 */
struct nap {
	struct bank *bank;
	slice_t slices;
	slice_t before, after;
	struct mica_span span;
};

/*
 * Free run @i becomes a held run of the whole granules in it; what is left at
 * its ends stays free. It is one with the run behind it, if that is on the
 * ring, and with @before, which is on the ring and ends at @i; or NULL. So
 * the granules in which bounds lay between two held runs go, too. Ring
 * locked. Return: false, nothing changed: there is no granule in it.
 */
bool nap_begin(struct region *region, slice_t i, struct bank *before,
	       struct nap *nap) __internal;

/* As it was; but for the ring, on which the runs beside it go again. */
void nap_undo(struct region *region, const struct nap *nap) __internal;

/* A held run becomes a free one; its memory is there. */
void bank_give(struct region *region, const struct bank *bank) __internal;

/*
 * The same for what lies before its granule at @to. Return: the head of what
 * is still held.
 */
struct bank *bank_give_front(struct region *region, const struct bank *bank,
			     uintptr_t to) __internal;

/*
 * Enter a region to look for runs to hold. Waits for its lock, outside the
 * guard. Return: the part, or NULL: this came in the middle of an operation.
 */
static inline struct mica_part *held_enter(struct region *region,
					   mica_port_guard_t *guard)
{
	struct mica_part *part;
	unsigned int spins = 0;

	for (;;) {
		part = context_enter(guard);
		if (context_refused(part))
			return NULL;
		if (space_enter(region))
			return part;
		context_leave(part, *guard);
		mica_port_relax(spins++);
	}
}

static inline void held_leave(struct region *region, struct mica_part *part,
			      mica_port_guard_t guard)
{
	space_leave(region);
	context_leave(part, guard);
}

#endif
