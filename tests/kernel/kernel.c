/* SPDX-License-Identifier: MIT */
/*
 * The kernel's tasks and clock.
 *
 * A task is on the ready list of its priority, or on a queue's list, or on
 * the list of sleepers; the running task is the head of the first ready list
 * that is not empty. Every list is changed with interrupts off. What changes
 * who should run pends the switch, which comes when all handlers are done and
 * no guard is held, so a task is never switched away inside mica's guard.
 *
 * main() is the idle task.
 */
#include "board_io.h"
#include "cpu.h"
#include "kernel.h"

#define STACK_CANARY 0x57ac4e4du
#define TICK_SHORTEST 64u

static struct {
	struct task_list ready[KERNEL_PRIORITIES];
	struct task *current;
	struct task *sleepers;
	struct kernel_setup setup;
	uint32_t ticks;
	uint32_t random;
	uint32_t alive;
	struct task idle;
} kernel;

static void list_append(struct task_list *list, struct task *task)
{
	task->next = NULL;
	if (list->head)
		list->tail->next = task;
	else
		list->head = task;
	list->tail = task;
}

static struct task *list_take(struct task_list *list)
{
	struct task *task = list->head;

	if (task)
		list->head = task->next;
	return task;
}

/* Tasks made before kernel_run() wait for it. */
static void switch_pend(void)
{
	if (kernel.current)
		cpu_switch_pend();
}

static void task_ready(struct task *task)
{
	list_append(&kernel.ready[task->priority], task);
	switch_pend();
}

/* The running task leaves the head of its list. */
static void current_leave(void)
{
	list_take(&kernel.ready[kernel.current->priority]);
	switch_pend();
}

void task_wait(struct task_list *list)
{
	current_leave();
	list_append(list, kernel.current);
}

void task_wake_one(struct task_list *list)
{
	struct task *task = list_take(list);

	if (task)
		task_ready(task);
}

static void task_end(void)
{
	uintptr_t state = kernel_lock();

	kernel.alive--;
	current_leave();
	kernel_unlock(state);
	board_exit(2);		/* not reached: nobody switches to it again */
}

void task_create(struct task *task, const char *name,
		 void (*entry)(void *argument), void *argument,
		 unsigned int priority, uintptr_t *stack, size_t words)
{
	uintptr_t state;

	stack[0] = STACK_CANARY;
	*task = (struct task){
		.sp = cpu_task_prepare(stack + words, entry, argument, task_end),
		.stack = stack, .name = name,
		.priority = (uint8_t)priority,
	};
	state = kernel_lock();
	kernel.alive++;
	task_ready(task);
	kernel_unlock(state);
}

/* xorshift32 */
static uint32_t interval_draw(void)
{
	uint32_t x = kernel.random;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	kernel.random = x;
	return TICK_SHORTEST + x % (kernel.setup.tick_cycles - TICK_SHORTEST);
}

static void sleepers_wake(void)
{
	struct task **link = &kernel.sleepers;

	while (*link) {
		struct task *task = *link;

		if ((int32_t)(kernel.ticks - task->wake_at) < 0) {
			link = &task->sleep_next;
			continue;
		}
		*link = task->sleep_next;
		task_ready(task);
	}
}

/* Equal priorities take turns. */
static void turn_pass(void)
{
	struct task_list *list = &kernel.ready[kernel.current->priority];

	if (list->head != kernel.current || !kernel.current->next)
		return;
	list_append(list, list_take(list));
	switch_pend();
}

void kernel_tick(void)
{
	uintptr_t state = kernel_lock();

	kernel.ticks++;
	sleepers_wake();
	turn_pass();
	if (kernel.random)
		cpu_clock_next(interval_draw());
	kernel_unlock(state);
	if (kernel.setup.on_tick)
		kernel.setup.on_tick(kernel.ticks);
}

static void stack_check(const struct task *task)
{
	static const char line[] = "kernel: a task overran its stack\n";

	if (!task->stack || task->stack[0] == STACK_CANARY)
		return;
	board_console(line, sizeof(line) - 1);
	board_exit(2);
}

/* main() is always ready. */
uintptr_t *kernel_switch(uintptr_t *sp)
{
	unsigned int priority = KERNEL_PRIORITIES - 1;
	struct task *from = kernel.current;

	from->sp = sp;
	stack_check(from);
	while (!kernel.ready[priority].head)
		priority--;
	kernel.current = kernel.ready[priority].head;
	kernel.current->runs++;
	if (kernel.setup.on_switch)
		kernel.setup.on_switch(from, kernel.current);
	return kernel.current->sp;
}

void kernel_run(const struct kernel_setup *setup)
{
	uintptr_t state = kernel_lock();

	kernel.setup = *setup;
	kernel.random = setup->random_seed;
	kernel.ticks = 0;
	kernel.idle = (struct task){ .name = "idle" };
	kernel.current = &kernel.idle;
	list_append(&kernel.ready[0], &kernel.idle);
	cpu_clock_start(setup->tick_cycles, setup->ticks_above_guard);
	switch_pend();
	kernel_unlock(state);
	while (*(volatile uint32_t *)&kernel.alive)
		cpu_wait();
	state = kernel_lock();
	cpu_clock_stop();
	list_take(&kernel.ready[0]);
	kernel.current = NULL;
	kernel_unlock(state);
}

uint32_t kernel_ticks(void)
{
	return *(volatile uint32_t *)&kernel.ticks;
}

struct task *kernel_current(void)
{
	return kernel.current;
}

void task_sleep(uint32_t ticks)
{
	uintptr_t state = kernel_lock();
	struct task *task = kernel.current;

	if (ticks) {
		current_leave();
		task->wake_at = kernel.ticks + ticks;
		task->sleep_next = kernel.sleepers;
		kernel.sleepers = task;
	} else {
		turn_pass();
	}
	kernel_unlock(state);
}
