/* SPDX-License-Identifier: MIT */
/*
 * The kernel on any Cortex-M: SysTick is the clock, PendSV switches. PendSV
 * is the least urgent exception: it runs when all other handlers are done
 * and no guard is held. ARMv6-M instructions only.
 *
 * main()'s context lies on the main stack, below which the handlers work; the
 * tasks' contexts lie on their own (process) stacks.
 */
#include <mica/config.h>
#include "board.h"
#include "board_io.h"
#include "tests/kernel/cpu.h"

#define FRAME_WORDS 18		/* r4..r11, a gap, lr, and what the CPU pushes */
#define PSR_THUMB 0x01000000u
#define RETURN_TO_PROCESS 0xfffffffdu

#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)
#define SCB_ICSR (*(volatile uint32_t *)0xe000ed04)
#define SCB_SHPR3 (*(volatile uint32_t *)0xe000ed20)
#define ICSR_PENDSVSET (1u << 28)
#define ICSR_PENDSTCLR (1u << 25)
#define SYST_RUN 7u		/* on, with interrupt, CPU clock */

uintptr_t *cpu_task_prepare(uintptr_t *top, void (*entry)(void *argument),
			    void *argument, void (*end)(void))
{
	uintptr_t *sp = top - FRAME_WORDS;

	for (int i = 0; i < FRAME_WORDS; i++)
		sp[i] = 0;
	sp[9] = RETURN_TO_PROCESS;
	sp[10] = (uintptr_t)argument;		/* r0 */
	sp[15] = (uintptr_t)end;		/* lr */
	sp[16] = (uintptr_t)entry & ~1u;	/* pc */
	sp[17] = PSR_THUMB;
	return sp;
}

void cpu_sync(void)
{
	__asm__ volatile("dsb\n\tisb" : : : "memory");
}

void cpu_switch_pend(void)
{
	SCB_ICSR = ICSR_PENDSVSET;
	cpu_sync();
}

/* The frame, upwards: r4..r7, r8..r11, a gap, lr. */
__attribute__((naked)) void isr_pendsv(void)
{
	__asm__ volatile("cpsid	i\n\t"
			 "mov	r2, lr\n\t"
			 "movs	r1, #4\n\t"
			 "tst	r2, r1\n\t"
			 "beq	1f\n\t"
			 "mrs	r0, psp\n\t"
			 "subs	r0, #40\n\t"
			 "b	2f\n"
			 "1:	mrs	r0, msp\n\t"
			 "subs	r0, #40\n\t"
			 "msr	msp, r0\n"
			 "2:	mov	r3, r0\n\t"
			 "stmia	r3!, {r4-r7}\n\t"
			 "mov	r4, r8\n\t"
			 "mov	r5, r9\n\t"
			 "mov	r6, r10\n\t"
			 "mov	r7, r11\n\t"
			 "stmia	r3!, {r4-r7}\n\t"
			 "stmia	r3!, {r1, r2}\n\t"
			 "bl	kernel_switch\n\t"
			 "mov	r3, r0\n\t"
			 "adds	r0, #16\n\t"
			 "ldmia	r0!, {r4-r7}\n\t"
			 "mov	r8, r4\n\t"
			 "mov	r9, r5\n\t"
			 "mov	r10, r6\n\t"
			 "mov	r11, r7\n\t"
			 "ldmia	r3!, {r4-r7}\n\t"
			 "ldmia	r0!, {r1, r2}\n\t"
			 "movs	r1, #4\n\t"
			 "tst	r2, r1\n\t"
			 "beq	3f\n\t"
			 "msr	psp, r0\n\t"
			 "b	4f\n"
			 "3:	msr	msp, r0\n"
			 "4:	cpsie	i\n\t"
			 "bx	r2");
}

void isr_systick(void)
{
	kernel_tick();
}

/* QEMU runs as many instructions whatever the clock: those of 25 MHz. */
static uint32_t clock_cycles(uint32_t cycles)
{
	return cycles * (BOARD_CLOCK_HZ / 1000000) / 25;
}

void cpu_clock_start(uint32_t cycles, bool above_guard)
{
	uint32_t priority = above_guard ? 0 : MICA_GUARD_PRIORITY;

	SCB_SHPR3 = priority << 24 | 0xffu << 16;
	cpu_clock_next(cycles);
	SYST_CSR = SYST_RUN;
}

void cpu_clock_next(uint32_t cycles)
{
	SYST_RVR = clock_cycles(cycles);
	SYST_CVR = 0;
}

void cpu_clock_stop(void)
{
	SYST_CSR = 0;
	SCB_ICSR = ICSR_PENDSTCLR;
}

void cpu_wait(void)
{
	__asm__ volatile("wfi");
}
