/* SPDX-License-Identifier: MIT */
/* An interrupt that tests pend by hand. */
#include "clint.h"
#include "software.h"
#include "tests/kernel/cpu.h"

/* No interrupt lies above the guard: tests that want one are skipped. */
void cpu_irq_setup(bool above_guard)
{
	(void)above_guard;
	interrupt_enable(IRQ_SOFTWARE);
}

void cpu_irq_pend(void)
{
	software_call = irq_handle;
	software_pend();
}
