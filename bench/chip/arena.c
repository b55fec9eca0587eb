/* SPDX-License-Identifier: MIT */
/* One span of the size and offset that a run asks for. */
#include <mica/port.h>
#include "arena.h"
#include "workload.h"

#define OFFSETS 128

static _Alignas(1024) unsigned char memory[WORKLOAD_ARENA_MAX + OFFSETS * 8];
static struct mica_span spans[2];

void arena_choose(size_t bytes, uint32_t seed)
{
	spans[0].base = memory + seed * 37 % OFFSETS * 8;
	spans[0].bytes = bytes;
}

const struct mica_span *mica_arena_spans(void)
{
	return spans;
}
