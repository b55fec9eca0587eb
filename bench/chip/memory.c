/* SPDX-License-Identifier: MIT */
/* The memories of memory.h, in .bss. */
#include "memory.h"

_Alignas(1024) unsigned char chip_memory[MEMORY_BYTES];
struct bag chip_bags[MEMORY_BAGS];
