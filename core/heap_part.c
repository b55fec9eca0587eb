// SPDX-License-Identifier: MIT
/*
 * The parts of heaps: which context has which; heap.h has the theory.
 *
 * A thread finds its part of a heap in a table of its own, by the heap's number;
 * what the table says holds only if the part says the same. A core finds it in
 * the row of the heap's parts, of which there is one for each core.
 */
#include <mica/mica.h>
#include "heap_part.h"

#if HEAPS_SHARED

#include "engine.h"
#include "heap_word.h"
#include "frees.h"
#include "settle.h"

#if CONTEXT_IS_THREAD

/* Nothing is in it: it is for another heap, or a thread. */
static void part_pool(struct mica_part *part)
{
	part->main = NULL;
	part->use = 0;
	store_seq(&part->context, PART_POOLED);
	store_seq(&part->ended, PART_ENDED);
	part_keep(part);
}

struct mica_part *heap_part_first(const struct mica_heap *heap)
{
	return word_to_ptr(load_acquire(&heap->parts));
}

struct mica_part *heap_part_next(const struct mica_heap *heap,
				 struct mica_part *part)
{
	(void)heap;
	return part->next_of_heap;
}

/* Has @main a part of heap @number, of this life of it? */
static struct mica_part *part_in_table(const struct mica_part *main,
				       const struct mica_heap *heap)
{
	unsigned int number = heap_number(heap);
	struct mica_part *part;

	if (!main->of_heap || number >= main->nr_of_heap)
		return NULL;
	part = word_to_ptr(main->of_heap[number]);
	if (!part || load_relaxed(&part->context) != (uintptr_t)main)
		return NULL;
	return part_heap(part) == heap ? part : NULL;
}

static bool table_make(struct mica_part *main)
{
	uintptr_t *table;

	if (main->of_heap)
		return true;
	table = context_memory((MICA_HEAPS + 1) * sizeof(*table));
	store_relaxed(&main->of_heap, table);
	return table;
}

static void table_set(struct mica_part *main, const struct mica_heap *heap,
		      struct mica_part *part)
{
	unsigned int number = heap_number(heap);

	main->of_heap[number] = (uintptr_t)part;
	if (number >= main->nr_of_heap)
		main->nr_of_heap = number + 1;
}

/* Of a context that ended, whole. Cost: contexts that used the heap at once. */
static struct mica_part *part_take_over(const struct mica_heap *heap,
					struct mica_part *main)
{
	struct mica_part *part = heap_part_first(heap);

	for (; part; part = part->next_of_heap)
		if (part_is_nobodys(part) &&
		    part_change(part, word_nobody(heap), (uintptr_t)main)) {
			part->main = main;
			return part;
		}
	return NULL;
}

static struct mica_part *part_make(struct mica_heap *heap,
				   struct mica_part *main)
{
	struct mica_part *part = part_reuse_bare();
	uintptr_t head = load_relaxed(&heap->parts);

	if (part)
		part_reset(part);
	else
		part = part_new();
	if (!part)
		return NULL;
	part_begin(part, heap, main);
	store_seq(&part->context, (uintptr_t)main);
	do {
		part->next_of_heap = word_to_ptr(head);
	} while (!atomic_cas(&heap->parts, &head, (uintptr_t)part));
	return part;
}

static struct mica_part *part_get(struct mica_part *main,
				  struct mica_heap *heap)
{
	struct mica_part *part;

	if (!table_make(main))
		return NULL;
	heap_beat(main);	/* no deleted heap's part is to be forgotten */
	part = part_take_over(heap, main);
	if (!part)
		part = part_make(heap, main);
	if (part)
		table_set(main, heap, part);
	return part;
}

static struct mica_part *main_begin(void)
{
	struct mica_part *part = context_begin();

	return part ? part_main(part) : NULL;
}

void part_clear(struct mica_part *part)
{
	part_reset(part);
	if (!(atomic_or(&part->use, PART_GONE) & PART_CURRENT))
		part_pool(part);
}

/* ---- deleted ------------------------------------------------------------------------ */

/* A part of no heap any more, which is the caller's, serves a context next. */
static void part_retire(struct mica_part *part)
{
	part->main = NULL;
	part->use = 0;
	store_seq(&part->context, PART_POOLED);
	part_end(part);
}

/*
 * Was it the last to look at what a destroyer is done with, or is it of a heap that
 * was deleted meanwhile? Of the main heap it may have pages by now.
 */
static void part_look_away(struct mica_part *part)
{
	struct mica_part *main = part_main(part);

	if (atomic_and(&part->use, ~(uintptr_t)PART_CURRENT) & PART_GONE ||
	    (!load_seq(&part->heap) &&
	     part_change(part, (uintptr_t)main, PART_CLAIMED)))
		part_retire(part);
}

