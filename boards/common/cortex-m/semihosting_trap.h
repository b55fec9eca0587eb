/* SPDX-License-Identifier: MIT */
/* How a Cortex-M asks the debugger, or QEMU. */
#ifndef SEMIHOSTING_TRAP_H
#define SEMIHOSTING_TRAP_H

#include <stdint.h>

static inline uintptr_t semihosting_trap(uintptr_t call, const void *argument)
{
	register uintptr_t r0 __asm__("r0") = call;
	register const void *r1 __asm__("r1") = argument;

	__asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

#endif
