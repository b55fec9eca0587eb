/* SPDX-License-Identifier: MIT */
/* compat/freertos: what heap_4 promises, kept; and tasks that share it. */
#include "FreeRTOS.h"
#include "task.h"
#include "tests/compat/freertos/seen.h"
#include "tests/harness.h"
#include "tests/kernel/kernel.h"

#define HUGE_BYTES ((size_t)1 << 30)

void vApplicationMallocFailedHook(void);

struct seen seen;

void trace_malloc(void *p, size_t size)
{
	seen.malloced = p;
	seen.malloc_size = size;
}

void trace_free(void *p, size_t size)
{
	seen.freed = p;
	seen.free_size = size;
}

void assert_failed(void)
{
	seen.asserts++;
}

void vApplicationMallocFailedHook(void)
{
	seen.failures++;
}

TEST(freertos_malloc_and_free, .arena = 1024)
{
	unsigned char *p = pvPortMalloc(hide_size(100));

	REQUIRE(p && mica_owns(p));
	CHECK_EQ((uintptr_t)p % portBYTE_ALIGNMENT, 0);
	vPortFree(p);
	p = pvPortCalloc(hide_size(25), 4);
	REQUIRE(p && mica_owns(p));
	CHECK_EQ((uintptr_t)p % portBYTE_ALIGNMENT, 0);
	for (int i = 0; i < 100; i++)
		CHECK_EQ(p[i], 0);
	vPortFree(p);
	vPortFree(NULL);
	vPortInitialiseBlocks();
}

TEST(freertos_traces, .arena = 1024)
{
	void *p = pvPortMalloc(hide_size(100));

	REQUIRE(p);
	CHECK_EQ((uintptr_t)seen.malloced, (uintptr_t)p);
	CHECK_EQ(seen.malloc_size, mica_usable_size(p));
	vPortFree(p);
	CHECK_EQ((uintptr_t)seen.freed, (uintptr_t)p);
	CHECK_EQ(seen.free_size, seen.malloc_size);
	pvPortMalloc(hide_size(HUGE_BYTES));
	CHECK(!seen.malloced);
	CHECK_EQ(seen.malloc_size, HUGE_BYTES);
}

TEST(freertos_failure_calls_the_hook)
{
	seen.failures = 0;
	CHECK(!pvPortMalloc(hide_size(HUGE_BYTES)));
	CHECK_EQ(seen.failures, 1);
	CHECK(!pvPortMalloc(hide_size(0)));
	CHECK_EQ(seen.failures, 2);
	CHECK(!pvPortCalloc(hide_size(HUGE_BYTES), 16));
	CHECK_EQ(seen.failures, 3);
	vPortFree(pvPortMalloc(hide_size(10)));
	CHECK_EQ(seen.failures, 3);
}

/* configHEAP_CLEAR_MEMORY_ON_FREE: mica's own links are all that is left. */
TEST(freertos_clears_on_free, .arena = 2048)
{
	uint32_t *p = pvPortMalloc(hide_size(400)), *q = hide(p);

	REQUIRE(p);
	for (int i = 0; i < 100; i++)
		p[i] = 0xdeadbeef;
	vPortFree(p);
	for (int i = 4; i < 96; i++)
		CHECK_EQ(q[i], 0);
}

