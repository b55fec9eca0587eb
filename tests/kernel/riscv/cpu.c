/* SPDX-License-Identifier: MIT */
/*
 * The kernel on a RISC-V hart in machine mode: the timer of the core-local
 * interruptor is the clock, the software interrupt switches. It comes as
 * soon as mstatus.MIE lets it: when no handler runs, no guard is held and
 * no kernel_lock(). Tests raise the same interrupt by hand.
 *
 * Handlers work on the stack of the task that they interrupt. Floating-point
 * registers are not saved: tasks have no use for them.
 */
#include "clint.h"
#include "riscv.h"
#include "software.h"
#include "tests/kernel/cpu.h"

#define MIP_SOFTWARE (1u << IRQ_SOFTWARE)

static volatile bool switch_wanted;
void (*volatile software_call)(void);
static uint32_t clock_period;

static uint64_t clock_read(void)
{
	uint32_t high, low;

	do {
		high = CLINT_MTIME[1];
		low = CLINT_MTIME[0];
	} while (high != CLINT_MTIME[1]);
	return (uint64_t)high << 32 | low;
}

/* In an order in which no moment in between is due. */
static void clock_set(uint64_t at)
{
	volatile uint32_t *due = &CLINT_MTIMECMP[2 * hart_id()];

	due[1] = UINT32_MAX;
	due[0] = (uint32_t)at;
	due[1] = (uint32_t)(at >> 32);
}

/* ---- tasks ----------------------------------------------------------------- */

/* Where a task that returned from its entry goes on: end() is in s0. */
__attribute__((naked)) static void task_return(void)
{
	__asm__ volatile("jr s0");
}

uintptr_t *cpu_task_prepare(uintptr_t *top, void (*entry)(void *argument),
			    void *argument, void (*end)(void))
{
	uintptr_t *sp = top - FRAME_WORDS;

	for (int i = 0; i < FRAME_WORDS; i++)
		sp[i] = 0;
	sp[FRAME_PC] = (uintptr_t)entry;
	sp[FRAME_RA] = (uintptr_t)task_return;
	sp[FRAME_STATUS] = MSTATUS_MPP | MSTATUS_MPIE;
	sp[FRAME_S0] = (uintptr_t)end;
	sp[FRAME_A0] = (uintptr_t)argument;
	return sp;
}

/* An emulator looks at interrupts between blocks: after a jump, for one. */
void cpu_sync(void)
{
	__asm__ volatile("j	1f\n\t"
			 "nop\n"
			 "1:	j	2f\n\t"
			 "nop\n"
			 "2:" : : : "memory");
}

/* The write takes a moment to arrive; let in, it is served before the end. */
void software_pend(void)
{
	uintptr_t pending;

	CLINT_MSIP[hart_id()] = 1;
	do {
		__asm__ volatile("csrr %0, mip" : "=r"(pending));
	} while (CLINT_MSIP[hart_id()] && !(pending & MIP_SOFTWARE));
	cpu_sync();
}

void cpu_switch_pend(void)
{
	switch_wanted = true;
	software_pend();
}

uintptr_t *isr_software(uintptr_t *sp)
{
	void (*call)(void) = software_call;

	CLINT_MSIP[hart_id()] = 0;
	software_call = NULL;
	if (call)
		call();
	if (!switch_wanted)
		return sp;
	switch_wanted = false;
	return kernel_switch(sp);
}

/* ---- clock ------------------------------------------------------------------- */

/* Nothing lies above the guard: no test asks for it. */
void cpu_clock_start(uint32_t cycles, bool above_guard)
{
	(void)above_guard;
	clock_period = cycles;
	clock_set(clock_read() + cycles);
	interrupt_enable(IRQ_SOFTWARE);
	interrupt_enable(IRQ_TIMER);
}

void cpu_clock_next(uint32_t cycles)
{
	clock_period = cycles;
}

uintptr_t *isr_timer(uintptr_t *sp)
{
	kernel_tick();
	clock_set(clock_read() + clock_period);
	return sp;
}

void cpu_clock_stop(void)
{
	interrupt_disable(IRQ_TIMER);
}

void cpu_wait(void)
{
	__asm__ volatile("wfi");
}
