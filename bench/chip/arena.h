/* SPDX-License-Identifier: MIT */
/* The arena that a run measures, on a chip and on a host alike. */
#ifndef CHIP_ARENA_H
#define CHIP_ARENA_H

#include <stddef.h>
#include <stdint.h>

/**
 * arena_choose() - say what memory mica will get, before its first call
 * @bytes: size of the arena, at most WORKLOAD_ARENA_MAX
 * @seed: moves the start by a multiple of 8 B, below 1 KiB: firmware does
 *	not choose where its .bss ends
 */
void arena_choose(size_t bytes, uint32_t seed);

/** arena_begun() - how many of the spans are regions by now */
unsigned int arena_begun(void);

#endif
