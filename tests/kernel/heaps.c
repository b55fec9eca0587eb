/* SPDX-License-Identifier: MIT */
/*
 * A heap for each task, kept by the scheduler, and one that interrupts name:
 * all of them preempted inside mica, while heaps are deleted, destroyed and
 * made anew by who owns them. Invariants 3, 4, 6 and 7.
 */
#include <mica/mica.h>
#include "tests/harness.h"
#include "tests/model.h"
#include "kernel.h"

#if MICA_HEAPS >= 4

#define TASKS 3
#define SLOTS 10
#define STACK_WORDS 512
#define TICK_CYCLES 3000
#define ARENA ((size_t)32 << 10)
#define SIZE_MOST 150

struct note {
	uint32_t bytes;
	uint32_t seed;
};

struct owner {
	struct task task;
	struct random random;
	struct mica_heap *heap;
	struct note *slot[SLOTS];
	struct note *kept;	/* of a heap that was deleted */
	unsigned int steps, destroyed, deleted;
};

static _Alignas(16) uintptr_t stacks[TASKS][STACK_WORDS];
static struct owner owners[TASKS];
static struct mica_heap *irq_heap;
static struct note *irq_note;
static struct random irq_random;
static unsigned int irq_blocks;
static void *volatile mailbox[8];

/* As a scheduler does that knows of heaps; NULL: the task has named none yet. */
static void exchange_heaps(struct task *from, struct task *to)
{
	from->local = mica_heap_current();
	if (!to->local || !mica_heap_set_current(to->local))
		mica_heap_set_current(mica_heap_main());
}

static struct note *note_fill(struct random *random, struct note *note,
			      uint32_t bytes)
{
	if (!note)
		return NULL;
	note->bytes = bytes;
	note->seed = random_next(random);
	fill(note + 1, bytes - sizeof(*note), note->seed);
	return note;
}

static uint32_t note_bytes(struct random *random)
{
	return sizeof(struct note) + 1 + random_below(random, SIZE_MOST);
}

static void note_free(struct note *note)
{
	CHECK_INV(7, filled(note + 1, note->bytes - sizeof(*note), note->seed));
	mica_free(note);
}

/* The task's own heap is current: malloc takes from it, wherever it is preempted. */
static void owner_step(struct owner *o)
{
	struct note **slot = &o->slot[random_below(&o->random, SLOTS)];
	uint32_t bytes = note_bytes(&o->random);
	struct note *note;

	if (*slot) {
		note_free(*slot);
		*slot = NULL;
		return;
	}
	note = random_below(&o->random, 2) ? mica_malloc(bytes) :
					     mica_heap_malloc(o->heap, bytes);
	*slot = note_fill(&o->random, note, bytes);
	if (note)
		CHECK_INV(4, mica_heap_of(note) == o->heap);
}

static void owner_begin(struct owner *o)
{
	o->heap = mica_heap_new(NULL);
	if (CHECK(o->heap))
		mica_heap_set_current(o->heap);
}

static void owner_destroys(struct owner *o)
{
	CHECK_EQ(mica_heap_destroy(o->heap), 0);
	CHECK(mica_heap_current() == mica_heap_main());
	for (int i = 0; i < SLOTS; i++)
		o->slot[i] = NULL;
	o->destroyed++;
	owner_begin(o);
}

/* What it has is freed afterwards, but for one block: the next time. */
static void owner_deletes(struct owner *o)
{
	if (o->kept)
		note_free(o->kept);
	CHECK_EQ(mica_heap_delete(o->heap), 0);
	o->kept = o->slot[0];
	o->slot[0] = NULL;
	for (int i = 1; i < SLOTS; i++)
		if (o->slot[i])
			note_free(o->slot[i]);
	for (int i = 1; i < SLOTS; i++)
		o->slot[i] = NULL;
	o->deleted++;
	owner_begin(o);
}

static void owner_run(void *argument)
{
	struct owner *o = argument;

	owner_begin(o);
	for (unsigned int n = 0; n < o->steps && !test_failed(); n++) {
		owner_step(o);
		if (n % 60 == 30)
			owner_destroys(o);
		if (n % 60 == 59)
			owner_deletes(o);
	}
	if (o->kept)
		note_free(o->kept);
	o->kept = NULL;
	CHECK_EQ(mica_heap_destroy(o->heap), 0);
}