/* Return: false, that is to be tried again. */
static bool part_settle_moved(struct mica_part *part, struct mica_part *main)
{
	if (load_seq(&part->heap))
		return true;
	if (part_is_in_use(part))
		return load_relaxed(&part->use) & PART_CURRENT;
	if (part_change(part, (uintptr_t)main, PART_CLAIMED))
		part_retire(part);
	return true;
}

void heap_settle_moved(struct mica_part *main)
{
	struct mica_part *part;
	uintptr_t k;

	if (!atomic_xchg(&main->moved, 0))
		return;
	for (k = 1; k < main->nr_of_heap; k++) {
		part = word_to_ptr(main->of_heap[k]);
		if (part && !part_settle_moved(part, main))
			store_seq(&main->moved, 1);
	}
}

/* The heap's word is 0: one of us and the context that has it sees that. */
static void part_moved(struct mica_part *part, uintptr_t nobody)
{
	struct mica_part *main = part_main(part_self());
	struct mica_part *other;
	uintptr_t context = part_context(part);

	if (context == (uintptr_t)main && main != &mica_part_none) {
		if (!part_is_in_use(part) &&
		    part_change(part, context, PART_CLAIMED))
			part_retire(part);
		return;
	}
	if (context && word_is(context, PART_POOLED)) {
		other = word_to_ptr(context);
		store_seq(&other->moved, 1);
	}
	while (!part_change(part, nobody, PART_CLAIMED))
		if (part_context(part) != nobody)
			return;
	part_retire(part);
}

void parts_move(struct mica_heap *heap)
{
	struct mica_part *part = heap_part_first(heap), *next;

	for (; part; part = next) {
		next = part->next_of_heap;
		store_seq(&part->heap, 0);
		part_moved(part, word_nobody(heap));
	}
}

void parts_moved(struct mica_heap *heap)
{
	(void)heap;
}

/* If it is @main's: the heap's from now on, if that is not deleted meanwhile. */
static void part_leave(struct mica_part *part, struct mica_part *main)
{
	uintptr_t nobody = word_nobody(part_heap(part));

	if (part_change(part, (uintptr_t)main, nobody) &&
	    !load_seq(&part->heap) && part_change(part, nobody, PART_CLAIMED))
		part_retire(part);
}

/* Its parts stay in their heaps, for the next who uses them. */
void heap_context_ends(struct mica_part *main)
{
	struct mica_part *part;
	uintptr_t k;

	part_look_at(main);
	for (k = 1; k < main->nr_of_heap; k++) {
		part = word_to_ptr(main->of_heap[k]);
		main->of_heap[k] = 0;
		if (part)
			part_leave(part, main);
	}
	main->nr_of_heap = 0;
}

/* What a thread frees meanwhile is its own: nobody takes a part from it. */
static void frees_quiesce(void)
{
}

#else

/* ---- cores ---------------------------------------------------------------------------- */

static struct mica_part *heap_row(const struct mica_heap *heap)
{
	return &mica_parts[heap_number(heap) * MICA_CORES];
}

struct mica_part *heap_part_first(const struct mica_heap *heap)
{
	return heap_row(heap);
}

struct mica_part *heap_part_next(const struct mica_heap *heap,
				 struct mica_part *part)
{
	return part + 1 < heap_row(heap) + MICA_CORES ? part + 1 : NULL;
}

static struct mica_part *part_in_table(const struct mica_part *main,
				       const struct mica_heap *heap)
{
	struct mica_part *row = heap_row(heap);
	unsigned int k;

	for (k = 0; k < MICA_CORES; k++)
		if (load_relaxed(&row[k].context) == (uintptr_t)main &&
		    part_heap(&row[k]) == heap)
			return &row[k];
	return NULL;
}

/* One core is in the middle of a section no more; the caller's own never is. */
static void core_quiesce(unsigned int core, const struct mica_part *main)
{
	unsigned int spins = 0;

	while (&mica_parts[core] != main && load_seq(&mica_parts[core].frees))
		mica_port_relax(spins++);
}

/* What is collected right now is taken from who does that: see frees.h. */
static bool part_take(struct mica_part *part, struct mica_part *main,
		      unsigned int kind)
{
	uintptr_t context = load_seq(&part->context);

	if (!word_is(context, kind) ||
	    (kind == PART_POOLED && context != PART_POOLED) ||
	    !part_change(part, context, (uintptr_t)main))
		return false;
	if (kind == PART_COLLECTED)
		core_quiesce((unsigned int)(context >> PART_WORD_SHIFT), main);
	return true;
}

/*
 * One that a core left behind, or one of those never used, or being collected:
 * there is always one, though what it is may change at each look.
 */
