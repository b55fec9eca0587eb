/* SPDX-License-Identifier: MIT */
/* Stands for RTX5's rtx_memory.c: its functions are weak, and must lose. */
#include "rtx_lib.h"

__attribute__((weak)) uint32_t osRtxMemoryInit(void *mem, uint32_t size)
{
	(void)mem;
	(void)size;
	return 0;
}

__attribute__((weak)) void *osRtxMemoryAlloc(void *mem, uint32_t size,
					     uint32_t type)
{
	(void)mem;
	(void)size;
	(void)type;
	return NULL;
}

__attribute__((weak)) uint32_t osRtxMemoryFree(void *mem, void *block)
{
	(void)mem;
	(void)block;
	return 0;
}
