/* SPDX-License-Identifier: MIT */
/* An interrupt that tests pend by hand. */
#include <mica/config.h>
#include "board_io.h"
#include "tests/kernel/cpu.h"

#define NVIC_ISER (*(volatile uint32_t *)0xe000e100)
#define NVIC_ISPR (*(volatile uint32_t *)0xe000e200)
#define NVIC_IPR ((volatile uint32_t *)0xe000e400)
#define IRQ 7u			/* any will do */

void isr_irq(unsigned int irq)
{
	if (irq == IRQ)
		irq_handle();
}

/* Priorities are written a word at a time: all that ARMv6-M can. */
void cpu_irq_setup(bool above_guard)
{
	uint32_t priority = above_guard ? 0 : MICA_GUARD_PRIORITY;
	unsigned int shift = IRQ % 4 * 8;

	NVIC_IPR[IRQ / 4] = (NVIC_IPR[IRQ / 4] & ~(0xffu << shift)) |
		priority << shift;
	NVIC_ISER = 1u << IRQ;
}

void cpu_irq_pend(void)
{
	NVIC_ISPR = 1u << IRQ;
	cpu_sync();
}
