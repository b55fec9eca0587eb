/* SPDX-License-Identifier: MIT */
/*
 * RISC-V: the CSR minstret counts instructions itself; under -icount shift=0
 * QEMU keeps it exact. No interrupt lies above the guard.
 */
#include "ticks.h"

void ticks_start(void)
{
}

uint32_t ticks_now(void)
{
	uintptr_t now;

	__asm__ volatile("csrr	%0, minstret" : "=r"(now) : : "memory");
	return (uint32_t)now;
}

uint32_t ticks_between(uint32_t start, uint32_t end)
{
	return end - start;
}

uint32_t ticks_of_call(ticks_function *call, uintptr_t a, uintptr_t b,
		       uintptr_t *result)
{
	register uintptr_t a0 __asm__("a0") = a;
	register uintptr_t a1 __asm__("a1") = b;
	register ticks_function *s2 __asm__("s2") = call;
	register uintptr_t s3 __asm__("s3");
	register uintptr_t s4 __asm__("s4");

	__asm__ volatile("csrr	%[start], minstret\n\t"
			 "jalr	%[call]\n\t"
			 "csrr	%[end], minstret"
			 : [start] "=&r"(s3), [end] "=&r"(s4), "+r"(a0),
			   "+r"(a1)
			 : [call] "r"(s2)
			 : "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6",
			   "a2", "a3", "a4", "a5", "a6", "a7", "memory");
	*result = a0;
	return ticks_between((uint32_t)s3, (uint32_t)s4);
}

__attribute__((naked)) uintptr_t ticks_bare_return(uintptr_t a, uintptr_t b)
{
	(void)a, (void)b;
	__asm__ volatile("ret");
}

__attribute__((naked)) uintptr_t ticks_loop(uintptr_t turns, uintptr_t b)
{
	(void)turns, (void)b;
	__asm__ volatile("nop\n"
			 "1:	addi	a0, a0, -1\n\t"
			 "bnez	a0, 1b\n\t"
			 "ret");
}

bool ticks_interrupt(uint32_t delay)
{
	(void)delay;
	return false;
}

void ticks_interrupt_end(void)
{
}
