/* SPDX-License-Identifier: MIT */
/*
 * The arena port: a provider over a table of spans, the board's console.
 *
 * Spans are taken whole, in order, and never given back; one that is too
 * small for any use is thus asked for once. The guard lets tasks and
 * interrupts ask at the same time, a lock inside it several cores.
 * Memory is always there (committed); it is not known to be zero, because
 * start code clears .bss, not the rest.
 */
#include <mica/port.h>

#define ARENA_REFUSED (-1)

/* Weak, so that a program without the linker script has an empty table. */
extern char mica_arena_base[] __attribute__((weak));
extern char mica_arena_bytes[] __attribute__((weak));

static unsigned int arena_next;

#define SHARED (MICA_CONTEXT == MICA_CONTEXT_THREAD || MICA_CORES > 1)

static unsigned int arena_lock;

static mica_port_guard_t arena_enter(void)
{
	mica_port_guard_t state = mica_port_guard();
	unsigned int spins = 0;

	while (SHARED && __atomic_exchange_n(&arena_lock, 1, __ATOMIC_ACQUIRE))
		mica_port_relax(spins++);
	return state;
}

static void arena_leave(mica_port_guard_t state)
{
	if (SHARED)
		__atomic_store_n(&arena_lock, 0, __ATOMIC_RELEASE);
	mica_port_unguard(state);
}

__attribute__((weak)) const struct mica_span *mica_arena_spans(void)
{
	static const struct mica_span spans[] = {
		{ mica_arena_base, (size_t)mica_arena_bytes },
		{ NULL, 0 },
	};

	return spans;
}

const struct mica_span *mica_port_spans(void)
{
	return mica_arena_spans();
}

/* The tag layout takes any span; nothing else is offered. */
static int arena_reserve(void *context, size_t bytes, size_t align, size_t lead,
			 struct mica_span *span)
{
	const struct mica_span *table = mica_arena_spans();
	mica_port_guard_t state = arena_enter();
	int result = ARENA_REFUSED;

	(void)context, (void)bytes, (void)lead;
	*span = table[arena_next];
	if (span->base && align == 1) {
		arena_next++;
		result = 0;
	}
	arena_leave(state);
	return result;
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
