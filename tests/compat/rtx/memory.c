/* SPDX-License-Identifier: MIT */
/* compat/cmsis-rtos2: pools as osKernelInitialize() hands them over. */
#include "rtx_lib.h"
#include "tests/harness.h"
#include "tests/kernel/kernel.h"

#define HUGE_BYTES (1u << 30)

static uint64_t common[2048], stacks[1024], spare[4][256], tiny[8];
static struct {
	unsigned int init, alloc, free;
	uint32_t result;
	void *block;
} events;

void EvrRtxMemoryInit(void *mem, uint32_t size, uint32_t result)
{
	(void)mem;
	(void)size;
	events.init++;
	events.result = result;
}

void EvrRtxMemoryAlloc(void *mem, uint32_t size, uint32_t type, void *block)
{
	(void)mem;
	(void)size;
	(void)type;
	events.alloc++;
	events.block = block;
}

void EvrRtxMemoryFree(void *mem, void *block, uint32_t result)
{
	(void)mem;
	(void)block;
	events.free++;
	events.result = result;
}

/* What a debugger shows: bytes used, and the most ever used. */
static uint32_t used(const uint64_t *pool)
{
	return ((const uint32_t *)pool)[1];
}

static uint32_t most(const uint64_t *pool, size_t bytes)
{
	return ((const uint32_t *)pool)[bytes / 4 - 1];
}

static uint32_t init_results[6];

/* As the kernel does, before anything else asks for memory. */
__attribute__((constructor)) static void kernel_initialize(void)
{
	init_results[0] = osRtxMemoryInit(NULL, 0);
	init_results[1] = osRtxMemoryInit(common, sizeof(common));
	init_results[2] = osRtxMemoryInit((char *)stacks + 4, 1024);
	init_results[3] = osRtxMemoryInit(stacks, 1020);
	init_results[4] = osRtxMemoryInit(stacks, sizeof(stacks));
	init_results[5] = osRtxMemoryInit(tiny, sizeof(tiny));
}

TEST(rtx_init_takes_what_is_of_use)
{
	struct mica_stats stats;

	CHECK_EQ(init_results[0], 0);
	CHECK_EQ(init_results[1], 1);
	CHECK_EQ(init_results[2], 0);
	CHECK_EQ(init_results[3], 0);
	CHECK_EQ(init_results[4], 1);
	CHECK_EQ(init_results[5], 0);
	CHECK_EQ(events.init, 6);
	mica_stats(&stats);
	CHECK_EQ(stats.regions, 2);
	CHECK_EQ(stats.reserved, sizeof(common) + sizeof(stacks) - 48);
}

TEST(rtx_alloc_and_free, .arena = 1024)
{
	uint32_t before = used(common);
	void *p = osRtxMemoryAlloc(common, 100, 0);
	void *q = osRtxMemoryAlloc(common, 80, 1);

	REQUIRE(p && q);
	CHECK(mica_owns(p) && mica_owns(q));
	CHECK_EQ(((uintptr_t)p | (uintptr_t)q) & 7, 0);
	CHECK_EQ((uintptr_t)events.block, (uintptr_t)q);
	CHECK_EQ(used(common),
		 before + mica_usable_size(p) + mica_usable_size(q));
	CHECK(most(common, sizeof(common)) >= used(common));
	CHECK_EQ(osRtxMemoryFree(common, p), 1);
	CHECK_EQ(osRtxMemoryFree(common, q), 1);
	CHECK_EQ(used(common), before);
	CHECK_EQ(events.result, 1);
}

TEST(rtx_refuses_what_rtx_refuses)
{
	uint32_t outside, before = used(common);

	CHECK(!osRtxMemoryAlloc(NULL, 100, 0));
	CHECK(!osRtxMemoryAlloc(common, 0, 0));
	CHECK(!osRtxMemoryAlloc(common, 100, 4));
	CHECK(!osRtxMemoryAlloc(common, HUGE_BYTES, 0));
	CHECK(!events.block);
	CHECK_EQ(osRtxMemoryFree(common, NULL), 0);
	CHECK_EQ(osRtxMemoryFree(NULL, common), 0);
	CHECK_EQ(osRtxMemoryFree(common, &outside), 0);
	CHECK_EQ(events.result, 0);
	CHECK_EQ(used(common), before);
}

/* One pool's blocks may lie in the other's memory: mica manages both. */
TEST(rtx_pools_share_their_memory)
{
	void *p = osRtxMemoryAlloc(stacks, 12000, 0);

	CHECK(p > (void *)common && p < (void *)(common + 2048));
	CHECK(used(stacks) > 12000);
	CHECK(used(common) < 1000);
	CHECK_EQ(osRtxMemoryFree(stacks, p), 1);
}

/* ---- threads that the kernel makes and ends ------------------------------- */

#define STACK_WORDS 512

static _Alignas(16) uintptr_t maker_stack[STACK_WORDS];
static struct task maker;
static unsigned int made, ticks;

/* RTX's calls are supervisor calls, which the ticks interrupt. */
static void maker_run(void *argument)
{
	struct random random = { 1 };

	(void)argument;
	for (unsigned int i = 0; i < test_scaled(2000); i++) {
		uint32_t bytes = 64 + random_below(&random, 1000);
		uint32_t *cb = osRtxMemoryAlloc(common, 80, 1);
		uint32_t *stack = osRtxMemoryAlloc(stacks, bytes, 0);

		if (cb && stack) {
			cb[0] = stack[0] = stack[bytes / 4 - 1] = i;
			made += cb[0] == i && stack[0] == i;
		}
		osRtxMemoryFree(stacks, stack);
		osRtxMemoryFree(common, cb);
	}
}

static void tick(uint32_t now)
{
	void *p = mica_malloc(8 + now % 200);

	ticks += p != NULL;
	mica_free(p);
}

TEST(rtx_kernel_makes_threads, .arena = 4096)
{
	uint32_t before = used(common) + used(stacks);

	made = ticks = 0;
	task_create(&maker, "maker", maker_run, NULL, 1, maker_stack,
		    STACK_WORDS);
	kernel_run(&(struct kernel_setup){
		.tick_cycles = 1000, .random_seed = 7, .on_tick = tick,
	});
	CHECK_EQ(made, test_scaled(2000));
	CHECK_EQ(ticks, kernel_ticks());
	CHECK(ticks > test_scaled(100));
	CHECK_EQ(used(common) + used(stacks), before);
}

/* Last, since no memory is ever given back. */
TEST(rtx_too_many_pools)
{
	unsigned int taken = 0;

	for (int i = 0; i < 4; i++)
		taken += osRtxMemoryInit(spare[i], sizeof(spare[i]));
	CHECK_EQ(taken, MICA_REGIONS_MAX - 3);
}
