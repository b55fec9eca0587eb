/* SPDX-License-Identifier: MIT */
/*
 * What every port gets for free. A port's mica_port.h defines what differs
 * (and the macro of that name) before it includes this.
 */
#ifndef MICA_PORT_GENERIC_H
#define MICA_PORT_GENERIC_H

/* No interrupt or none that allocates: nothing to keep out. */
#ifndef MICA_PORT_GUARD
#define MICA_PORT_GUARD 0
typedef unsigned int mica_port_guard_t;

static inline mica_port_guard_t mica_port_guard(void)
{
	return 0;
}

static inline void mica_port_unguard(mica_port_guard_t state)
{
	(void)state;
}
#endif

/* Interrupts may lie above the guard, unless the port knows better. */
#ifndef MICA_PORT_ABOVE_GUARD
#define MICA_PORT_ABOVE_GUARD 1
#endif

#ifndef MICA_PORT_CORE
#define MICA_PORT_CORE 0
static inline unsigned int mica_port_core(void)
{
	return 0;
}
#endif

#ifndef MICA_PORT_RELAX
#define MICA_PORT_RELAX 0
static inline void mica_port_relax(unsigned int spins)
{
	(void)spins;
}
#endif

/* No interrupt handler calls mica. */
#ifndef MICA_PORT_IN_INTERRUPT
#define MICA_PORT_IN_INTERRUPT 0
static inline bool mica_port_in_interrupt(void)
{
	return false;
}
#endif

/* Memory comes from mica_port_provider(). */
#ifndef MICA_PORT_SPANS
#define MICA_PORT_SPANS 0
static inline const struct mica_span *mica_port_spans(void)
{
	return NULL;
}
#endif

/* Memory is there as a whole, or comes from a provider. */
#ifndef MICA_PORT_GROWS
#define MICA_PORT_GROWS 0
#endif

/* Nobody counts what the program used. */
#ifndef MICA_PORT_PROCESS
#define MICA_PORT_PROCESS 0
static inline bool mica_port_process(struct mica_process *process)
{
	(void)process;
	return false;
}
#endif

/* No large pages that are asked for by name. */
#ifndef MICA_PORT_HUGE
#define MICA_PORT_HUGE 0
static inline const struct mica_port_huge *mica_port_huge(void)
{
	return NULL;
}
#endif

/* The compiler's atomics will do. */
#ifndef MICA_PORT_ATOMICS
#define MICA_PORT_ATOMICS 0
#endif

#endif
