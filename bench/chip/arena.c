/* SPDX-License-Identifier: MIT */
/*
 * The spans of the size and offset that a run asks for: as many as there may
 * be regions, of equal size, a gap between them.
 */
#include <mica/port.h>
#include "arena.h"
#include "memory.h"
#include "workload.h"

static struct mica_span spans[MICA_REGIONS_MAX + 1];

/* A region's head lies first in its span; its second word is where that is. */
static uintptr_t *region_mark(int i)
{
	return (uintptr_t *)spans[i].base + 1;
}

void arena_choose(size_t bytes, uint32_t seed)
{
	unsigned char *at = chip_memory + seed * 37 % ARENA_OFFSETS * 8;
	size_t part = bytes / MICA_REGIONS_MAX & ~(size_t)7;

	for (int i = 0; i < MICA_REGIONS_MAX; i++) {
		spans[i].base = at;
		spans[i].bytes = part;
		at += part + ARENA_GAP;
		*region_mark(i) = 0;
	}
}

unsigned int arena_begun(void)
{
	unsigned int begun = 0;

	for (int i = 0; i < MICA_REGIONS_MAX; i++)
		begun += *region_mark(i) != 0;
	return begun;
}

const struct mica_span *mica_arena_spans(void)
{
	return spans;
}
