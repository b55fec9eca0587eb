/* SPDX-License-Identifier: MIT */
/*
 * mimalloc's arenas are mica's regions: memory handed over, or got from the
 * kernel here. The id is the address where one begins. There are no exclusive
 * ones, no commit callbacks and no huge pages: these are refused.
 */
#include <errno.h>
#include <sys/mman.h>
#include "heaps.h"

#define ARENA_ALIGN ((size_t)1 << 16)
#define ARENA_MOST ((size_t)1 << MICA_UNIT_SHIFT)

bool mi_manage_memory(void *start, size_t size, bool committed, bool pinned,
		      bool zero, int node, bool exclusive,
		      mi_commit_fun_t *commit, void *commit_arg,
		      mi_arena_id_t *arena)
{
	(void)pinned;
	(void)zero;
	(void)node;
	(void)commit_arg;
	if (arena)
		*arena = NULL;
	if (exclusive || commit || !committed)
		return false;
	if (mica_region_add(start, size, 0))
		return false;
	if (arena)
		*arena = start;
	return true;
}

bool mi_manage_os_memory_ex(void *start, size_t size, bool committed,
			    bool pinned, bool zero, int node, bool exclusive,
			    mi_arena_id_t *arena)
{
	return mi_manage_memory(start, size, committed, pinned, zero, node,
				exclusive, NULL, NULL, arena);
}

bool mi_manage_os_memory(void *start, size_t size, bool committed, bool pinned,
			 bool zero, int node)
{
	return mi_manage_os_memory_ex(start, size, committed, pinned, zero, node,
				      false, NULL);
}

/* Memory in one unit, as regions lie in one. */
static void *arena_map(size_t size)
{
	size_t span = 2 * ARENA_MOST;
	char *raw = mmap(NULL, span, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t before;

	if (raw == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)raw & (ARENA_MOST - 1);
	if (before)
		munmap(raw, before);
	munmap(raw + before + size, span - before - size);
	return raw + before;
}

int mi_reserve_os_memory_ex(size_t size, bool commit, bool allow_large,
			    bool exclusive, mi_arena_id_t *arena)
{
	void *start;

	(void)commit;
	(void)allow_large;
	if (arena)
		*arena = NULL;
	if (exclusive || size == 0 || size > ARENA_MOST)
		return ENOMEM;
	size = (size + ARENA_ALIGN - 1) & ~(ARENA_ALIGN - 1);
	start = arena_map(size);
	if (!start)
		return ENOMEM;
	if (mi_manage_os_memory_ex(start, size, true, false, true, -1, false, arena))
		return 0;
	munmap(start, size);
	return ENOMEM;
}

int mi_reserve_os_memory(size_t size, bool commit, bool allow_large)
{
	return mi_reserve_os_memory_ex(size, commit, allow_large, false, NULL);
}

int mi_reserve_huge_os_pages_at_ex(size_t pages, int node, size_t timeout_ms,
				   bool exclusive, mi_arena_id_t *arena)
{
	(void)node;
	(void)timeout_ms;
	(void)exclusive;
	if (arena)
		*arena = NULL;
	return pages ? ENOMEM : 0;
}

int mi_reserve_huge_os_pages_at(size_t pages, int node, size_t timeout_ms)
{
	return mi_reserve_huge_os_pages_at_ex(pages, node, timeout_ms, false,
					      NULL);
}

int mi_reserve_huge_os_pages_interleave(size_t pages, size_t nodes,
					size_t timeout_ms)
{
	(void)nodes;
	return mi_reserve_huge_os_pages_at(pages, -1, timeout_ms);
}

int mi_reserve_huge_os_pages(size_t pages, double seconds, size_t *reserved)
{
	(void)seconds;
	if (reserved)
		*reserved = 0;
	return mi_reserve_huge_os_pages_at(pages, -1, 0);
}

void *mi_arena_area(mi_arena_id_t arena, size_t *size)
{
	struct mica_region region;

	if (size)
		*size = 0;
	for (size_t i = 0; arena && mica_region_get(i, &region); i++) {
		if (region.base != arena)
			continue;
		if (size)
			*size = region.bytes;
		return region.base;
	}
	return NULL;
}

bool mi_arena_contains(mi_arena_id_t arena, const void *p)
{
	size_t size;
	void *base = mi_arena_area(arena, &size);

	return base && (uintptr_t)p - (uintptr_t)base < size;
}

size_t mi_arena_min_alignment(void)
{
	return ARENA_ALIGN;
}

size_t mi_arena_min_size(void)
{
	return 2 * ARENA_ALIGN;
}

void mi_arenas_print(void)
{
	mi_stats_print(NULL);
}

void mi_debug_show_arenas(void)
{
	mi_stats_print(NULL);
}
