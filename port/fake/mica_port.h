/* SPDX-License-Identifier: MIT */
/*
 * A platform made of faults, for tests: see fake.h for what it can be told.
 *
 * The guard is real here: it counts its nesting, and everything else of the
 * contract asserts that it is open.
 */
#ifndef MICA_PORT_FAKE_H
#define MICA_PORT_FAKE_H

extern __thread struct mica_part *fake_part_word;

static inline struct mica_part **mica_port_part(void)
{
	return &fake_part_word;
}

#define MICA_PORT_GUARD 1
typedef unsigned int mica_port_guard_t;

mica_port_guard_t mica_port_guard(void);
void mica_port_unguard(mica_port_guard_t state);

#define MICA_PORT_IN_INTERRUPT 1
bool mica_port_in_interrupt(void);

#define MICA_PORT_RELAX 1
void mica_port_relax(unsigned int spins);

#define MICA_PORT_HUGE 1
const struct mica_port_huge *mica_port_huge(void);

#include "../generic.h"

#endif
