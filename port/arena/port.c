/* SPDX-License-Identifier: MIT */
/*
 * The arena port: a provider over a table of spans, the board's console.
 *
 * A span is taken whole and never given back; one that is too small for any
 * use is thus asked for once. Which are taken is a word of bits, changed
 * inside the guard: tasks and interrupts may ask at once.
 * Memory is always there (committed); it is not known to be zero, because
 * start code clears .bss, not the rest.
 */
#include <mica/port.h>

#define ARENA_SPANS_MAX 32
#define ARENA_REFUSED (-1)

/* Weak, so that a program without the linker script has an empty table. */
extern char mica_arena_base[] __attribute__((weak));
extern char mica_arena_bytes[] __attribute__((weak));

static uint32_t arena_taken;

__attribute__((weak)) const struct mica_span *mica_arena_spans(void)
{
	static const struct mica_span spans[] = {
		{ mica_arena_base, (size_t)mica_arena_bytes },
		{ NULL, 0 },
	};

	return spans;
}

static bool span_suits(const struct mica_span *span, size_t bytes,
		       size_t align, size_t lead)
{
	if (align == 1)
		return true;
	return span->bytes >= bytes &&
	       !(((uintptr_t)span->base + lead) & (align - 1));
}

static bool span_take(unsigned int i)
{
	mica_port_guard_t state = mica_port_guard();
	uint32_t bit = (uint32_t)1 << i;
	bool was_free = !(arena_taken & bit);

	arena_taken |= bit;
	mica_port_unguard(state);
	return was_free;
}

static int arena_reserve(void *context, size_t bytes, size_t align, size_t lead,
			 struct mica_span *span)
{
	const struct mica_span *table = mica_arena_spans();

	(void)context;
	for (unsigned int i = 0; i < ARENA_SPANS_MAX && table[i].base; i++) {
		if (!span_suits(&table[i], bytes, align, lead) || !span_take(i))
			continue;
		*span = table[i];
		return 0;
	}
	return ARENA_REFUSED;
}

static const struct mica_provider arena_provider = {
	.name = "arena",
	.flags = MICA_PROVIDER_COMMITTED,
	.granule = 1,
	.reserve = arena_reserve,
};

const struct mica_provider *mica_port_provider(void)
{
	return &arena_provider;
}

__attribute__((weak)) uint64_t mica_port_clock_ms(void)
{
	return 0;
}

__attribute__((weak)) uint64_t mica_port_random(void)
{
	return 0x9e3779b97f4a7c15;
}

void mica_port_console(const char *text, size_t len)
{
	board_console(text, len);
}

void mica_port_stop(void)
{
	board_exit(1);
}
