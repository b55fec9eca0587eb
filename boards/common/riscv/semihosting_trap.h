/* SPDX-License-Identifier: MIT */
/*
 * How a RISC-V hart asks the debugger, or QEMU: a breakpoint between two
 * instructions that do nothing, all three uncompressed and in one page.
 */
#ifndef SEMIHOSTING_TRAP_H
#define SEMIHOSTING_TRAP_H

#include <stdint.h>

/* Argument and result are in the registers of any call. */
__attribute__((naked, noinline, aligned(16)))
static uintptr_t semihosting_trap(uintptr_t call __attribute__((unused)),
				  const void *argument __attribute__((unused)))
{
	__asm__ volatile(".option push\n\t"
			 ".option norvc\n\t"
			 "slli	zero, zero, 0x1f\n\t"
			 "ebreak\n\t"
			 "srai	zero, zero, 7\n\t"
			 "ret\n\t"
			 ".option pop");
}

#endif
