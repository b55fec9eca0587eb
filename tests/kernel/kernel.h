/* SPDX-License-Identifier: MIT */
/*
 * A small preemptive kernel, in the manner of the usual RTOSes: what mica is
 * tested and shown under, not what anybody should ship.
 *
 * Tasks have priorities, equal ones take turns at each tick. main() is the
 * idle task: kernel_run() returns to it when the last task has ended.
 * Interrupts at or below the guard's priority (the tick is) may use mica.
 * What depends on the CPU is behind cpu.h.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "cpu_lock.h"

#define KERNEL_PRIORITIES 8	/* 1 to 7 for tasks, 7 the most urgent */

struct task {
	uintptr_t *sp;		/* first: saved registers while it waits */
	struct task *next;	/* on a ready list or a queue's list */
	struct task *sleep_next;
	uintptr_t *stack;	/* its lowest word holds a canary */
	const char *name;
	void *local;		/* whatever on_switch keeps for it */
	uint32_t wake_at;
	uint32_t runs;		/* times switched to */
	uint8_t priority;
};

/* First in, first out, by the links inside the tasks. */
struct task_list {
	struct task *head, *tail;
};

/**
 * struct kernel_setup - how kernel_run() keeps time
 * @tick_cycles: cycles from tick to tick; more than 64
 * @random_seed: not 0: ticks come after random intervals of 64 cycles to
 *	@tick_cycles, the sequence repeats with the seed
 * @ticks_above_guard: SysTick is more urgent than mica's guard, so that it
 *	comes inside guarded sections too; @on_tick then may only free
 * @on_tick: called in the interrupt at each tick; may be NULL
 * @on_switch: called at each switch, no task runs: what a task keeps in one
 *	word of the core's is exchanged here; may be NULL
 */
struct kernel_setup {
	uint32_t tick_cycles;
	uint32_t random_seed;
	bool ticks_above_guard;
	void (*on_tick)(uint32_t tick);
	void (*on_switch)(struct task *from, struct task *to);
};

/**
 * task_create() - make a task ready to run
 * @task: storage
 * @name: for reports
 * @entry: what it runs; the task ends when it returns
 * @argument: passed to @entry
 * @priority: 1 to KERNEL_PRIORITIES - 1
 * @stack: memory, aligned to 16 bytes
 * @words: size of @stack, a multiple of 4
 */
void task_create(struct task *task, const char *name,
		 void (*entry)(void *argument), void *argument,
		 unsigned int priority, uintptr_t *stack, size_t words);

/** kernel_run() - run the tasks until all have ended */
void kernel_run(const struct kernel_setup *setup);

/** kernel_ticks() - ticks since kernel_run() */
uint32_t kernel_ticks(void);

/** kernel_current() - the running task; NULL in main() before kernel_run() */
struct task *kernel_current(void);

/** task_sleep() - let @ticks ticks pass; 0 only yields */
void task_sleep(uint32_t ticks);

/*
 * kernel_lock() - no interrupt from here to kernel_unlock(); nests. Both are
 * inline, in the cpu_lock.h of the CPU's folder.
 */

/* For queue.c: wait on a list, wake its first; inside kernel_lock(). */
void task_wait(struct task_list *list);
void task_wake_one(struct task_list *list);

/**
 * struct queue - messages, which are pointers, in order
 * @slots: room for @capacity of them
 */
struct queue {
	void **slots;
	unsigned int capacity, head, count;
	struct task_list senders, receivers;
};

/** queue_send() - append a message; waits while the queue is full */
void queue_send(struct queue *queue, void *message);

/** queue_receive() - take the oldest message; waits for one */
void *queue_receive(struct queue *queue);

/** queue_try_send() - as queue_send(); false at once when full; ISR-safe */
bool queue_try_send(struct queue *queue, void *message);

/** queue_try_receive() - as queue_receive(); NULL when empty; ISR-safe */
void *queue_try_receive(struct queue *queue);

#endif
