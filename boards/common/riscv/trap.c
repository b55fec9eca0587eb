/* SPDX-License-Identifier: MIT */
/*
 * From reset, and from a trap, to C.
 *
 * Hart 0 runs the image; the others wait for work, see cores.c. A trap saves
 * all integer registers on the stack that was in use and restores them from
 * the one that board_trap() returns, so that a kernel may switch. Handlers
 * run with interrupts off: mstatus.MIE is all the masking there is. It is on in
 * main(), and each interrupt off until somebody wants it.
 */
#include "board_io.h"
#include "clint.h"
#include "riscv.h"

#define FAULT_STATUS 3
#define INTERRUPT ((uintptr_t)1 << (sizeof(uintptr_t) * 8 - 1))

#if __riscv_xlen == 64
#define LOAD "ld"
#define STORE "sd"
#define AT(n) "8*" #n
#define FRAME "8*" FRAME_WORDS_TEXT
#else
#define LOAD "lw"
#define STORE "sw"
#define AT(n) "4*" #n
#define FRAME "4*" FRAME_WORDS_TEXT
#endif

void board_reset(void);
void board_trap_entry(void);
uintptr_t *board_trap(uintptr_t *sp, uintptr_t cause);

/* mstatus.FS: floating point is on where the compiler may use it. */
#ifdef __riscv_flen
#define FLOAT_ON "li	t0, 0x2000\n\tcsrs	mstatus, t0\n\t"
#else
#define FLOAT_ON
#endif

/* The first instruction of the image. */
__attribute__((naked, used, section(".vectors"))) static void reset_entry(void)
{
	__asm__ volatile("csrw	mie, zero\n\t"
			 "la	t0, board_trap_entry\n\t"
			 "csrw	mtvec, t0\n\t"
			 FLOAT_ON
			 "csrr	t0, mhartid\n\t"
			 "bnez	t0, 1f\n\t"
			 "la	sp, board_stack_top\n\t"
			 "csrsi	mstatus, 8\n\t"
			 "j	board_reset\n"
			 "1:	j	board_hart_entry");
}

#define EACH_REGISTER(OP)						\
	OP " x1, " AT(1) "(sp)\n\t" OP " x3, " AT(3) "(sp)\n\t"		\
	OP " x4, " AT(4) "(sp)\n\t" OP " x7, " AT(7) "(sp)\n\t"		\
	OP " x8, " AT(8) "(sp)\n\t" OP " x9, " AT(9) "(sp)\n\t"		\
	OP " x10, " AT(10) "(sp)\n\t" OP " x11, " AT(11) "(sp)\n\t"	\
	OP " x12, " AT(12) "(sp)\n\t" OP " x13, " AT(13) "(sp)\n\t"	\
	OP " x14, " AT(14) "(sp)\n\t" OP " x15, " AT(15) "(sp)\n\t"	\
	OP " x16, " AT(16) "(sp)\n\t" OP " x17, " AT(17) "(sp)\n\t"	\
	OP " x18, " AT(18) "(sp)\n\t" OP " x19, " AT(19) "(sp)\n\t"	\
	OP " x20, " AT(20) "(sp)\n\t" OP " x21, " AT(21) "(sp)\n\t"	\
	OP " x22, " AT(22) "(sp)\n\t" OP " x23, " AT(23) "(sp)\n\t"	\
	OP " x24, " AT(24) "(sp)\n\t" OP " x25, " AT(25) "(sp)\n\t"	\
	OP " x26, " AT(26) "(sp)\n\t" OP " x27, " AT(27) "(sp)\n\t"	\
	OP " x28, " AT(28) "(sp)\n\t" OP " x29, " AT(29) "(sp)\n\t"	\
	OP " x30, " AT(30) "(sp)\n\t" OP " x31, " AT(31) "(sp)\n\t"

/* Word 0 is mepc, word 2 mstatus, the others the registers x1 to x31. */
__attribute__((naked, used, aligned(4))) void board_trap_entry(void)
{
	__asm__ volatile("addi	sp, sp, -" FRAME "\n\t"
			 EACH_REGISTER(STORE)
			 STORE "	x5, " AT(5) "(sp)\n\t"
			 STORE "	x6, " AT(6) "(sp)\n\t"
			 "csrr	t0, mepc\n\t"
			 "csrr	t1, mstatus\n\t"
			 STORE "	t0, 0(sp)\n\t"
			 STORE "	t1, " AT(2) "(sp)\n\t"
			 "mv	a0, sp\n\t"
			 "csrr	a1, mcause\n\t"
			 "call	board_trap\n\t"
			 "mv	sp, a0\n\t"
			 LOAD "	t0, 0(sp)\n\t"
			 LOAD "	t1, " AT(2) "(sp)\n\t"
			 "csrw	mepc, t0\n\t"
			 "csrw	mstatus, t1\n\t"
			 EACH_REGISTER(LOAD)
			 LOAD "	x5, " AT(5) "(sp)\n\t"
			 LOAD "	x6, " AT(6) "(sp)\n\t"
			 "addi	sp, sp, " FRAME "\n\t"
			 "mret");
}

static char *put_text(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	return to;
}

static char *put_hex(char *to, uintptr_t value)
{
	for (int shift = __riscv_xlen - 4; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[value >> shift & 15];
	return to;
}

__attribute__((noreturn)) static void fault(const uintptr_t *sp, uintptr_t cause)
{
	char line[112], *to;
	uintptr_t value;

	__asm__ volatile("csrr %0, mtval" : "=r"(value));
	to = put_hex(put_text(line, "fault: cause 0x"), cause);
	to = put_hex(put_text(to, " at pc 0x"), sp[FRAME_PC]);
	to = put_hex(put_text(to, ", value 0x"), value);
	to = put_text(to, "\n");
	board_console(line, (size_t)(to - line));
	board_exit(FAULT_STATUS);
}

/* The image defines the handlers that it has interrupts for. */
__attribute__((weak)) uintptr_t *isr_software(uintptr_t *sp)
{
	fault(sp, INTERRUPT | IRQ_SOFTWARE);
}

__attribute__((weak)) uintptr_t *isr_timer(uintptr_t *sp)
{
	fault(sp, INTERRUPT | IRQ_TIMER);
}

__attribute__((weak)) uintptr_t *isr_external(uintptr_t *sp)
{
	fault(sp, INTERRUPT | IRQ_EXTERNAL);
}

__attribute__((used)) uintptr_t *board_trap(uintptr_t *sp, uintptr_t cause)
{
	switch (cause) {
	case INTERRUPT | IRQ_SOFTWARE:
		return isr_software(sp);
	case INTERRUPT | IRQ_TIMER:
		return isr_timer(sp);
	case INTERRUPT | IRQ_EXTERNAL:
		return isr_external(sp);
	default:
		fault(sp, cause);
	}
}
