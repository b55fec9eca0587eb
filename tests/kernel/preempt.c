/* SPDX-License-Identifier: MIT */
/*
 * Tasks that are preempted inside mica, and interrupts that use it too.
 *
 * Ticks come at pseudo-random intervals, so that over a run nearly every
 * instruction of malloc and free is interrupted somewhere. What is wrong
 * then shows as a block whose content changed, in mica_check(), or as a
 * block too many or too few at the end.
 */
#include <mica/mica.h>
#include <mica/port.h>
#include "tests/harness.h"
#include "tests/model.h"
#include "kernel.h"
#include "pin.h"

/* Where memory is small there are fewer of them. */
#define FEW (MICA_REGION_SHIFT < 14)
#define TASKS (FEW ? 2 : 4)
#define STACK_WORDS (MICA_REGION_SHIFT < 16 ? 192 : 512)
#define SLOTS (FEW ? 6 : 12)
/* The least cores need more instructions for a tick's work. */
#define TICK_CYCLES (MICA_PORT_ATOMICS ? 6000 : 2000)
#define ARENA ((size_t)TASKS * SLOTS * 128)
#define BLOCK_MOST 200
#define QUEUE_SLOTS 4
#define MAILBOX 8
#define SOAKS (test_scaled(100) >= 2000)	/* `make soak`: a million calls */

/* A block knows its size and what it is filled with. */
struct note {
	uint32_t bytes;
	uint32_t seed;
};

struct worker {
	struct task task;
	struct random random;
	struct note *slot[SLOTS];
	unsigned int steps;
	unsigned int done;
	unsigned int calls;	/* of malloc, realloc and free */
};

static _Alignas(16) uintptr_t stacks[TASKS][STACK_WORDS];
static struct worker workers[TASKS];
static void *queue_slots[QUEUE_SLOTS];
static struct queue queue;
static struct note *isr_note;
static uint32_t isr_blocks;
static void *volatile mailbox[MAILBOX];

static struct note *note_sized(struct random *random, uint32_t bytes)
{
	struct note *note = mica_malloc(bytes);

	if (!note)
		return NULL;
	note->bytes = bytes;
	note->seed = random_next(random);
	fill(note + 1, bytes - sizeof(*note), note->seed);
	return note;
}

static struct note *note_make(struct random *random)
{
	return note_sized(random, 8 + random_below(random, BLOCK_MOST));
}

static void note_free(struct note *note)
{
	CHECK_INV(7, filled(note + 1, note->bytes - sizeof(*note), note->seed));
	mica_free(note);
}

/* Another size; it keeps what fits. */
static void note_resize(struct random *random, struct note **slot)
{
	uint32_t bytes = 8 + random_below(random, BLOCK_MOST);
	struct note *note = mica_realloc(*slot, bytes);
	size_t now = bytes - sizeof(*note);

	if (!note)
		return;
	CHECK_INV(7, filled_before(note + 1, now, note->bytes - sizeof(*note),
				   note->seed));
	note->bytes = bytes;
	fill(note + 1, now, note->seed);
	*slot = note;
}

static void worker_step(struct worker *worker)
{
	struct note **slot = &worker->slot[random_below(&worker->random, SLOTS)];

	worker->calls++;
	if (*slot && !random_below(&worker->random, 4)) {
		note_resize(&worker->random, slot);
		return;
	}
	if (!*slot) {
		*slot = note_make(&worker->random);
		return;
	}
	if (random_below(&worker->random, 4) || !queue_try_send(&queue, *slot))
		note_free(*slot);
	else
		worker->calls--;	/* passed on, to be freed elsewhere */
	*slot = queue_try_receive(&queue);
}

static bool worker_wants_ticks(const struct worker *worker)
{
	return *(volatile const uint32_t *)&worker->task.runs <=
	       worker->steps / 32 || kernel_ticks() <= worker->steps / 4;
}

static void worker_run(void *argument)
{
	struct worker *worker = argument;

	/* Where time passes by itself it may be too few ticks until then. */
	while (worker->done < worker->steps || worker_wants_ticks(worker)) {
		worker_step(worker);
		worker->done++;
	}
	for (int i = 0; i < SLOTS; i++)
		if (worker->slot[i])
			note_free(worker->slot[i]);
}

static void workers_create(void (*run)(void *argument), unsigned int steps)
{
	queue = (struct queue){ .slots = queue_slots, .capacity = QUEUE_SLOTS };
	for (unsigned int i = 0; i < TASKS; i++) {
		workers[i] = (struct worker){ .steps = steps };
		workers[i].random.state = 0x1234567 + i;
		task_create(&workers[i].task, "worker", run, &workers[i], 1,
			    stacks[i], STACK_WORDS);
	}
}

