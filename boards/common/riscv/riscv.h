/* SPDX-License-Identifier: MIT */
/* What an image may define on a RISC-V board, and what a trap saves. */
#ifndef BOARD_RISCV_H
#define BOARD_RISCV_H

#include <stdint.h>

/* Words of a frame: 32, and mstatus where x2, the stack, would be. */
#define FRAME_WORDS 32
#define FRAME_WORDS_TEXT "32"
#define FRAME_PC 0
#define FRAME_RA 1
#define FRAME_STATUS 2
#define FRAME_S0 8
#define FRAME_A0 10

/*
 * Handlers; the default reports and exits. @sp is the frame of what was
 * interrupted; returned is the frame to go on with, most often the same.
 */
uintptr_t *isr_software(uintptr_t *sp);
uintptr_t *isr_timer(uintptr_t *sp);
uintptr_t *isr_external(uintptr_t *sp);

#endif
