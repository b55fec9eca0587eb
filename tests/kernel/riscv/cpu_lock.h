/* SPDX-License-Identifier: MIT */
/* mstatus.MIE: no interrupt at all. */
#ifndef KERNEL_CPU_LOCK_H
#define KERNEL_CPU_LOCK_H

#include <stdint.h>

static inline uintptr_t kernel_lock(void)
{
	uintptr_t state;

	__asm__ volatile("csrrci %0, mstatus, 8" : "=r"(state) : : "memory");
	return state & 8;
}

static inline void kernel_unlock(uintptr_t state)
{
	__asm__ volatile("csrs mstatus, %0" : : "r"(state) : "memory");
}

#endif
