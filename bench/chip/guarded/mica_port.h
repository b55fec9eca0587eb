/* SPDX-License-Identifier: MIT */
/*
 * The arena port, whose guard reads a counter when it has been taken and
 * before it is given back. First on the include path of an image that looks
 * for the longest guarded section; ARMv7-M and later.
 *
 * Both readings are the same instructions everywhere, so what they cost is
 * known from a guard with nothing in it; see guarded.c.
 */
#ifndef GUARDED_MICA_PORT_H
#define GUARDED_MICA_PORT_H

#include "board.h"

#define mica_port_guard guarded_plain_guard
#define mica_port_unguard guarded_plain_unguard
#include "../../../port/arena/mica_port.h"
#undef mica_port_guard
#undef mica_port_unguard

#define GUARDED_COUNTER (BOARD_TIMER_BASE + 4)	/* counts down */

/*
 * Ticks left when the guard was taken; the most that it was held. One in
 * which an interrupt above it came, and freed, does not count: the mask was
 * raised when that took the guard.
 */
extern unsigned int guarded_from, guarded_most, guarded_disturbed;

static inline __attribute__((always_inline)) unsigned int guarded_read(void)
{
	unsigned int ticks;

	__asm__ volatile("movw	%0, %1\n\t"
			 "movt	%0, %2\n\t"
			 "ldr	%0, [%0]"
			 : "=r"(ticks)
			 : "i"(GUARDED_COUNTER & 0xffff),
			   "i"(GUARDED_COUNTER >> 16) : "memory");
	return ticks;
}

static inline __attribute__((always_inline))
mica_port_guard_t mica_port_guard(void)
{
	mica_port_guard_t state = guarded_plain_guard();

	guarded_disturbed |= state;
	guarded_from = guarded_read();
	return state;
}

static inline __attribute__((always_inline))
void mica_port_unguard(mica_port_guard_t state)
{
	unsigned int ticks = guarded_from - guarded_read();

	if (ticks > guarded_most && !guarded_disturbed)
		guarded_most = ticks;
	if (!state)
		guarded_disturbed = 0;
	guarded_plain_unguard(state);
}

#endif
