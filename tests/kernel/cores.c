/* SPDX-License-Identifier: MIT */
/*
 * Tasks and interrupts of one core, while the others allocate and free too:
 * the guard keeps out its own core's interrupts only, the rest is up to locks
 * and remote lists. All swap blocks through one table, so that each frees
 * what any other has made.
 */
#include <mica/mica.h>
#include "tests/model.h"
#include "tests/threads.h"
#include "kernel.h"
#include "pin.h"

#define TASKS 2
#define STACK_WORDS (TEST_PARALLEL ? 512 : 16)
#define SLOTS 64
#define BLOCK_MOST 200
#define OTHERS (TEST_PARALLEL ? MICA_CORES - 1 : 1)

struct note {
	uint32_t bytes;
	uint32_t seed;
};

static _Alignas(16) uintptr_t stacks[TASKS][STACK_WORDS];
static struct task tasks[TASKS];
static void *slots[SLOTS];
static unsigned int stop, steps, ticks, met;	/* met: steps of other cores */

static struct note *note_make(struct random *random)
{
	uint32_t bytes = sizeof(struct note) + random_below(random, BLOCK_MOST);
	struct note *note = mica_malloc(bytes);

	if (!CHECK(note))
		return NULL;
	note->bytes = bytes;
	note->seed = random_next(random);
	fill(note + 1, bytes - sizeof(*note), note->seed);
	return note;
}

static void note_free(struct note *note)
{
	if (note)
		CHECK_INV(7, filled(note + 1, note->bytes - sizeof(*note),
				    note->seed));
	mica_free(note);
}

static void step(struct random *random)
{
	void **slot = &slots[random_below(random, SLOTS)];

	note_free(shared_swap(slot, note_make(random)));
}

static void task_run(void *argument)
{
	struct random random = { .state = (uintptr_t)argument };

	/* Chance decides how soon the interrupts and the others have come. */
	for (unsigned int i = 0; (i < steps || kernel_ticks() < steps / 8 ||
	     __atomic_load_n(&met, __ATOMIC_RELAXED) < steps) && !test_failed(); i++)
		step(&random);
}

static void tick(uint32_t now)
{
	static struct random random = { .state = 7 };

	step(&random);
	ticks = now;
}

static void core_run(void *argument)
{
	struct random random = { .state = *(unsigned int *)argument };

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE) && !test_failed()) {
		step(&random);
		__atomic_fetch_add(&met, 1, __ATOMIC_RELAXED);
	}
}

TEST(kernel_beside_other_cores, .contexts = 2, .arena = 64 << 10,
     .needs = TEST_TAG)
{
	static unsigned int seeds[OTHERS];
	struct thread others[OTHERS];
	struct mica_stats before, after;
	void *pins[PINS];

	steps = test_scaled(2000);
	ticks = stop = met = 0;
	pages_pin(pins);	/* let there be a region, too: see docs/porting.md */
	mica_stats(&before);
	for (unsigned int i = 0; i < OTHERS; i++) {
		seeds[i] = 100 + i;
		REQUIRE(thread_start(&others[i], core_run, &seeds[i]));
	}
	for (uintptr_t i = 0; i < TASKS; i++)
		task_create(&tasks[i], "task", task_run, (void *)(i + 1), 1,
			    stacks[i], STACK_WORDS);
	kernel_run(&(struct kernel_setup){
		.tick_cycles = 2000, .random_seed = 3, .on_tick = tick,
	});
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	for (unsigned int i = 0; i < OTHERS; i++)
		thread_join(&others[i]);
	for (unsigned int i = 0; i < SLOTS; i++)
		note_free(shared_swap(&slots[i], NULL));
	mica_collect(true);
	mica_stats(&after);
	pages_unpin(pins);
	CHECK(ticks >= steps / 8);
	CHECK(after.remote_frees > before.remote_frees);
}
