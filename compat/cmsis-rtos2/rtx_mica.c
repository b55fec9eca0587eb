/* SPDX-License-Identifier: MIT */
/*
 * RTX5, the CMSIS-RTOS2 kernel of CMSIS-RTX, on mica: add this file. RTX
 * declares its three memory functions weak, so nothing of it is changed.
 *
 * RTX hands its memory over in osKernelInitialize(): the common pool, and
 * pools of their own for stacks, memory pools and message queues if they are
 * configured. mica manages all of it as one; a pool is only what a block is
 * counted in. Head and end of each pool are RTX's, so that its view in a
 * debugger shows what is in use and what was at most.
 *
 * These are called from RTX's supervisor calls, in handler mode: never inside
 * an interrupt above the guard, and one at a time, which is why the counts
 * have no lock.
 */
#include "rtx_lib.h"
#include "../spans.h"

#define TYPE_MASK 3u		/* RTX's types: 0 generic, 1 control block */

/* As RTX lays its pools out. */
struct rtx_head {
	uint32_t size, used;
};

struct rtx_block {
	struct rtx_block *next;
	uint32_t info;		/* in the last one: the most ever used */
};

/* What RTX's debug view reads before the pool's memory begins. */
struct rtx_pool {
	struct rtx_head head;
	struct rtx_block first;
};

#define RTX_OWN (sizeof(struct rtx_pool) + sizeof(struct rtx_block))

const struct mica_span *mica_arena_spans(void)
{
	return spans_table;
}

static struct rtx_block *pool_last(struct rtx_pool *pool)
{
	return (struct rtx_block *)(void *)((char *)pool + pool->head.size) - 1;
}

static void pool_prepare(struct rtx_pool *pool, uint32_t size)
{
	pool->head.size = size;
	pool->head.used = sizeof(*pool);
	pool->first.next = pool_last(pool);
	pool->first.info = 0;
	pool->first.next->next = NULL;
	pool->first.next->info = sizeof(*pool);
}

/* A pool that is no use to mica is refused; RTX then takes the common one. */
static uint32_t pool_init(struct rtx_pool *pool, uint32_t size)
{
	if (!pool || (uintptr_t)pool & 7 || size & 7 || size <= RTX_OWN)
		return 0;
	pool_prepare(pool, size);
	if (!spans_add(pool + 1, size - RTX_OWN))
		return 0;
	spans_take();
	return mica_owns(pool + 1);
}

uint32_t osRtxMemoryInit(void *mem, uint32_t size)
{
	uint32_t result = pool_init(mem, size);

	EvrRtxMemoryInit(mem, size, result);
	return result;
}

static void *pool_alloc(struct rtx_pool *pool, uint32_t size, uint32_t type)
{
	void *block;

	if (!pool || !size || type & ~TYPE_MASK)
		return NULL;
	block = mica_malloc(size);
	pool->head.used += (uint32_t)mica_usable_size(block);
	if (pool_last(pool)->info < pool->head.used)
		pool_last(pool)->info = pool->head.used;
	return block;
}

void *osRtxMemoryAlloc(void *mem, uint32_t size, uint32_t type)
{
	void *block = pool_alloc(mem, size, type);

	EvrRtxMemoryAlloc(mem, size, type, block);
	return block;
}

static uint32_t pool_free(struct rtx_pool *pool, void *block)
{
	if (!pool || !mica_owns(block))
		return 0;
	pool->head.used -= (uint32_t)mica_usable_size(block);
	mica_free(block);
	return 1;
}

uint32_t osRtxMemoryFree(void *mem, void *block)
{
	uint32_t result = pool_free(mem, block);

	EvrRtxMemoryFree(mem, block, result);
	return result;
}
