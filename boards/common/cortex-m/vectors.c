/* SPDX-License-Identifier: MIT */
/*
 * The vector table, the same for every Cortex-M: four exceptions that an
 * image may handle, one function for all interrupts of the board, and a
 * line and a failing exit for everything else.
 */
#include <stdint.h>
#include "board.h"
#include "board_io.h"

#define FAULT_STATUS 3
#define SCB_CFSR ((const volatile uint32_t *)0xe000ed28)
#define SCB_BFAR ((const volatile uint32_t *)0xe000ed38)

/* What the CPU pushes on entry of an exception. */
struct frame {
	uint32_t r0, r1, r2, r3, r12, lr, pc, psr;
};

extern uint32_t board_stack_top[];
void board_reset(void);
void board_fault(const struct frame *frame);

static uint32_t exception_number(void)
{
	uint32_t ipsr;

	__asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
	return ipsr & 0x1ff;
}

static char *put_text(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	return to;
}

static char *put_hex(char *to, uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[value >> shift & 15];
	return to;
}

__attribute__((used)) void board_fault(const struct frame *frame)
{
	char line[96];
	char *to = put_text(line, "fault: exception 0x");

	to = put_hex(to, exception_number());
	to = put_text(to, " at pc 0x");
	to = put_hex(to, (uintptr_t)frame < BOARD_RAM_BASE ? 0 : frame->pc);
	to = put_hex(put_text(to, ", cfsr 0x"), *SCB_CFSR);
	to = put_hex(put_text(to, ", bfar 0x"), *SCB_BFAR);
	to = put_text(to, "\n");
	board_console(line, (size_t)(to - line));
	board_exit(FAULT_STATUS);
}

/*
 * Finds the frame on the stack that was in use, and goes on with an empty
 * stack: this one may have overflowed. ARMv6-M instructions only.
 */
__attribute__((naked)) static void fault_entry(void)
{
	__asm__ volatile("mrs	r0, msp\n\t"
			 "mov	r1, lr\n\t"
			 "lsls	r1, r1, #29\n\t"
			 "bpl	1f\n\t"
			 "mrs	r0, psp\n"
			 "1:	ldr	r1, =board_stack_top\n\t"
			 "mov	sp, r1\n\t"
			 "ldr	r1, =board_fault\n\t"
			 "bx	r1\n\t"
			 ".ltorg");
}

static void irq_entry(void)
{
	isr_irq(exception_number() - 16);
}

void isr_svc(void) __attribute__((weak, alias("fault_entry")));
void isr_pendsv(void) __attribute__((weak, alias("fault_entry")));
void isr_systick(void) __attribute__((weak, alias("fault_entry")));

__attribute__((weak)) void isr_irq(unsigned int irq)
{
	char line[48];
	char *to = put_hex(put_text(line, "fault: interrupt 0x"), irq);

	to = put_text(to, " has no handler\n");
	board_console(line, (size_t)(to - line));
	board_exit(FAULT_STATUS);
}

union vector {
	uint32_t *stack;
	void (*handler)(void);
};

__attribute__((section(".vectors"), used))
static const union vector vectors[16 + BOARD_IRQS] = {
	[0] = { .stack = board_stack_top },
	[1] = { .handler = board_reset },
	[2 ... 10] = { .handler = fault_entry },
	[11] = { .handler = isr_svc },
	[12 ... 13] = { .handler = fault_entry },
	[14] = { .handler = isr_pendsv },
	[15] = { .handler = isr_systick },
	[16 ... 15 + BOARD_IRQS] = { .handler = irq_entry },
};