TEST(freertos_figures, .arena = 8192)
{
	HeapStats_t before, during, after;
	size_t free_before, least;
	void *p, *q;

	vPortFree(pvPortMalloc(hide_size(4000)));
	vPortGetHeapStats(&before);
	free_before = xPortGetFreeHeapSize();
	CHECK_EQ(before.xAvailableHeapSpaceInBytes, free_before);
	p = pvPortMalloc(hide_size(4000));
	REQUIRE(p);
	vPortGetHeapStats(&during);
	CHECK(during.xAvailableHeapSpaceInBytes <= free_before - 4000);
	CHECK(during.xAvailableHeapSpaceInBytes >= free_before - 4100);
	CHECK_EQ(during.xNumberOfSuccessfulAllocations,
		 before.xNumberOfSuccessfulAllocations + 1);
	least = xPortGetMinimumEverFreeHeapSize();
	CHECK(least <= xPortGetFreeHeapSize());
	CHECK_EQ(during.xMinimumEverFreeBytesRemaining, least);
	q = pvPortMalloc(during.xSizeOfLargestFreeBlockInBytes);
	CHECK(q);
	vPortFree(q);
	vPortFree(p);
	vPortGetHeapStats(&after);
	CHECK_EQ(after.xAvailableHeapSpaceInBytes, free_before);
	CHECK_EQ(after.xNumberOfSuccessfulFrees,
		 before.xNumberOfSuccessfulFrees + 2);
	CHECK_EQ(xPortGetMinimumEverFreeHeapSize(),
		 after.xMinimumEverFreeBytesRemaining);
	xPortResetHeapMinimumEverFreeHeapSize();
	CHECK_EQ(xPortGetMinimumEverFreeHeapSize(), xPortGetFreeHeapSize());
	p = pvPortMalloc(hide_size(4000));
	REQUIRE(p);
	CHECK_EQ(xPortGetMinimumEverFreeHeapSize(), xPortGetFreeHeapSize());
	CHECK(xPortGetMinimumEverFreeHeapSize() <= free_before - 4000);
	vPortFree(p);
}

TEST(freertos_reset_counts_anew, .arena = 1024)
{
	HeapStats_t stats;
	void *p = pvPortMalloc(hide_size(20));
	size_t free_bytes = xPortGetFreeHeapSize();

	vPortHeapResetState();
	vPortGetHeapStats(&stats);
	CHECK_EQ(stats.xNumberOfSuccessfulAllocations, 0);
	CHECK_EQ(stats.xNumberOfSuccessfulFrees, 0);
	CHECK_EQ(xPortGetFreeHeapSize(), free_bytes);
	vPortFree(p);
}

/*
 * ---- tasks and the tick interrupt
 *
 * There is memory enough for all of them, so what mica refuses it refuses
 * because somebody is inside it: the guard does not keep them apart.
 */

#define TASKS 3
#define STACK_WORDS 512
#define SLOTS 8

static _Alignas(16) uintptr_t stacks[TASKS][STACK_WORDS];
static struct task tasks[TASKS];
static uint32_t isr_blocks, task_blocks[TASKS], task_tries[TASKS];

static void tick(uint32_t now)
{
	uint32_t *p = pvPortMalloc(16 + now % 100);

	if (!p)
		return;
	*p = now;
	CHECK_EQ(*p, now);
	vPortFree(p);
	isr_blocks++;
}

/* Whoever else writes to a block of this task's changes its number. */
static void task_run(void *argument)
{
	unsigned int self = (unsigned int)(uintptr_t)argument;
	struct random random = { self + 1 };
	uint32_t *slots[SLOTS] = { NULL };

	for (unsigned int i = 0; i < test_scaled(3000); i++) {
		uint32_t **slot = &slots[random_below(&random, SLOTS)];

		if (*slot)
			CHECK_EQ(**slot, self);
		vPortFree(*slot);
		*slot = pvPortMalloc(4 + random_below(&random, 300));
		task_tries[self]++;
		task_blocks[self] += *slot != NULL;
		if (*slot)
			**slot = self;
	}
	for (int i = 0; i < SLOTS; i++)
		vPortFree(slots[i]);
}

TEST(freertos_tasks_and_interrupts_share, .arena = 12000)
{
	for (unsigned int i = 0; i < TASKS; i++) {
		task_blocks[i] = task_tries[i] = 0;
		task_create(&tasks[i], "task", task_run, (void *)(uintptr_t)i,
			    1 + i / 2, stacks[i], STACK_WORDS);
	}
	isr_blocks = 0;
	kernel_run(&(struct kernel_setup){
		.tick_cycles = 1000, .random_seed = 5, .on_tick = tick,
	});
	for (unsigned int i = 0; i < TASKS; i++)
		CHECK_EQ(task_blocks[i], task_tries[i]);
	CHECK_EQ(isr_blocks, kernel_ticks());
	CHECK(isr_blocks > test_scaled(100));
}
