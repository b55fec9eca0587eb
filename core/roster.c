// SPDX-License-Identifier: MIT
/* The roster of regions by their largest run; roster.h has the theory. */
#include "roster.h"

#define ROSTER_BITS (sizeof(uintptr_t) * 8)
#define ROSTER_WORDS ((NR_REGIONS + ROSTER_BITS - 1) / ROSTER_BITS)
#define ROSTER_SUMMARY ((ROSTER_WORDS + ROSTER_BITS - 1) / ROSTER_BITS)

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

static uintptr_t roster[INDEX_LISTS][ROSTER_WORDS];
static uintptr_t summary[INDEX_LISTS][ROSTER_SUMMARY];
static uintptr_t population[INDEX_LISTS];	/* regions on each list */
static uintptr_t newest[INDEX_LISTS];		/* who joined last */

static void roster_set(unsigned int list, size_t number)
{
	size_t w = number / ROSTER_BITS;

	store_relaxed(&newest[list], number);
	atomic_add(&population[list], 1);
	atomic_or(&roster[list][w], (uintptr_t)1 << number % ROSTER_BITS);
	atomic_or(&summary[list][w / ROSTER_BITS],
		  (uintptr_t)1 << w % ROSTER_BITS);
}

/* The summary bit goes last; if another came meanwhile, it comes back. */
static void roster_clear(unsigned int list, size_t number)
{
	uintptr_t bit = (uintptr_t)1 << number % ROSTER_BITS, mask;
	size_t w = number / ROSTER_BITS;

	atomic_add(&population[list], ~(uintptr_t)0);
	if (atomic_and(&roster[list][w], ~bit) != bit)
		return;
	mask = (uintptr_t)1 << w % ROSTER_BITS;
	atomic_and(&summary[list][w / ROSTER_BITS], ~mask);
	if (load_seq(&roster[list][w]))
		atomic_or(&summary[list][w / ROSTER_BITS], mask);
}

void roster_update(struct region *region)
{
	unsigned int told = region->told, now = runs_top(&region->runs);

	if (region_heap(region))	/* a heap's own is on no list */
		return;

	if (likely(told == now))
		return;
	if (now)
		roster_set(now, region->number);
	if (told)
		roster_clear(told, region->number);
	region->told = (uint8_t)now;
}

void roster_remove(struct region *region)
{
	if (region->told)
		roster_clear(region->told, region->number);
	region->told = 0;
}

/* The first set bit from @from on, in @words words; or past the end. */
static size_t bit_from(const uintptr_t *words, size_t nr, size_t from)
{
	size_t w = from / ROSTER_BITS;
	uintptr_t bits;

	if (w >= nr)
		return nr * ROSTER_BITS;
	bits = load_relaxed(&words[w]) & ~(uintptr_t)0 << from % ROSTER_BITS;
	while (!bits) {
		if (++w == nr)
			return nr * ROSTER_BITS;
		bits = load_relaxed(&words[w]);
	}
	return w * ROSTER_BITS + bit_lowest(bits);
}

size_t roster_next(unsigned int list, size_t from)
{
	size_t w = from / ROSTER_BITS, at;

	if (!load_relaxed(&population[list]))
		return NR_REGIONS;
	if (w < ROSTER_WORDS) {
		at = bit_from(&roster[list][w], 1, from % ROSTER_BITS);
		if (at < ROSTER_BITS)
			return w * ROSTER_BITS + at;
	}
	w = bit_from(summary[list], ROSTER_SUMMARY, w + 1);
	if (w >= ROSTER_WORDS)
		return NR_REGIONS;
	at = bit_from(&roster[list][w], 1, 0);
	return at < ROSTER_BITS ? w * ROSTER_BITS + at : NR_REGIONS;
}

size_t roster_newest(unsigned int list)
{
	return load_relaxed(&newest[list]);
}

#else

void roster_update(struct region *region)
{
	(void)region;
}

void roster_remove(struct region *region)
{
	(void)region;
}

size_t roster_newest(unsigned int list)
{
	(void)list;
	return 0;
}

/* Every region is on every list. */
size_t roster_next(unsigned int list, size_t from)
{
	(void)list;
	return from < load_acquire(&mica_nr_regions) ? from : NR_REGIONS;
}

#endif
