/* SPDX-License-Identifier: MIT */
/*
 * Stands for RTX5's internal header of that name: the memory functions and
 * their events, which here are counted.
 */
#ifndef RTX_LIB_H_
#define RTX_LIB_H_

#include <stddef.h>
#include <stdint.h>

extern uint32_t osRtxMemoryInit(void *mem, uint32_t size);
extern void *osRtxMemoryAlloc(void *mem, uint32_t size, uint32_t type);
extern uint32_t osRtxMemoryFree(void *mem, void *block);

extern void EvrRtxMemoryInit(void *mem, uint32_t size, uint32_t result);
extern void EvrRtxMemoryAlloc(void *mem, uint32_t size, uint32_t type,
			      void *block);
extern void EvrRtxMemoryFree(void *mem, void *block, uint32_t result);

#endif
