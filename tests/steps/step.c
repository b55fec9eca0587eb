/* SPDX-License-Identifier: MIT */
/* SysTick, set to an instruction; step.h has the theory. ARMv7-M and later. */
#include <mica/config.h>
#include "board_io.h"
#include "step.h"

#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)
#define SCB_ICSR (*(volatile uint32_t *)0xe000ed04)
#define SCB_SHPR3 (*(volatile uint32_t *)0xe000ed20)
#define ICSR_PENDSTCLR (1u << 25)
#define SYST_RUN 7u		/* on, with interrupt, CPU clock */
#define SYST_COUNT 5u		/* on, without */
#define SYST_LONGEST 0xffffffu
#define LOOP_TURNS 2000u	/* of two instructions each */

static uint32_t loop_ticks;	/* of LOOP_TURNS */
static uint32_t bare_ticks;	/* of a bare return, and what surrounds it */
static volatile uintptr_t came_at;
static void (*came_call)(void);

extern const char step_called[], step_returned[];

__attribute__((used)) void step_came(const uint32_t *frame);

__attribute__((used)) void step_came(const uint32_t *frame)
{
	SYST_CSR = 0;
	came_at = frame[6];
	came_call();
}

/* With the frame that the CPU pushed: main() is on the main stack. */
__attribute__((naked)) void isr_systick(void)
{
	__asm__ volatile("mrs	r0, msp\n\t"
			 "b	step_came");
}

__attribute__((naked)) static uintptr_t bare(uintptr_t a, uintptr_t b,
					     uintptr_t c)
{
	(void)a, (void)b, (void)c;
	__asm__ volatile("bx	lr");
}

__attribute__((naked)) static uintptr_t loop(uintptr_t a, uintptr_t b,
					     uintptr_t c)
{
	(void)a, (void)b, (void)c;
	__asm__ volatile("nop\n"
			 "1:	subs	r0, r0, #1\n\t"
			 "bne	1b\n\t"
			 "bx	lr");
}

/* The timer is read just before and after. Return: ticks. */
static uint32_t call_timed(struct step *step)
{
	register uintptr_t r0 __asm__("r0") = step->a;
	register uintptr_t r1 __asm__("r1") = step->b;
	register uintptr_t r2 __asm__("r2") = step->c;
	uint32_t start, end;

	SYST_RVR = SYST_LONGEST;
	SYST_CVR = 0;
	SYST_CSR = SYST_COUNT;
	while (!SYST_CVR)
		;
	__asm__ volatile("ldr	%[start], [%[cvr]]\n\t"
			 "blx	%[call]\n\t"
			 "ldr	%[end], [%[cvr]]"
			 : [start] "=&r"(start), [end] "=&r"(end), "+r"(r0),
			   "+r"(r1), "+r"(r2)
			 : [cvr] "r"(&SYST_CVR), [call] "r"(step->call)
			 : "r3", "r12", "lr", "cc", "memory");
	SYST_CSR = 0;
	step->result = r0;
	return start - end;
}

/* The timer is started just before, and stopped just after. */
__attribute__((noinline, noclone)) static void call_stepped(struct step *step)
{
	register uintptr_t r0 __asm__("r0") = step->a;
	register uintptr_t r1 __asm__("r1") = step->b;
	register uintptr_t r2 __asm__("r2") = step->c;

	__asm__ volatile("str	%[run], [%[csr]]\n\t"
			 ".globl	step_called\n"
			 "step_called:\n\t"
			 "blx	%[call]\n\t"
			 ".globl	step_returned\n"
			 "step_returned:\n\t"
			 "str	%[stop], [%[csr]]"
			 : "+r"(r0), "+r"(r1), "+r"(r2)
			 : [csr] "r"(&SYST_CSR), [call] "r"(step->call),
			   [run] "r"(SYST_RUN), [stop] "r"(0)
			 : "r3", "r12", "lr", "cc", "memory");
	step->result = r0;
}

bool step_start(void)
{
	struct step turns = { .call = loop, .a = LOOP_TURNS };
	struct step once = { .call = loop, .a = 1 };
	struct step nothing = { .call = bare };

	bare_ticks = call_timed(&nothing);
	loop_ticks = call_timed(&turns) - call_timed(&once);
	return loop_ticks > LOOP_TURNS * 2 * 8 && step_count(&nothing) == 1 &&
	       step_count(&once) == 4 && step_count(&turns) == 2 * LOOP_TURNS + 2;
}

uint32_t step_count(struct step *step)
{
	uint64_t ticks = call_timed(step) + loop_ticks - bare_ticks;
	uint32_t per = loop_ticks, of = 2 * (LOOP_TURNS - 1);

	/* One loop's more, then less: a call may be a tick short of a bare one. */
	return (uint32_t)((ticks * of + per / 2) / per) + 1 - of;
}

enum step_where step_interrupt(struct step *step, uint32_t tenths,
			       bool above_guard, void (*handler)(void),
			       uintptr_t *pc)
{
	uint32_t priority = above_guard ? 0 : MICA_GUARD_PRIORITY;
	uint64_t ticks = (uint64_t)tenths * loop_ticks / (20 * (LOOP_TURNS - 1));

	SCB_SHPR3 = (SCB_SHPR3 & 0xffffff) | priority << 24;
	came_call = handler;
	came_at = 0;
	SYST_RVR = ticks > 1 ? (uint32_t)ticks : 1;
	SYST_CVR = 0;
	call_stepped(step);
	SCB_ICSR = ICSR_PENDSTCLR;
	*pc = came_at;
	if (came_at == (uintptr_t)step_called)
		return STEP_BEFORE;
	return came_at && came_at != (uintptr_t)step_returned ? STEP_INSIDE :
								STEP_AFTER;
}
