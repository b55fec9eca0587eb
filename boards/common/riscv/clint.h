/* SPDX-License-Identifier: MIT */
/*
 * Machine mode: interrupts by number, their bits in mie and mip, and the
 * core-local interruptor, a timer and a software interrupt for each hart.
 */
#ifndef RISCV_CLINT_H
#define RISCV_CLINT_H

#include <stdint.h>
#include "board.h"

#define IRQ_SOFTWARE 3u
#define IRQ_TIMER 7u
#define IRQ_EXTERNAL 11u
#define MSTATUS_MIE 0x8u
#define MSTATUS_MPIE 0x80u
#define MSTATUS_MPP 0x1800u	/* machine mode before the trap */

/* The software interrupt of a hart is pending while this is 1. */
#define CLINT_MSIP ((volatile uint32_t *)BOARD_CLINT_BASE)
/* The timer's of a hart is while the time has reached this: low, high. */
#define CLINT_MTIMECMP ((volatile uint32_t *)(BOARD_CLINT_BASE + 0x4000))
#define CLINT_MTIME ((volatile uint32_t *)(BOARD_CLINT_BASE + 0xbff8))

static inline void interrupt_enable(unsigned int irq)
{
	__asm__ volatile("csrs mie, %0" : : "r"((uintptr_t)1 << irq) : "memory");
}

static inline void interrupt_disable(unsigned int irq)
{
	__asm__ volatile("csrc mie, %0" : : "r"((uintptr_t)1 << irq) : "memory");
}

static inline unsigned int hart_id(void)
{
	uintptr_t id;

	__asm__ volatile("csrr %0, mhartid" : "=r"(id));
	return (unsigned int)id;
}

#endif
