/* SPDX-License-Identifier: MIT */
/*
 * The Zephyr port: memory by Kconfig, the kernel's clock, lock and console.
 *
 * Spans are taken whole, in order, and never given back. Nothing needs an
 * initialisation: mica works from the first instruction that runs with a
 * cleared .bss, before the kernel is up.
 */
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>
#include <mica/port.h>

#define SPANS_REFUSED (-1)

unsigned int mica_zephyr_lock(void)
{
	return arch_irq_lock();
}

void mica_zephyr_unlock(unsigned int key)
{
	arch_irq_unlock(key);
}

bool mica_zephyr_in_interrupt(void)
{
	return k_is_in_isr();
}

#if MICA_CORES > 1

unsigned int mica_zephyr_core(void)
{
	return arch_curr_cpu()->id;
}

void mica_zephyr_relax(void)
{
	arch_spin_relax();
}

#endif

/* ---- memory ---------------------------------------------------------------- */

#if CONFIG_MICA_HEAP_SIZE > 0

static char __aligned(16) __noinit memory[CONFIG_MICA_HEAP_SIZE];

static struct mica_span memory_span(void)
{
	return (struct mica_span){ memory, sizeof(memory) };
}

#elif CONFIG_MICA_HEAP_SIZE < 0

extern char _end[];	/* where the image ends */

static struct mica_span memory_span(void)
{
	uintptr_t end = (uintptr_t)CONFIG_SRAM_BASE_ADDRESS +
			(uintptr_t)CONFIG_SRAM_SIZE * 1024;

	return (struct mica_span){ _end, end - (uintptr_t)_end };
}

#endif

#if CONFIG_MICA_HEAP_SIZE

const struct mica_span *mica_arena_spans(void)
{
	static struct mica_span spans[2];

	spans[0] = memory_span();
	return spans;
}

#endif

const struct mica_span *mica_port_spans(void)
{
	return mica_arena_spans();
}

static int spans_reserve(void *context, size_t bytes, size_t align, size_t lead,
			 struct mica_span *span)
{
	static unsigned int next;
	const struct mica_span *table = mica_arena_spans();
	mica_port_guard_t state = mica_port_guard();
	int result = SPANS_REFUSED;

	(void)context;
	*span = table[next];
	if (span->base &&
	    (align == 1 || (span->bytes >= bytes &&
			    !(((uintptr_t)span->base + lead) & (align - 1))))) {
		next++;
		result = 0;
	}
	mica_port_unguard(state);
	return result;
}

static const struct mica_provider zephyr_provider = {
	.name = "zephyr",
	.flags = MICA_PROVIDER_COMMITTED,
	.granule = 1,
	.reserve = spans_reserve,
};

const struct mica_provider *mica_port_provider(void)
{
	return &zephyr_provider;
}

/* ---- the rest ---------------------------------------------------------------- */

uint64_t mica_port_clock_ms(void)
{
	return (uint64_t)k_uptime_get();
}

uint64_t mica_port_random(void)
{
	return 0x9e3779b97f4a7c15u ^ k_cycle_get_32();
}

void mica_port_console(const char *text, size_t len)
{
	while (len--)
		printk("%c", *text++);
}

void mica_port_stop(void)
{
	for (;;)
		k_panic();
}
