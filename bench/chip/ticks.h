/* SPDX-License-Identifier: MIT */
/* What counting asks of a CPU: one file each, ticks_<arch>.c. */
#ifndef CHIP_TICKS_H
#define CHIP_TICKS_H

#include <stdbool.h>
#include <stdint.h>

typedef uintptr_t ticks_function(uintptr_t a, uintptr_t b);

/** ticks_start() - let the counter run */
void ticks_start(void);

/** ticks_now() - read it */
uint32_t ticks_now(void);

/** ticks_between() - ticks from one reading to a later one */
uint32_t ticks_between(uint32_t start, uint32_t end);

/**
 * ticks_of_call() - read the counter, call a function, read it again
 * @result: what @call returned
 *
 * Return: ticks between both readings.
 */
uint32_t ticks_of_call(ticks_function *call, uintptr_t a, uintptr_t b,
		       uintptr_t *result);

/** ticks_bare_return() - a function of one instruction */
uintptr_t ticks_bare_return(uintptr_t a, uintptr_t b);

/** ticks_loop() - a function of 2 @turns + 2 instructions; @turns at least 1 */
uintptr_t ticks_loop(uintptr_t turns, uintptr_t b);

/**
 * ticks_interrupt() - have isr_systick() called once, soon
 * @delay: cycles of the CPU from now
 *
 * Return: false, there is no such interrupt above the guard, or its timer is
 * the one that counts.
 */
bool ticks_interrupt(uint32_t delay);

/** ticks_interrupt_end() - in the interrupt: it shall not come again */
void ticks_interrupt_end(void);

#endif
