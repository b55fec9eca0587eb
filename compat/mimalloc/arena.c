/* SPDX-License-Identifier: MIT */
/*
 * mimalloc's arenas are mica's: memory handed over, reserved ahead, or of large
 * pages. The id is the address where one begins.
 */
#include <errno.h>
#include <limits.h>
#include <sys/mman.h>
#include "heaps.h"

#define ARENA_ALIGN ((size_t)1 << 16)
#define ARENA_PAGE 4096u	/* less than any other page: pieces are of 64 KiB */

/* ---- memory of the program's own ------------------------------------------ */

/*
 * What serves it: the program's function, or else the kernel. It stays where it
 * is for as long as the arena may be there, which nobody tells: for good.
 */
struct mi_managed {
	struct mica_provider provider;
	mi_commit_fun_t *commit;
	void *arg;
};

static int mi_managed_call(void *context, struct mica_span span, bool on)
{
	struct mi_managed *managed = context;
	bool zero = false;

	return managed->commit(on, span.base, span.bytes, &zero, managed->arg) ?
		0 : -ENOMEM;
}

static int mi_managed_commit(void *context, struct mica_span span)
{
	return mi_managed_call(context, span, true);
}

static int mi_managed_decommit(void *context, struct mica_span span)
{
	return mi_managed_call(context, span, false);
}

static int mi_kernel_commit(void *context, struct mica_span span)
{
	(void)context;
	return mprotect(span.base, span.bytes, PROT_READ | PROT_WRITE);
}

static int mi_kernel_decommit(void *context, struct mica_span span)
{
	(void)context;
	return madvise(span.base, span.bytes, MADV_DONTNEED);
}

static struct mi_managed *mi_managed_new(bool committed, bool pinned, bool zero,
					 mi_commit_fun_t *commit, void *arg)
{
	struct mi_managed *managed = mica_calloc(1, sizeof(*managed));
	struct mica_provider *p;

	if (!managed)
		return NULL;
	managed->commit = commit;
	managed->arg = arg;
	p = &managed->provider;
	p->name = "managed";
	p->context = managed;
	p->granule = ARENA_PAGE;
	p->flags = committed ? MICA_PROVIDER_COMMITTED : 0;
	p->flags |= zero && !commit ? MICA_PROVIDER_ZEROED : 0;
	if (commit || !committed)
		p->commit = commit ? mi_managed_commit : mi_kernel_commit;
	if (!pinned)
		p->decommit = commit ? mi_managed_decommit : mi_kernel_decommit;
	return managed;
}

bool mi_manage_memory(void *start, size_t size, bool committed, bool pinned,
		      bool zero, int node, bool exclusive,
		      mi_commit_fun_t *commit, void *commit_arg,
		      mi_arena_id_t *arena)
{
	struct mi_managed *managed = mi_managed_new(committed, pinned, zero,
						    commit, commit_arg);
	struct mica_region_setup setup = {
		.flags = exclusive ? MICA_REGION_EXCLUSIVE : 0,
	};

	(void)node;
	if (arena)
		*arena = NULL;
	if (!managed)
		return false;
	setup.provider = &managed->provider;
	/* What is committed already is not asked for again. */
	if (committed && commit)
		setup.flags |= MICA_REGION_COMMIT;
	if (mica_manage(start, size, &setup)) {
		mica_free(managed);
		return false;
	}
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

/* ---- memory ahead ------------------------------------------------------------ */

/* Linux commits what is touched, so @commit makes no difference here. */
int mi_reserve_os_memory_ex(size_t size, bool commit, bool allow_large,
			    bool exclusive, mi_arena_id_t *arena)
{
	struct mica_region_setup setup = {
		.flags = (exclusive ? MICA_REGION_EXCLUSIVE : 0) |
			 (allow_large ? MICA_REGION_HUGE : 0),
	};
	void *base = NULL;
	int result = mica_reserve(size, &setup, &base);

	(void)commit;
	if (arena)
		*arena = result ? NULL : base;
	return result ? ENOMEM : 0;
}

int mi_reserve_os_memory(size_t size, bool commit, bool allow_large)
{
	return mi_reserve_os_memory_ex(size, commit, allow_large, false, NULL);
}

static int mi_reserve_huge(size_t pages, struct mica_huge_setup *setup,
			   size_t timeout_ms, size_t *got, void **base)
{
	*got = 0;
	*base = NULL;
	if (!pages)
		return 0;
	setup->only = true;
	setup->timeout_ms = timeout_ms > UINT_MAX ? UINT_MAX :
						    (unsigned int)timeout_ms;
	return mica_reserve_huge(pages, setup, got, base) ? ENOMEM : 0;
}

int mi_reserve_huge_os_pages_at_ex(size_t pages, int node, size_t timeout_ms,
				   bool exclusive, mi_arena_id_t *arena)
{
	struct mica_huge_setup setup = {
		.node = node < 0 ? MICA_NODE_ANY : node,
		.flags = exclusive ? MICA_REGION_EXCLUSIVE : 0,
	};
	void *base;
	size_t got;
	int result = mi_reserve_huge(pages, &setup, timeout_ms, &got, &base);

	if (arena)
		*arena = base;
	return result;
}

int mi_reserve_huge_os_pages_at(size_t pages, int node, size_t timeout_ms)
{
	return mi_reserve_huge_os_pages_at_ex(pages, node, timeout_ms, false,
					      NULL);
}

int mi_reserve_huge_os_pages_interleave(size_t pages, size_t nodes,
					size_t timeout_ms)
{
	struct mica_huge_setup setup = {
		.node = MICA_NODE_INTERLEAVE,
		.nodes = nodes > UINT_MAX ? UINT_MAX : (unsigned int)nodes,
	};
	void *base;
	size_t got;

	return mi_reserve_huge(pages, &setup, timeout_ms, &got, &base);
}

int mi_reserve_huge_os_pages(size_t pages, double seconds, size_t *reserved)
{
	struct mica_huge_setup setup = { .node = MICA_NODE_INTERLEAVE };
	size_t ms = seconds <= 0 ? 0 : seconds > UINT_MAX / 1000 ? UINT_MAX :
						(size_t)(seconds * 1000);
	size_t got;
	void *base;
	int result = mi_reserve_huge(pages, &setup, ms, &got, &base);

	if (reserved)
		*reserved = got;
	return result;
}

/* ---- looking ------------------------------------------------------------------- */

void *mi_arena_area(mi_arena_id_t arena, size_t *size)
{
	struct mica_region region;

	if (size)
		*size = 0;
	for (size_t i = 0; arena && mica_region_get(i, &region); i++) {
		if (region.arena.base != arena)
			continue;
		if (size)
			*size = region.arena.bytes;
		return arena;
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
