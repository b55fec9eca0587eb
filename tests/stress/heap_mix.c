/* SPDX-License-Identifier: MIT */
/*
 * Heaps of one context, in any order: blocks of many sizes come, change and go
 * in all of them, through the heap, its part or as the current one, while heaps
 * begin, are deleted and are destroyed. What a heap had is where it belongs
 * afterwards: the main heap's, or gone. Invariants 3, 4, 6 and 7.
 */
#include "../api/heap.h"

#if MICA_HEAPS

#define HEAPS (MICA_HEAPS < 4 ? MICA_HEAPS : 4)
#define SLOTS (IS_TABLE ? 400u : 600u)
#define SMALL_MOST (IS_TABLE ? 64u : MICA_GRANULE)
#define SIZE_MOST (IS_TABLE ? 40000u : 300u)

struct slot {
	unsigned char *p;
	struct mica_heap *heap;
	size_t size;
	uint32_t seed;
};

static struct slot slots[SLOTS];
static struct mica_heap *heaps[HEAPS];
static struct random dice;

/* Most are small, of so few classes that these have pages; some take a run. */
static size_t draw_size(void)
{
	return random_below(&dice, 8) ? 1 + random_below(&dice, SMALL_MOST) :
					1 + random_below(&dice, SIZE_MOST);
}

static void *take(struct mica_heap *heap, size_t size)
{
	void *p;

	switch (random_below(&dice, 3)) {
	case 0:
		return mica_heap_malloc(heap, size);
	case 1:
		return mica_part_malloc(mica_heap_part(heap), size);
	default:
		mica_heap_set_current(heap);
		p = mica_malloc(size);
		mica_heap_set_current(mica_heap_main());
		return p;
	}
}

static void slot_put(struct slot *s, void *p, size_t size, struct mica_heap *heap)
{
	*s = (struct slot){ p, heap, size, random_next(&dice) };
	if (!p)
		return;
	CHECK_INV(4, mica_heap_of(p) == heap);
	CHECK(mica_usable_size(p) >= size);
	fill(p, size, s->seed);
}

static void slot_check(const struct slot *s)
{
	if (!s->p)
		return;
	CHECK_INV(7, filled(s->p, s->size, s->seed));
	CHECK_INV(4, mica_heap_of(s->p) == s->heap);
}

static void slot_resize(struct slot *s)
{
	size_t size = draw_size(), old = s->size;
	void *p = mica_heap_realloc(s->heap, s->p, size);

	if (!p)
		return;
	CHECK_INV(7, filled_before(p, size, old, s->seed));
	slot_put(s, p, size, s->heap);
}

static void step(void)
{
	struct slot *s = &slots[random_below(&dice, SLOTS)];
	unsigned int k = random_below(&dice, 2) ? 1 : random_below(&dice, HEAPS + 1);
	struct mica_heap *heap = k ? heaps[k - 1] : mica_heap_main();
	size_t size = draw_size();

	slot_check(s);
	if (s->p && !random_below(&dice, 3)) {
		slot_resize(s);
	} else if (s->p) {
		mica_free(s->p);
		s->p = NULL;
	} else {
		slot_put(s, take(heap, size), size, heap);
	}
}

static size_t nr_pages(void)
{
	struct mica_heap_stats stats;
	size_t pages = 0;

	for (unsigned int n = 0; n < HEAPS; n++)
		if (CHECK_EQ(mica_heap_stats(heaps[n], &stats), 0))
			pages += stats.pages;
	return pages;
}

/* One goes, either way, and another comes. */
static void heap_turns(void)
{
	unsigned int k = random_below(&dice, HEAPS), n;
	struct mica_heap *old = heaps[k];
	bool keep = random_below(&dice, 2);

	CHECK_EQ((keep ? mica_heap_delete : mica_heap_destroy)(old), 0);
	for (n = 0; n < SLOTS; n++) {
		if (!slots[n].p || slots[n].heap != old)
			continue;
		slots[n].heap = mica_heap_main();
		if (!keep)
			slots[n].p = NULL;
	}
	CHECK_MICA();
	heaps[k] = mica_heap_new(NULL);
	CHECK(heaps[k]);
}

TEST(heap_mix, .arena = IS_TABLE ? 16 << 20 : 32 << 10)
{
	unsigned int n, rounds = test_scaled(IS_TABLE ? 300 : 150);
	size_t pages = 0;

	__builtin_memset(slots, 0, sizeof(slots));
	dice.state = 77;
	for (n = 0; n < HEAPS; n++)
		REQUIRE((heaps[n] = mica_heap_new(NULL)));
	for (; rounds && !test_failed(); rounds--) {
		for (n = 0; n < 100; n++)
			step();
		CHECK_MICA();
		pages += nr_pages();
		if (!random_below(&dice, 4))
			heap_turns();
	}
	CHECK(pages > 0);
	for (n = 0; n < SLOTS; n++)
		slot_check(&slots[n]);
	for (n = 0; n < HEAPS; n++)
		CHECK_EQ(mica_heap_delete(heaps[n]), 0);
	for (n = 0; n < SLOTS; n++)
		mica_free(slots[n].p);
}

#endif
