/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <mica/port.h>

#define SPANS_MOST 256u
#define FILL 0xa5a5a5a5u
#define TOUCHED_MOST (WASM_PAGE / 8)	/* filled at either end of a span */

uintptr_t __real_mica_port_grow(size_t bytes);
uintptr_t __wrap_mica_port_grow(size_t bytes);

struct memory memory;

static struct mica_span span[SPANS_MOST];
static unsigned int nr_spans;

uintptr_t memory_end(void)
{
	return __builtin_wasm_memory_size(0) * WASM_PAGE;
}

/* The words of a span that are filled: all, or some at both ends. */
static size_t word_at(const struct mica_span *s, size_t k)
{
	size_t words = s->bytes / sizeof(uint32_t);
	size_t part = TOUCHED_MOST / sizeof(uint32_t);

	return words > 2 * part && k >= part ? words - 2 * part + k : k;
}

static size_t nr_words(const struct mica_span *s)
{
	size_t bytes = s->bytes < 2 * TOUCHED_MOST ? s->bytes : 2 * TOUCHED_MOST;

	return bytes / sizeof(uint32_t);
}

void memory_foreign(size_t pages)
{
	struct mica_span *s = &span[nr_spans];
	size_t old = __builtin_wasm_memory_grow(0, pages);

	if (old == (size_t)-1)
		return;
	REQUIRE(nr_spans < SPANS_MOST);
	nr_spans++;
	s->base = (void *)(old * WASM_PAGE);
	s->bytes = pages * WASM_PAGE;
	for (size_t k = 0; k < nr_words(s); k++)
		((uint32_t *)s->base)[word_at(s, k)] = FILL;
}

bool memory_foreign_is_whole(void)
{
	for (const struct mica_span *s = span; s < span + nr_spans; s++)
		for (size_t k = 0; k < nr_words(s); k++)
			if (((uint32_t *)s->base)[word_at(s, k)] != FILL)
				return false;
	return true;
}

bool memory_is_foreign(const void *p, size_t bytes)
{
	for (const struct mica_span *s = span; s < span + nr_spans; s++)
		if ((uintptr_t)s->base - (uintptr_t)p < bytes ||
		    (uintptr_t)p - (uintptr_t)s->base < s->bytes)
			return true;
	return false;
}

uintptr_t __wrap_mica_port_grow(size_t bytes)
{
	if (!bytes)
		return __real_mica_port_grow(0);
	memory.calls++;
	if (memory.calls == memory.foreign_at)
		memory_foreign(memory.foreign_pages);
	if (memory.refuse_at &&
	    memory.calls - memory.refuse_at <= memory.refuse_more)
		return 0;
	return __real_mica_port_grow(bytes);
}
