/* SPDX-License-Identifier: MIT */
/*
 * Where the arena and the books about its live blocks are: in .bss
 * (memory.c), or, when that has no room for the largest arenas, in another
 * memory of the machine, whose addresses the linker is told. It may hold
 * anything at the start.
 */
#ifndef CHIP_MEMORY_H
#define CHIP_MEMORY_H

#include "bag.h"
#include "workload.h"

#define ARENA_OFFSETS 128
#define ARENA_GAP 64

#define MEMORY_BYTES \
	(WORKLOAD_ARENA_MAX + ARENA_OFFSETS * 8 + 8 * ARENA_GAP)
#define MEMORY_BAGS 3

extern unsigned char chip_memory[];
extern struct bag chip_bags[];

#endif
