/* SPDX-License-Identifier: MIT */
/* compat/zephyr and port/zephyr: memory by Kconfig, and the libc's names. */
#include <stdarg.h>
#include <stdlib.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>
#include <mica/port.h>
#include "board_io.h"
#include "tests/harness.h"

#define TASKS 2
#define STACK_WORDS 512
#define SLOTS 8

void printk(const char *fmt, ...)
{
	va_list list;
	char c;

	va_start(list, fmt);
	c = (char)va_arg(list, int);
	va_end(list);
	CHECK(fmt[0] == '%' && fmt[1] == 'c');
	board_console(&c, 1);
}

void k_panic(void)
{
	board_exit(1);
}

int64_t k_uptime_get(void)
{
	return kernel_ticks();
}

uint32_t k_cycle_get_32(void)
{
	return 1;
}

TEST(zephyr_heap_is_as_configured, .arena = 1024)
{
	const struct mica_span *span = mica_arena_spans();
	struct mica_stats stats;
	void *p = mica_malloc(hide_size(100));

	REQUIRE(p);
	CHECK(!mica_malloc(hide_size(CONFIG_SRAM_SIZE * 1024u)));
	mica_stats(&stats);
	CHECK_EQ(stats.regions, 1);
	CHECK_EQ(stats.reserved, span->bytes);
	CHECK(CONFIG_MICA_HEAP_SIZE < 0 ||
	      span->bytes == CONFIG_MICA_HEAP_SIZE);
	CHECK(CONFIG_MICA_HEAP_SIZE > 0 ||
	      (uintptr_t)span->base + span->bytes ==
	      CONFIG_SRAM_BASE_ADDRESS + 1024u * CONFIG_SRAM_SIZE);
	CHECK(!span[1].base);
	mica_free(p);
}

TEST(zephyr_malloc_is_micas, .arena = 2048)
{
	void *p = malloc(hide_size(100)), *q = aligned_alloc(64, hide_size(64));

	CHECK(p && mica_owns(p) && q && mica_owns(q));
	p = realloc(p, hide_size(1000));
	CHECK(p && mica_owns(p));
	free(p);
	free(q);
	p = calloc(hide_size(10), 10);
	CHECK(p && mica_owns(p));
	free(p);
}

/*
 * ---- threads and interrupts
 *
 * There is memory enough for all of them, so what mica refuses it refuses
 * because somebody is inside it: the guard does not keep them apart.
 */

static _Alignas(16) uintptr_t stacks[TASKS][STACK_WORDS];
static struct task tasks[TASKS];
static unsigned int done[TASKS], tried[TASKS], ticks;

static void tick(uint32_t now)
{
	void *p = malloc(8 + now % 100);

	ticks += p != NULL;
	free(p);
}

static void thread_run(void *argument)
{
	unsigned int self = (unsigned int)(uintptr_t)argument;
	struct random random = { self + 1 };
	uint32_t *slots[SLOTS] = { NULL };

	for (unsigned int i = 0; i < test_scaled(3000); i++) {
		uint32_t **slot = &slots[random_below(&random, SLOTS)];

		if (*slot)
			CHECK_EQ(**slot, self);
		free(*slot);
		*slot = malloc(4 + random_below(&random, 300));
		tried[self]++;
		done[self] += *slot != NULL;
		if (*slot)
			**slot = self;
	}
	for (int i = 0; i < SLOTS; i++)
		free(slots[i]);
}

TEST(zephyr_threads_and_interrupts_share, .arena = 8192)
{
	for (unsigned int i = 0; i < TASKS; i++) {
		done[i] = tried[i] = 0;
		task_create(&tasks[i], "thread", thread_run,
			    (void *)(uintptr_t)i, 1, stacks[i], STACK_WORDS);
	}
	ticks = 0;
	kernel_run(&(struct kernel_setup){
		.tick_cycles = 1000, .random_seed = 3, .on_tick = tick,
	});
	for (unsigned int i = 0; i < TASKS; i++)
		CHECK_EQ(done[i], tried[i]);
	CHECK_EQ(ticks, kernel_ticks());
	CHECK(ticks > test_scaled(100));
}

DEATH(zephyr_fault_panics, "mica: block freed twice: %p")
{
	void *p = mica_malloc(hide_size(100));

	mica_free(p);
	dies_at(p);
	mica_free(hide(p));
}
