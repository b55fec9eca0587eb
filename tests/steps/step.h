/* SPDX-License-Identifier: MIT */
/*
 * An interrupt at a chosen instruction of a call.
 *
 * QEMU runs with `-icount shift=10`: an instruction takes 1024 ns, in which
 * SysTick counts ten ticks and more, so it can be set to come between any
 * two of them. How many ticks an instruction has is measured first, by a loop
 * of known length. Where the interrupt came is told by the return address
 * that the CPU pushed; how many instructions a call has is counted apart,
 * by the same timer running through.
 */
#ifndef STEPS_STEP_H
#define STEPS_STEP_H

#include <stdbool.h>
#include <stdint.h>

/* A call of a function of up to three words that returns a word. */
struct step {
	uintptr_t (*call)(uintptr_t a, uintptr_t b, uintptr_t c);
	uintptr_t a, b, c;
	uintptr_t result;
};

/* On this CPU pointers and sizes travel as words do. */
#define STEP_CALL(function) \
	((uintptr_t (*)(uintptr_t, uintptr_t, uintptr_t))(void (*)(void))(function))

enum step_where {
	STEP_BEFORE,	/* the call had not begun */
	STEP_INSIDE,
	STEP_AFTER,	/* it had ended, or the interrupt never came */
};

/** step_start() - measure the timer; Return: does it count exactly? */
bool step_start(void);

/** step_count() - call, not interrupted; Return: instructions of the call */
uint32_t step_count(struct step *step);

/**
 * step_interrupt() - call, and have @handler called in an interrupt
 * @tenths: from the start, in tenths of an instruction; it begins a little
 *	before the call
 * @above_guard: more urgent than mica's guard; else just kept out by it
 * @pc: of the instruction that was to come next, if it came inside
 */
enum step_where step_interrupt(struct step *step, uint32_t tenths,
			       bool above_guard, void (*handler)(void),
			       uintptr_t *pc);

#endif
