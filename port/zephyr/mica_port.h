/* SPDX-License-Identifier: MIT */
/*
 * Zephyr: the guard is its interrupt lock, on whatever CPU it runs.
 *
 * That is a call each way, not inline: Zephyr's headers would bring their own
 * likely(), __noinline and the like into the core. The lock is the CPU's own
 * (arch_irq_lock()), since each core has its contexts, and the scheduler
 * cannot switch inside it. Zero-latency interrupts are above it: they may call
 * mica_free() only.
 *
 * The memory is what Kconfig says, or mica_arena_spans() of the application:
 * a table ended by a NULL base, the same one at each call.
 */
#ifndef MICA_PORT_ZEPHYR_H
#define MICA_PORT_ZEPHYR_H

unsigned int mica_zephyr_lock(void);
void mica_zephyr_unlock(unsigned int key);
unsigned int mica_zephyr_core(void);
void mica_zephyr_relax(void);
bool mica_zephyr_in_interrupt(void);

const struct mica_span *mica_arena_spans(void);

#define MICA_PORT_GUARD 1
typedef unsigned int mica_port_guard_t;

static inline mica_port_guard_t mica_port_guard(void)
{
	return mica_zephyr_lock();
}

static inline void mica_port_unguard(mica_port_guard_t state)
{
	mica_zephyr_unlock(state);
}

#define MICA_PORT_IN_INTERRUPT 1
static inline bool mica_port_in_interrupt(void)
{
	return mica_zephyr_in_interrupt();
}

#if MICA_CORES > 1

#define MICA_PORT_CORE 1
static inline unsigned int mica_port_core(void)
{
	return mica_zephyr_core();
}

#define MICA_PORT_RELAX 1
static inline void mica_port_relax(unsigned int spins)
{
	(void)spins;
	mica_zephyr_relax();
}

#endif

#define MICA_PORT_SPANS 1
const struct mica_span *mica_port_spans(void);

#include "../generic.h"

#endif