static void queue_drain(void)
{
	struct note *note;

	while ((note = queue_try_receive(&queue)))
		note_free(note);
}

/* In the interrupt: one block at a time lives from tick to tick. */
static void tick_allocates(uint32_t tick)
{
	static struct random random = { 99 };

	if (isr_note)
		note_free(isr_note);
	isr_note = tick % 5 ? note_make(&random) : NULL;
	isr_blocks += isr_note != NULL;
}

TEST(kernel_tasks_and_interrupts_share, .arena = ARENA, .needs = TEST_TAG)
{
	unsigned int steps = test_scaled(4000) * (SOAKS ? 4 : 1), calls = 0;

	isr_blocks = 0;
	workers_create(worker_run, steps);
	kernel_run(&(struct kernel_setup){
		.tick_cycles = TICK_CYCLES, .random_seed = 1,
		.on_tick = tick_allocates,
	});
	queue_drain();
	if (isr_note)
		note_free(isr_note);
	isr_note = NULL;
	CHECK(isr_blocks > steps / 8);
	for (int i = 0; i < TASKS; i++) {
		calls += workers[i].calls;
		CHECK(workers[i].done >= steps);
		CHECK(workers[i].task.runs > steps / 32);
	}
	test_print("# measured: %u calls from tasks\n", calls);
	CHECK(!SOAKS || FEW || calls >= 1000000);
}

/* A task offers blocks to whoever frees them: the interrupt. */
static void offering_step(struct worker *worker)
{
	unsigned int at = random_below(&worker->random, MAILBOX);
	struct note *note = at % 2 ? note_make(&worker->random) :
				     note_sized(&worker->random, PINNED_BYTES);
	uintptr_t state = kernel_lock();

	if (note && !mailbox[at]) {
		mailbox[at] = note;
		note = NULL;
	}
	kernel_unlock(state);
	if (note)
		note_free(note);
}

static void offering_run(void *argument)
{
	struct worker *worker = argument;

	/* As in worker_run(): ticks enough that some come inside the guard. */
	for (; worker->done < worker->steps ||
	       kernel_ticks() <= worker->steps / 16; worker->done++)
		offering_step(worker);
}

/* Above the guard: the only call that is legal here is mica_free(). */
static void tick_frees(uint32_t tick)
{
	struct note *note = mailbox[tick % MAILBOX];

	mailbox[tick % MAILBOX] = NULL;
	if (note)
		note_free(note);
}

TEST(kernel_interrupt_above_guard_frees, .arena = ARENA / 2,
     .needs = TEST_TAG | TEST_ABOVE_GUARD)
{
	unsigned int steps = test_scaled(4000);
	struct mica_stats before, after;
	void *pins[PINS];

	pages_pin(pins);
	mica_stats(&before);
	workers_create(offering_run, steps);
	kernel_run(&(struct kernel_setup){
		.tick_cycles = 1500, .random_seed = 2,
		.ticks_above_guard = true, .on_tick = tick_frees,
	});
	for (uint32_t i = 0; i < MAILBOX; i++)
		tick_frees(i);
	mica_collect(true);
	mica_stats(&after);
	pages_unpin(pins);
	/* Some of these came while a task was inside the guard. */
	CHECK(after.remote_frees + after.runs_deferred >
	      before.remote_frees + before.runs_deferred || MICA_STATS < 2);
}

static void ordered_send(void *argument)
{
	for (uintptr_t i = 1; i <= 100; i++)
		queue_send(argument, (void *)i);
}

static void ordered_receive(void *argument)
{
	struct worker *worker = &workers[1];

	for (uintptr_t i = 1; i <= 100; i++) {
		worker->done += (uintptr_t)queue_receive(argument) == i;
		if (i % 10 == 0)
			task_sleep(2);
	}
}

/* The fixture itself: order, blocking both ways, sleep. */
TEST(kernel_queue_keeps_order, .needs = TEST_TAG)
{
	queue = (struct queue){ .slots = queue_slots, .capacity = QUEUE_SLOTS };
	workers[1].done = 0;
	task_create(&workers[0].task, "send", ordered_send, &queue, 2,
		    stacks[0], STACK_WORDS);
	task_create(&workers[1].task, "receive", ordered_receive, &queue, 3,
		    stacks[1], STACK_WORDS);
	kernel_run(&(struct kernel_setup){ .tick_cycles = 2000 });
	CHECK_EQ(workers[1].done, 100);
	CHECK(kernel_ticks() >= 20);
}
