/* SPDX-License-Identifier: MIT */
/*
 * Says, when the image ends, for how many instructions it held mica's guard
 * at most, in any call but mica_stats() and mica_check(). Ticks become
 * instructions by a loop of known length; the image is linked so that these
 * calls, and its end, come here first.
 */
#include <mica/mica.h>
#include <mica/port.h>
#include "bench/chip/line.h"
#include "board_io.h"

#define TURNS 1000u		/* of two instructions each */
#define NR_STARTED 64u		/* ticks that pass at least, if they pass */

unsigned int guarded_from, guarded_most, guarded_disturbed;

void __wrap_board_exit(int status) __attribute__((noreturn));
void __real_board_exit(int status) __attribute__((noreturn));

/*
 * The walks that look at all memory hold the guard for as long as it is large;
 * the scenes call them, and firmware in operation does not.
 */
void __real_mica_stats(struct mica_stats *stats);
void __wrap_mica_stats(struct mica_stats *stats);
int __real_mica_check(void);
int __wrap_mica_check(void);

void __wrap_mica_stats(struct mica_stats *stats)
{
	unsigned int most = guarded_most;

	__real_mica_stats(stats);
	guarded_most = most;
}

int __wrap_mica_check(void)
{
	unsigned int most = guarded_most;
	int violated = __real_mica_check();

	guarded_most = most;
	return violated;
}

/* Return: ticks that a guard is held around a loop. */
__attribute__((noinline)) static unsigned int held_for(unsigned int turns)
{
	guarded_most = 0;
	mica_port_unguard(mica_port_guard());
	if (!turns)
		return guarded_most;
	mica_port_guard_t state = mica_port_guard();
	__asm__ volatile("1:	subs	%0, %0, #1\n\t"
			 "bne	1b" : "+r"(turns) : : "cc", "memory");
	mica_port_unguard(state);
	return guarded_most;
}

void __wrap_board_exit(int status)
{
	unsigned int most = guarded_most, empty, loop;
	struct line line;

	empty = held_for(0);
	loop = held_for(2 * TURNS) - held_for(TURNS);
	if (most > empty && loop > NR_STARTED) {
		line_open(&line, "guarded");
		line_number(&line, "instructions",
			    (uint32_t)(((uint64_t)(most - empty) * 2 * TURNS +
					loop / 2) / loop));
		line_close(&line);
	}
	__real_board_exit(status);
}
