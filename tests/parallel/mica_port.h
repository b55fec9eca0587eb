/* SPDX-License-Identifier: MIT */
/*
 * The port of chips with threads of this machine as its contexts: as the
 * cores of a chip that has several (`core`), or as threads (`thread`). What
 * the core does when several take part can so be looked at with a debugger
 * and with the thread sanitizer.
 */
#ifndef MICA_PORT_PARALLEL_H
#define MICA_PORT_PARALLEL_H

#if MICA_CONTEXT == MICA_CONTEXT_THREAD

extern __thread struct mica_part *parallel_part;

static inline struct mica_part **mica_port_part(void)
{
	return &parallel_part;
}

#else

/* A thread is a core from its first call until it ends. */
#define MICA_PORT_CORE 1
unsigned int mica_port_core(void);

#endif

#define MICA_PORT_RELAX 1
void mica_port_relax(unsigned int spins);

#include "../../port/arena/mica_port.h"

#endif
