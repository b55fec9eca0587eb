/* SPDX-License-Identifier: MIT */
/*
 * Cortex-M: the CMSDK timer where the board has one, else SysTick. Both count
 * down, from 25 million times a second on; with -icount shift=10 an
 * instruction takes 1024 ns, hence a dozen ticks or more.
 *
 * With the CMSDK timer counting, SysTick is free to interrupt.
 */
#include "board.h"
#include "ticks.h"

#define SYST ((volatile uint32_t *)0xe000e010)
#define SYST_CSR 0
#define SYST_RVR 1
#define SYST_CVR 2
#define SYST_COUNT 5u	/* enabled, at the CPU's clock */
#define SYST_INTERRUPT 7u

#ifdef BOARD_TIMER_BASE
#define HAS_TIMER 1
#define TIMER ((volatile uint32_t *)BOARD_TIMER_BASE)
#define COUNTER (TIMER + 1)
#define COUNTER_MASK 0xffffffffu
#else
#define HAS_TIMER 0
#define TIMER SYST
#define COUNTER (SYST + SYST_CVR)
#define COUNTER_MASK 0x00ffffffu
#endif
#define TIMER_CTRL 0
#define TIMER_RELOAD 2

static void timer_start(void)
{
	TIMER[TIMER_RELOAD] = COUNTER_MASK;
	*COUNTER = COUNTER_MASK;
	TIMER[TIMER_CTRL] = 1;
}

static void systick_start(void)
{
	SYST[SYST_RVR] = COUNTER_MASK;
	SYST[SYST_CVR] = 0;
	SYST[SYST_CSR] = SYST_COUNT;
	while (!SYST[SYST_CVR])
		;
}

void ticks_start(void)
{
	if (HAS_TIMER)
		timer_start();
	else
		systick_start();
}

uint32_t ticks_now(void)
{
	return *COUNTER;
}

uint32_t ticks_between(uint32_t start, uint32_t end)
{
	return (start - end) & COUNTER_MASK;
}

uint32_t ticks_of_call(ticks_function *call, uintptr_t a, uintptr_t b,
		       uintptr_t *result)
{
	register uintptr_t r0 __asm__("r0") = a;
	register uintptr_t r1 __asm__("r1") = b;
	uintptr_t counter = (uintptr_t)COUNTER;
	uint32_t start;

	__asm__ volatile("ldr	%[start], [%[counter]]\n\t"
			 "blx	%[call]\n\t"
			 "ldr	%[counter], [%[counter]]"
			 : [start] "=&l"(start), [counter] "+l"(counter),
			   "+r"(r0), "+r"(r1)
			 : [call] "l"(call)
			 : "r2", "r3", "r12", "lr", "cc", "memory");
	*result = r0;
	return ticks_between(start, (uint32_t)counter);
}

__attribute__((naked)) uintptr_t ticks_bare_return(uintptr_t a, uintptr_t b)
{
	(void)a, (void)b;
	__asm__ volatile("bx	lr");
}

__attribute__((naked)) uintptr_t ticks_loop(uintptr_t turns, uintptr_t b)
{
	(void)turns, (void)b;
	__asm__ volatile("nop\n"
			 "1:	subs	r0, r0, #1\n\t"
			 "bne	1b\n\t"
			 "bx	lr");
}

bool ticks_interrupt(uint32_t delay)
{
	if (!HAS_TIMER)
		return false;
	SYST[SYST_RVR] = delay;
	SYST[SYST_CVR] = 0;
	SYST[SYST_CSR] = SYST_INTERRUPT;
	return true;
}

void ticks_interrupt_end(void)
{
	SYST[SYST_CSR] = 0;
}