static void owners_run(void (*on_tick)(uint32_t), bool above_guard)
{
	unsigned int steps = test_scaled(2000);

	for (unsigned int i = 0; i < TASKS; i++) {
		owners[i] = (struct owner){ .steps = steps };
		owners[i].random.state = 0x7654321 + i;
		task_create(&owners[i].task, "owner", owner_run, &owners[i], 1,
			    stacks[i], STACK_WORDS);
	}
	kernel_run(&(struct kernel_setup){
		.tick_cycles = TICK_CYCLES, .random_seed = 7,
		.ticks_above_guard = above_guard,
		.on_tick = on_tick, .on_switch = exchange_heaps,
	});
	for (unsigned int i = 0; i < TASKS; i++) {
		CHECK(owners[i].destroyed > steps / 80);
		CHECK(owners[i].deleted > steps / 80);
		CHECK(owners[i].task.runs > steps / 200);
	}
	CHECK(mica_heap_current() == mica_heap_main());
}

/* The interrupt names its heap; what it interrupts has another. */
static void tick_allocates(uint32_t tick)
{
	uint32_t bytes = note_bytes(&irq_random);

	if (irq_note)
		note_free(irq_note);
	irq_note = tick % 5 ? note_fill(&irq_random,
				mica_heap_malloc(irq_heap, bytes), bytes) : NULL;
	if (!irq_note)
		return;
	CHECK_INV(4, mica_heap_of(irq_note) == irq_heap);
	irq_blocks++;
}

TEST(kernel_heaps_of_tasks_and_interrupts, .arena = ARENA, .needs = TEST_TAG)
{
	irq_heap = mica_heap_new(NULL);
	irq_random.state = 5;
	irq_blocks = 0;
	REQUIRE(irq_heap);
	owners_run(tick_allocates, false);
	CHECK(irq_blocks > 20);
	irq_note = NULL;
	CHECK_EQ(mica_heap_destroy(irq_heap), 0);
}

/* Above the guard: a block of a heap may be freed, and none is to be had. */
static void tick_frees(uint32_t tick)
{
	void *p = mailbox[tick % 8];

	mailbox[tick % 8] = NULL;
	if (p)
		mica_free(p);
}

/* Blocks of one heap go to the interrupt, while others come and go. */
static void offering_run(void *argument)
{
	struct owner *o = argument;
	uint32_t bytes;
	uintptr_t state;
	void *p;

	for (unsigned int n = 0; n < o->steps; n++) {
		bytes = 1 + random_below(&o->random, SIZE_MOST);
		p = mica_heap_malloc(irq_heap, bytes);
		state = kernel_lock();
		if (!mailbox[n % 8]) {
			mailbox[n % 8] = p;
			p = NULL;
		}
		kernel_unlock(state);
		mica_free(p);
	}
}

TEST(kernel_heap_blocks_freed_above_guard, .arena = ARENA,
     .needs = TEST_TAG | TEST_ABOVE_GUARD)
{
	struct mica_heap_usage usage;
	struct mica_stats before, after;

	irq_heap = mica_heap_new(NULL);
	REQUIRE(irq_heap);
	mica_stats(&before);
	owners[0] = (struct owner){ .steps = test_scaled(4000) };
	owners[0].random.state = 77;
	task_create(&owners[0].task, "offers", offering_run, &owners[0], 1,
		    stacks[0], STACK_WORDS);
	kernel_run(&(struct kernel_setup){
		.tick_cycles = 1500, .random_seed = 3,
		.ticks_above_guard = true, .on_tick = tick_frees,
		.on_switch = exchange_heaps,
	});
	mica_stats(&after);
	CHECK(after.remote_frees + after.runs_deferred >
	      before.remote_frees + before.runs_deferred || MICA_STATS < 2);
	/* What is still deferred is not to be touched once the heap is gone. */
	for (uint32_t i = 0; i < 8; i++)
		tick_frees(i);
	CHECK_EQ(mica_heap_collect(irq_heap, false), 0);
	CHECK_EQ(mica_heap_usage(irq_heap, &usage), 0);
	CHECK_INV(6, usage.used_bytes == 0);
	CHECK_EQ(mica_heap_destroy(irq_heap), 0);
}

#endif
