/* SPDX-License-Identifier: MIT */
/*
 * ARMv6-M (Cortex-M0, M0+, M1): the guard is PRIMASK, the only mask there is.
 *
 * It keeps out every interrupt, so all of them may allocate and free, none
 * lies above the guard, and each is delayed by at most the guarded part of
 * one call. MICA_GUARD_PRIORITY means nothing here. NMI and HardFault cannot
 * be kept out and must not call mica.
 *
 * - A caller that already masks interrupts keeps them masked.
 * - No barrier: the CPU takes no interrupt after CPSID, and accesses its
 *   memory in order. Only the compiler must not move accesses over the two;
 *   hence the memory clobbers.
 * - There is no compare-and-swap: it is a few instructions with interrupts
 *   masked. That holds for one core; two that share memory need a lock of
 *   the chip's (MICA_CORES must be 1).
 * - Unprivileged code cannot write PRIMASK (Cortex-M0+ has such a mode); the
 *   write is ignored without a trap. Tasks that allocate must run privileged.
 */
#ifndef MICA_PORT_ARMV6M_H
#define MICA_PORT_ARMV6M_H

#ifdef __cplusplus
static_assert(
#else
_Static_assert(
#endif
	MICA_CORES == 1, "ARMv6-M cores cannot share memory without a lock of the chip's");

#define MICA_PORT_GUARD 1
#define MICA_PORT_ABOVE_GUARD 0
typedef unsigned int mica_port_guard_t;

static inline __attribute__((always_inline))
mica_port_guard_t mica_port_guard(void)
{
	mica_port_guard_t state;

	__asm__ volatile("mrs %0, primask\n\t"
			 "cpsid i"
			 : "=r"(state) : : "memory");
	return state;
}

static inline __attribute__((always_inline))
void mica_port_unguard(mica_port_guard_t state)
{
	__asm__ volatile("msr primask, %0" : : "r"(state) : "memory");
}

#define MICA_PORT_IN_INTERRUPT 1
static inline bool mica_port_in_interrupt(void)
{
	unsigned int exception;

	__asm__ volatile("mrs %0, ipsr" : "=r"(exception));
	return exception;
}

#define MICA_PORT_ATOMICS 1

/* On failure *@old is what was found. */
static inline bool mica_port_cas(uintptr_t *p, uintptr_t *old, uintptr_t value)
{
	mica_port_guard_t state = mica_port_guard();
	uintptr_t found = *p;
	bool same = found == *old;

	if (same)
		*p = value;
	mica_port_unguard(state);
	*old = found;
	return same;
}

static inline uintptr_t mica_port_xchg(uintptr_t *p, uintptr_t value)
{
	mica_port_guard_t state = mica_port_guard();
	uintptr_t old = *p;

	*p = value;
	mica_port_unguard(state);
	return old;
}

#endif
