/* SPDX-License-Identifier: MIT */
/*
 * ARMv7-M (Cortex-M3, M4, M7): the guard is BASEPRI.
 *
 * It keeps out every interrupt whose priority number is MICA_GUARD_PRIORITY
 * or higher; these may allocate and free. Interrupts with a lower number are
 * never delayed by mica and may only call mica_free().
 *
 * - Writing BASEPRI_MAX, not BASEPRI, can only raise the mask, so a caller
 *   that already masks more keeps its mask. Four instructions a pair, with
 *   the level's load.
 * - No barrier: the architecture makes a rise of the execution priority
 *   visible to the very next instruction. A fall may be seen late; then an
 *   interrupt waits a few cycles more, which hurts nobody. Cortex-M7 r0p0
 *   and r0p1 break the first rule (erratum 837070): see docs/porting.md.
 * - No DMB: the guard orders one core against its own interrupts. Only the
 *   compiler must not move accesses over it; hence the memory clobbers.
 * - Where several cores share the memory, MICA_CORE_ID is the address of a
 *   register that reads as the number of the core: the architecture has none.
 *   Each core has a BASEPRI of its own.
 * - Unprivileged code cannot write BASEPRI; the write is ignored without a
 *   trap. Tasks that allocate must run privileged.
 */
#ifndef MICA_PORT_ARMV7M_H
#define MICA_PORT_ARMV7M_H

#ifdef __cplusplus
static_assert(
#else
_Static_assert(
#endif
	(MICA_GUARD_PRIORITY & 0xe0) != 0 && MICA_GUARD_PRIORITY <= 0xff,
	"MICA_GUARD_PRIORITY: 0x20 to 0xff; lower bits need not exist, and 0 would mask nothing");

#define MICA_PORT_GUARD 1
#define MICA_PORT_ABOVE_GUARD 1
typedef unsigned int mica_port_guard_t;

static inline __attribute__((always_inline))
mica_port_guard_t mica_port_guard(void)
{
	mica_port_guard_t state;

	__asm__ volatile("mrs %0, basepri\n\t"
			 "msr basepri_max, %1"
			 : "=&r"(state)
			 : "r"(MICA_GUARD_PRIORITY)
			 : "memory");
	return state;
}

static inline __attribute__((always_inline))
void mica_port_unguard(mica_port_guard_t state)
{
	__asm__ volatile("msr basepri, %0" : : "r"(state) : "memory");
}

#define MICA_PORT_IN_INTERRUPT 1
static inline bool mica_port_in_interrupt(void)
{
	unsigned int exception;

	__asm__ volatile("mrs %0, ipsr" : "=r"(exception));
	return exception;
}

#if MICA_CORES > 1

#define MICA_PORT_CORE 1
static inline __attribute__((always_inline)) unsigned int mica_port_core(void)
{
	return *(const volatile unsigned int *)MICA_CORE_ID;
}

#define MICA_PORT_RELAX 1
static inline void mica_port_relax(unsigned int spins)
{
	(void)spins;
	__asm__ volatile("yield" : : : "memory");
}

#endif

#endif