static struct mica_part *part_get(struct mica_part *main,
				  struct mica_heap *heap)
{
	static const uint8_t kinds[] = { PART_NOBODY, PART_POOLED, PART_COLLECTED };
	struct mica_part *row = heap_row(heap);
	unsigned int k, i;

	for (i = 0; i < sizeof(kinds) * MICA_CORES; i++)
		for (k = 0; k < MICA_CORES; k++)
			if (part_take(&row[k], main, kinds[i % sizeof(kinds)])) {
				part_begin(&row[k], heap, main);
				return &row[k];
			}
	return NULL;
}

static struct mica_part *main_begin(void)
{
	context_begin();
	return part_main(part_self());
}

static void part_look_away(struct mica_part *part)
{
	(void)part;
}

void part_clear(struct mica_part *part)
{
	part_reset(part);
	store_seq(&part->context, PART_POOLED);
}

void heap_settle_moved(struct mica_part *main)
{
	store_relaxed(&main->moved, 0);
}

/* Every free that began before this is through, see heap.h. May wait. */
static void frees_quiesce(void)
{
	unsigned int k, spins = 0;

	for (k = 0; k < MICA_CORES; k++)
		while (load_seq(&mica_parts[k].frees))
			mica_port_relax(spins++);
}

/*
 * The parts are the caller's: others' frees are remote ones, and what they find
 * full they list there. Full pages: heap_end.c.
 */
void parts_move(struct mica_heap *heap)
{
	struct mica_part *part, *entered;
	mica_port_guard_t guard = 0;

	parts_claim(heap);
	for (part = heap_part_first(heap); part;
	     part = heap_part_next(heap, part)) {
		entered = context_enter(&guard);
		part_abandon(part);
		context_leave(entered, guard);
	}
}

/* What was listed on @part since: the caller's. In portions, as the guard has it. */
static void part_hand_over(struct mica_part *part)
{
	struct mica_part *entered;
	mica_port_guard_t guard = 0;
	bool more = true;

	while (more) {
		entered = context_enter(&guard);
		more = page_settle_with(part_main(entered), part);
		context_leave(entered, guard);
	}
}

void parts_moved(struct mica_heap *heap)
{
	struct mica_part *part;

	frees_quiesce();
	for (part = heap_part_first(heap); part;
	     part = heap_part_next(heap, part)) {
		part_hand_over(part);
		part_clear(part);
	}
}

void heap_context_ends(struct mica_part *main)
{
	struct mica_part *part = mica_parts + MICA_CORES;

	part_look_at(main);
	for (; part < mica_parts + NR_PARTS; part++)
		part_change(part, (uintptr_t)main, word_nobody(part_heap(part)));
}

#endif

/* ---- both -------------------------------------------------------------------------------- */

struct mica_part *part_of_or_none(const struct mica_heap *heap)
{
	struct mica_part *main = part_main(part_self());

	return heap == HEAP_MAIN ? main : part_in_table(main, heap);
}

struct mica_part *part_of(const struct mica_heap *heap)
{
	struct mica_part *main = main_begin(), *part;

	if (!main || heap == HEAP_MAIN)
		return main;
	part = part_in_table(main, heap);
	return likely(part) ? part : part_get(main, heap_at(heap_number(heap)));
}

void part_look_at(struct mica_part *part)
{
	struct mica_part *old = part_self();

	if (part == old)
		return;
	if (part != part_main(part))
		atomic_or(&part->use, PART_CURRENT);
	part_set_now(part);
	if (old != part_main(old))
		part_look_away(old);
}

void parts_claim(struct mica_heap *heap)
{
	struct mica_part *part;

	for (part = heap_part_first(heap); part;
	     part = heap_part_next(heap, part))
		while (!part_change(part, part_context(part), PART_CLAIMED))
			;
	frees_quiesce();
}

/*
 * Whoever ends @part's heap waits meanwhile, as the caller may be one who looks
 * for memory in another heap, with the same parent.
 */
static void part_collect_if(struct mica_part *part, uintptr_t context)
{
	uintptr_t collected = part_word_collected();

	if (!part_change(part, context, collected))
		return;
	part_collect(part);
	part_change(part, collected, context);
}

/* The caller's part, and nobody's, which are the caller's meanwhile. */
void heap_collect(struct mica_heap *heap)
{
	struct mica_part *part = part_or_null(part_of_or_none(heap));

	if (CONTEXT_IS_THREAD && part && part_heap(part))
		part_collect_if(part, (uintptr_t)part_main(part));
	else if (part)
		part_collect(part);
	for (part = heap_part_first(heap); part;
	     part = heap_part_next(heap, part))
		part_collect_if(part, word_nobody(heap));
}

#endif
