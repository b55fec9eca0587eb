// SPDX-License-Identifier: MIT
/*
 * Memory for workers. Any of them may have the shared memory grow, at any time, and
 * so may others: who gets a piece has it alone, whatever comes before or behind. So
 * each piece is a region of its own, and nobody waits for anybody.
 *
 * Regions are few: the first is 1 MiB, each later one twice as large, up to
 * 128 MiB; more if a request needs more, and if that is refused, what it needs.
 */
#include <mica/port.h>

#if MICA_CONTEXT == MICA_CONTEXT_THREAD

#define PAGE_SHIFT 16
#define PAGE_BYTES ((size_t)1 << PAGE_SHIFT)
#define FIRST_SHIFT 20
#define LAST_SHIFT 27

_Thread_local struct mica_part *mica_wasm_part = &mica_part_none;

__attribute__((weak)) void mica_port_relax(unsigned int spins)
{
	(void)spins;
}

static unsigned int nr_pieces;

static uintptr_t grow(size_t bytes)
{
	size_t old = __builtin_wasm_memory_grow(0, (bytes + PAGE_BYTES - 1) >> PAGE_SHIFT);

	return old == (size_t)-1 ? 0 : old << PAGE_SHIFT;
}

static int wasm_reserve(void *context, size_t bytes, size_t align, size_t lead,
			struct mica_span *span)
{
	unsigned int shift = FIRST_SHIFT + __atomic_load_n(&nr_pieces, __ATOMIC_RELAXED);
	size_t wanted = (size_t)1 << (shift < LAST_SHIFT ? shift : LAST_SHIFT);
	uintptr_t base;

	(void)context, (void)lead;
	if (align > PAGE_BYTES || bytes > (size_t)1 << 31)
		return -1;
	bytes = (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
	if (wanted < bytes)
		wanted = bytes;
	base = grow(wanted);
	if (!base) {
		wanted = bytes;
		base = grow(wanted);
	}
	if (!base)
		return -1;
	__atomic_fetch_add(&nr_pieces, 1, __ATOMIC_RELAXED);
	span->base = (void *)base;
	span->bytes = wanted;
	return 0;
}

static const struct mica_provider wasm_provider = {
	.name = "wasm",
	.flags = MICA_PROVIDER_COMMITTED,
	.granule = PAGE_BYTES,
	.reserve = wasm_reserve,
};

const struct mica_provider *mica_port_provider(void)
{
	return &wasm_provider;
}

#endif
