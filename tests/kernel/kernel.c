/* SPDX-License-Identifier: MIT */
/*
 * The kernel's tasks and clock.
 *
 * A task is on the ready list of its priority, or on a queue's list, or on
 * the list of sleepers; the running task is the head of the first ready list
 * that is not empty. Every list is changed with interrupts off. What changes
 * who should run pends PendSV, the least urgent exception: it runs when all
 * other handlers are done and no guard is held, so a task is never switched
 * away inside mica's guard.
 *
 * main() is the idle task. Its context lies on the main stack, below which
 * the handlers work; the tasks' contexts lie on their own (process) stacks.
 */
#include <mica/config.h>
#include "board_io.h"
#include "kernel.h"

#define STACK_CANARY 0x57ac4e4du
#define FRAME_WORDS 18		/* r3..r11, lr, and what the CPU pushes */
#define PSR_THUMB 0x01000000u
#define RETURN_TO_PROCESS 0xfffffffdu
#define TICK_SHORTEST 64u

#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)
#define SCB_ICSR (*(volatile uint32_t *)0xe000ed04)
#define SCB_SHPR3 (*(volatile uint32_t *)0xe000ed20)
#define ICSR_PENDSVSET (1u << 28)
#define ICSR_PENDSTCLR (1u << 25)
#define SYST_RUN 7u		/* on, with interrupt, CPU clock */

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

uint32_t *kernel_switch(uint32_t *sp);

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
	if (!kernel.current)
		return;
	SCB_ICSR = ICSR_PENDSVSET;
	__asm__ volatile("dsb\n\tisb" : : : "memory");
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
	kernel_lock();
	kernel.alive--;
	current_leave();
	kernel_unlock(0);
	board_exit(2);		/* not reached: nobody switches to it again */
}

void task_create(struct task *task, const char *name,
		 void (*entry)(void *argument), void *argument,
		 unsigned int priority, uint32_t *stack, size_t words)
{
	uint32_t *sp = stack + words - FRAME_WORDS;
	uint32_t state;

	for (int i = 0; i < FRAME_WORDS; i++)
		sp[i] = 0;
	sp[9] = RETURN_TO_PROCESS;
	sp[10] = (uint32_t)argument;	/* r0 */
	sp[15] = (uint32_t)task_end;	/* lr */
	sp[16] = (uint32_t)entry & ~1u;	/* pc */
	sp[17] = PSR_THUMB;
	stack[0] = STACK_CANARY;
	*task = (struct task){
		.sp = sp, .stack = stack, .name = name,
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

void isr_systick(void)
{
	uint32_t state = kernel_lock();

	kernel.ticks++;
	sleepers_wake();
	turn_pass();
	if (kernel.random) {
		SYST_RVR = interval_draw();
		SYST_CVR = 0;
	}
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

/* From isr_pendsv(), interrupts off; main() is always ready. */
__attribute__((used)) uint32_t *kernel_switch(uint32_t *sp)
{
	unsigned int priority = KERNEL_PRIORITIES - 1;

	kernel.current->sp = sp;
	stack_check(kernel.current);
	while (!kernel.ready[priority].head)
		priority--;
	kernel.current = kernel.ready[priority].head;
	kernel.current->runs++;
	return kernel.current->sp;
}

/* r3 only keeps the stack aligned to 8 bytes. */
__attribute__((naked)) void isr_pendsv(void)
{
	__asm__ volatile("cpsid	i\n\t"
			 "tst	lr, #4\n\t"
			 "ite	eq\n\t"
			 "mrseq	r0, msp\n\t"
			 "mrsne	r0, psp\n\t"
			 "stmdb	r0!, {r3-r11, lr}\n\t"
			 "it	eq\n\t"
			 "msreq	msp, r0\n\t"
			 "bl	kernel_switch\n\t"
			 "ldmia	r0!, {r3-r11, lr}\n\t"
			 "tst	lr, #4\n\t"
			 "ite	eq\n\t"
			 "msreq	msp, r0\n\t"
			 "msrne	psp, r0\n\t"
			 "cpsie	i\n\t"
			 "bx	lr");
}

static void clock_start(void)
{
	uint32_t urgency = kernel.setup.ticks_above_guard ?
		0 : MICA_GUARD_PRIORITY;

	SCB_SHPR3 = urgency << 24 | 0xffu << 16;
	SYST_RVR = kernel.setup.tick_cycles;
	SYST_CVR = 0;
	SYST_CSR = SYST_RUN;
}

static void clock_stop(void)
{
	SYST_CSR = 0;
	SCB_ICSR = ICSR_PENDSTCLR;
}

void kernel_run(const struct kernel_setup *setup)
{
	uint32_t state = kernel_lock();

	kernel.setup = *setup;
	kernel.random = setup->random_seed;
	kernel.ticks = 0;
	kernel.idle = (struct task){ .name = "idle" };
	kernel.current = &kernel.idle;
	list_append(&kernel.ready[0], &kernel.idle);
	clock_start();
	switch_pend();
	kernel_unlock(state);
	while (*(volatile uint32_t *)&kernel.alive)
		__asm__ volatile("wfi");
	state = kernel_lock();
	clock_stop();
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
	uint32_t state = kernel_lock();
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
