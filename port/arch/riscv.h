/* SPDX-License-Identifier: MIT */
/*
 * RISC-V in machine mode: the guard clears mstatus.MIE.
 *
 * It keeps out every interrupt of its hart, so nothing lies above the guard
 * and every handler may allocate. Not maskable are traps of the hart's own
 * making and a non-maskable interrupt, where a chip has one: its handler must
 * not call mica at all.
 *
 * - One instruction clears the bit and reads what it was; unguard sets it
 *   again only if it was set, so a caller's own masking is kept. Three
 *   instructions a pair.
 * - No fence: the guard orders one hart against its own interrupts. Only the
 *   compiler must not move accesses over it; hence the memory clobbers.
 * - In supervisor or user mode mstatus is out of reach: the access traps.
 *
 * Atomics are the compiler's where the hart has the A extension. Where it has
 * none, compare-and-swap is a few instructions with interrupts masked, which
 * only serves one hart.
 */
#ifndef MICA_PORT_RISCV_H
#define MICA_PORT_RISCV_H

#define MICA_PORT_GUARD 1
#define MICA_PORT_ABOVE_GUARD 0
typedef uintptr_t mica_port_guard_t;

#define MICA_RISCV_MIE 8u

static inline __attribute__((always_inline))
mica_port_guard_t mica_port_guard(void)
{
	mica_port_guard_t state;

	__asm__ volatile("csrrci %0, mstatus, %1"
			 : "=r"(state) : "i"(MICA_RISCV_MIE) : "memory");
	return state;
}

static inline __attribute__((always_inline))
void mica_port_unguard(mica_port_guard_t state)
{
	__asm__ volatile("csrs mstatus, %0"
			 : : "r"(state & MICA_RISCV_MIE) : "memory");
}

/*
 * No register says that a handler runs. In one MIE is clear, unless it lets
 * others nest; it also is where a task masks interrupts by itself.
 */
#define MICA_PORT_IN_INTERRUPT 1
static inline bool mica_port_in_interrupt(void)
{
	uintptr_t status;

	__asm__ volatile("csrr %0, mstatus" : "=r"(status));
	return !(status & MICA_RISCV_MIE);
}

/* Harts of a chip are numbered from 0, and hart 0 has part 0. */
#define MICA_PORT_CORE 1
static inline __attribute__((always_inline)) unsigned int mica_port_core(void)
{
	uintptr_t hart;

	__asm__("csrr %0, mhartid" : "=r"(hart));
	return (unsigned int)hart;
}

/* The hint `pause`, which is a fence of nothing where it is not known. */
#define MICA_PORT_RELAX 1
static inline void mica_port_relax(unsigned int spins)
{
	(void)spins;
	__asm__ volatile(".insn i 0x0f, 0, x0, x0, 0x010" : : : "memory");
}

#ifndef __riscv_atomic

#define MICA_PORT_ATOMICS 1

#ifdef __cplusplus
static_assert(
#else
_Static_assert(
#endif
	MICA_CORES == 1, "several harts need the A extension");

static inline bool mica_port_cas(uintptr_t *p, uintptr_t *old, uintptr_t desired)
{
	mica_port_guard_t state = mica_port_guard();
	uintptr_t seen = *(volatile uintptr_t *)p;
	bool same = seen == *old;

	if (same)
		*(volatile uintptr_t *)p = desired;
	mica_port_unguard(state);
	*old = seen;
	return same;
}

static inline uintptr_t mica_port_xchg(uintptr_t *p, uintptr_t desired)
{
	mica_port_guard_t state = mica_port_guard();
	uintptr_t old = *(volatile uintptr_t *)p;

	*(volatile uintptr_t *)p = desired;
	mica_port_unguard(state);
	return old;
}

#endif

#endif
