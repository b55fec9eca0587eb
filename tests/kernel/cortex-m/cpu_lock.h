/* SPDX-License-Identifier: MIT */
/* PRIMASK: no interrupt at all, whatever its priority. */
#ifndef KERNEL_CPU_LOCK_H
#define KERNEL_CPU_LOCK_H

#include <stdint.h>

static inline uintptr_t kernel_lock(void)
{
	uintptr_t state;

	__asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(state) : : "memory");
	return state;
}

static inline void kernel_unlock(uintptr_t state)
{
	__asm__ volatile("msr primask, %0" : : "r"(state) : "memory");
}

#endif
