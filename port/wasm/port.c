// SPDX-License-Identifier: MIT
/* Linear memory; mica_port.h has the theory. */
#include <mica/port.h>

#define PAGE_BYTES ((size_t)MICA_PORT_GROWS)
#define FIRST_BYTES ((size_t)64)	/* bounds of a region and of a run */

#if MICA_CONTEXT != MICA_CONTEXT_THREAD

extern char __heap_end[] __attribute__((weak));

/* A 32-bit address space ends at 0, too: there is no more. */
uintptr_t mica_port_grow(size_t bytes)
{
	size_t old = __builtin_wasm_memory_grow(0, (bytes + PAGE_BYTES - 1) /
						   PAGE_BYTES);

	return old == (size_t)-1 ? 0 : old * PAGE_BYTES;
}

/* Where the memory ends that is there and nobody else's. */
static uintptr_t first_end(void)
{
	if (MICA_WASM_INITIAL)
		return __builtin_wasm_memory_size(0) * PAGE_BYTES;
	if (__heap_end)
		return (uintptr_t)__heap_end;
	return ((uintptr_t)__heap_base + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

/* What there is; if that is nothing, a page. */
bool mica_port_grow_first(struct mica_span *span)
{
	uintptr_t base = (uintptr_t)__heap_base, end = first_end();

	if (end - base < FIRST_BYTES) {
		base = mica_port_grow(PAGE_BYTES);
		end = base + PAGE_BYTES;
	}
	span->base = (void *)base;
	span->bytes = end - base;
	return base;
}

#endif
