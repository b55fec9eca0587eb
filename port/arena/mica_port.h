/* SPDX-License-Identifier: MIT */
/*
 * Firmware without an operating system: memory is what the linker left over.
 *
 * The spans of mica_arena_spans() are handed out once each, in order. The
 * default is one span, from mica_arena_base (a linker symbol), of
 * mica_arena_bytes (a linker symbol whose value is the size). Firmware with
 * several memories, or another plan, defines the function itself:
 *
 *	const struct mica_span *mica_arena_spans(void)
 *	{
 *		static const struct mica_span spans[] = {
 *			{ fast_ram, sizeof(fast_ram) },
 *			{ slow_ram, sizeof(slow_ram) },
 *			{ NULL, 0 },
 *		};
 *
 *		return spans;
 *	}
 *
 * Also weak, for firmware that can do better: mica_port_clock_ms() (0: no
 * clock) and mica_port_random() (a constant: no secret).
 */
#ifndef MICA_PORT_ARENA_H
#define MICA_PORT_ARENA_H

/**
 * mica_arena_spans() - the memory to manage
 *
 * Return: a table ended by a NULL base; the same one at each call.
 */
const struct mica_span *mica_arena_spans(void);

/* What the board brings: see boards/common. */
void board_console(const char *text, size_t len);
__attribute__((noreturn)) void board_exit(int status);

#if defined(__ARM_ARCH_6M__)
#include "../arch/armv6m.h"
#elif defined(__ARM_ARCH_7M__) || defined(__ARM_ARCH_7EM__)
#include "../arch/armv7m.h"
#elif defined(__ARM_ARCH_8M_MAIN__) || defined(__ARM_ARCH_8_1M_MAIN__)
#include "../arch/armv8m.h"
#elif defined(__riscv) && !MICA_HOSTED
#include "../arch/riscv.h"
#endif

#define MICA_PORT_SPANS 1
const struct mica_span *mica_port_spans(void);

#include "../generic.h"

#endif
