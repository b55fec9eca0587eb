/* SPDX-License-Identifier: MIT */
/* compat/threadx: byte pools as limits, and threads that wait for memory. */
#include "tx_api.h"
#include "tx_byte_pool.h"
#include "tests/harness.h"

#define POOL_BYTES 4096u
#define STACK_WORDS 512
#define HEAD 8u

TX_BYTE_POOL *_tx_byte_pool_created_ptr;
ULONG _tx_byte_pool_created_count;

static TX_BYTE_POOL pools[3];
static UCHAR memory[POOL_BYTES];
static char name[] = "pool";
static bool aborted;

/* As ThreadX: only threads may sleep, and another may end it. */
UINT _tx_thread_sleep(ULONG timer_ticks)
{
	if (!kernel_current())
		return TX_CALLER_ERROR;
	task_sleep(timer_ticks);
	return aborted ? TX_WAIT_ABORTED : TX_SUCCESS;
}

static TX_BYTE_POOL *pool_make(int i, ULONG bytes)
{
	CHECK_EQ(tx_byte_pool_create(&pools[i], name, memory, bytes),
		 TX_SUCCESS);
	return &pools[i];
}

static void *allocate(TX_BYTE_POOL *pool, ULONG bytes)
{
	void *p = memory;

	if (tx_byte_allocate(pool, &p, bytes, TX_NO_WAIT) == TX_SUCCESS)
		CHECK(p && mica_owns(p) && (uintptr_t)p % 8 == 0);
	else
		CHECK(!p);
	return p;
}

TEST(threadx_pool_is_created_and_deleted)
{
	TX_BYTE_POOL *a = pool_make(0, POOL_BYTES + 3);
	TX_BYTE_POOL *b = pool_make(1, POOL_BYTES);
	TX_BYTE_POOL *c = pool_make(2, POOL_BYTES);

	CHECK_EQ(_tx_byte_pool_created_count, 3);
	CHECK(_tx_byte_pool_created_ptr == a);
	CHECK(a->tx_byte_pool_created_next == b);
	CHECK(b->tx_byte_pool_created_next == c);
	CHECK(c->tx_byte_pool_created_next == a);
	CHECK(a->tx_byte_pool_created_previous == c);
	CHECK_EQ(a->tx_byte_pool_id, TX_BYTE_POOL_ID);
	CHECK(a->tx_byte_pool_name == name && a->tx_byte_pool_start == memory);
	CHECK_EQ(a->tx_byte_pool_size, POOL_BYTES);
	CHECK_EQ(a->tx_byte_pool_available, POOL_BYTES - 8);
	CHECK_EQ(tx_byte_pool_delete(a), TX_SUCCESS);
	CHECK(_tx_byte_pool_created_ptr == b);
	CHECK(b->tx_byte_pool_created_previous == c);
	CHECK_EQ(tx_byte_pool_delete(c), TX_SUCCESS);
	CHECK(b->tx_byte_pool_created_next == b);
	CHECK_EQ(tx_byte_pool_delete(b), TX_SUCCESS);
	CHECK(!_tx_byte_pool_created_ptr);
	CHECK_EQ(b->tx_byte_pool_id, TX_CLEAR_ID);
}

TEST(threadx_pool_is_a_limit, .arena = 16384)
{
	TX_BYTE_POOL *a = pool_make(0, POOL_BYTES), *b = pool_make(1, 1000);
	ULONG available = a->tx_byte_pool_available;
	void *p = allocate(a, 3001), *q = allocate(b, 500);

	REQUIRE(p && q);
	CHECK_EQ(a->tx_byte_pool_available, available - 3004 - HEAD);
	CHECK_EQ(a->tx_byte_pool_fragments, 2);
	CHECK(!allocate(a, 1200));
	CHECK(!allocate(b, 500));
	CHECK(!allocate(b, ~0ul));
	CHECK(!allocate(b, ~0ul - 7));
	CHECK_EQ(tx_byte_release(p), TX_SUCCESS);
	CHECK_EQ(a->tx_byte_pool_available, available);
	CHECK_EQ(a->tx_byte_pool_fragments, 1);
	p = allocate(a, available - HEAD);
	CHECK(p);
	CHECK_EQ(a->tx_byte_pool_available, 0);
	CHECK_EQ(tx_byte_release(p), TX_SUCCESS);
	CHECK_EQ(tx_byte_release(q), TX_SUCCESS);
	tx_byte_pool_delete(a);
	tx_byte_pool_delete(b);
}

/* mica has less than the pool may use: the count is set back. */
TEST(threadx_memory_runs_out)
{
	TX_BYTE_POOL *pool = pool_make(0, 1ul << 30);
	ULONG available = pool->tx_byte_pool_available;

	CHECK(!allocate(pool, 1ul << 29));
	CHECK_EQ(pool->tx_byte_pool_available, available);
	CHECK_EQ(pool->tx_byte_pool_fragments, 1);
	tx_byte_pool_delete(pool);
}

TEST(threadx_release_of_what_is_none, .arena = 1024)
{
	TX_BYTE_POOL *pool = pool_make(0, POOL_BYTES);
	ULONG outside[4] = { 0 }, *p = allocate(pool, 100);
	void *other = mica_malloc(hide_size(100));

	CHECK_EQ(tx_byte_release(TX_NULL), TX_PTR_ERROR);
	CHECK_EQ(tx_byte_release(outside + 2), TX_PTR_ERROR);
	REQUIRE(p && other);
	__builtin_memset(other, 0x5a, 100);
	CHECK_EQ(tx_byte_release((char *)other + 8), TX_PTR_ERROR);
	CHECK_EQ(tx_byte_release(p), TX_SUCCESS);
	CHECK_EQ(tx_byte_release(hide(p)), TX_PTR_ERROR);
	mica_free(other);
	tx_byte_pool_delete(pool);
}

/* The memory that a pool is created with stays the application's. */
TEST(threadx_pool_memory_is_left_alone, .arena = 8192)
{
	TX_BYTE_POOL *pool;
	void *p;

	for (unsigned int i = 0; i < POOL_BYTES; i++)
		memory[i] = (UCHAR)i;
	pool = pool_make(0, POOL_BYTES);
	p = allocate(pool, 3000);
	CHECK(p < (void *)memory || p >= (void *)(memory + POOL_BYTES));
	CHECK_EQ(tx_byte_release(p), TX_SUCCESS);
	tx_byte_pool_delete(pool);
	for (unsigned int i = 0; i < POOL_BYTES; i++)
		CHECK_EQ(memory[i], (UCHAR)i);
}

/* ---- waiting ------------------------------------------------------------------ */

static _Alignas(16) uintptr_t stacks[2][STACK_WORDS];
static struct task waiter, giver;
static struct {
	void *held;
	ULONG option, from, until;
	UINT status;
} wait;

static void waiter_run(void *argument)
{
	TX_BYTE_POOL *pool = argument;
	void *p = NULL;

	wait.from = kernel_ticks();
	wait.status = tx_byte_allocate(pool, &p, 3000, wait.option);
	wait.until = kernel_ticks();
	if (wait.status == TX_SUCCESS)
		CHECK_EQ(tx_byte_release(p), TX_SUCCESS);
}

static void giver_run(void *argument)
{
	void (*what)(void) = argument;

	task_sleep(10);
	what();
}

static void give_back(void)
{
	CHECK_EQ(tx_byte_release(wait.held), TX_SUCCESS);
	wait.held = NULL;
}

static void give_nothing(void)
{
}

static void delete_pool(void)
{
	tx_byte_pool_delete(&pools[0]);
}

static void abort_wait(void)
{
	aborted = true;
}

/* A thread waits for memory that another holds; after 10 ticks @what. */
static void wait_while(ULONG option, void (*what)(void))
{
	TX_BYTE_POOL *pool = pool_make(0, POOL_BYTES);

	aborted = false;
	wait.held = allocate(pool, 3000);
	wait.option = option;
	task_create(&waiter, "waiter", waiter_run, pool, 3, stacks[0],
		    STACK_WORDS);
	task_create(&giver, "giver", giver_run, (void *)what, 2, stacks[1],
		    STACK_WORDS);
	kernel_run(&(struct kernel_setup){ .tick_cycles = 20000 });
	if (pool->tx_byte_pool_id == TX_BYTE_POOL_ID) {
		if (wait.held)
			give_back();
		delete_pool();
	}
}

TEST(threadx_wait_forever, .arena = 8192)
{
	wait_while(TX_WAIT_FOREVER, give_back);
	CHECK_EQ(wait.status, TX_SUCCESS);
	CHECK(wait.until - wait.from >= 9 && wait.until - wait.from <= 12);
}

TEST(threadx_wait_long_enough, .arena = 8192)
{
	wait_while(50, give_back);
	CHECK_EQ(wait.status, TX_SUCCESS);
	CHECK(wait.until - wait.from <= 12);
}

TEST(threadx_wait_times_out, .arena = 8192)
{
	wait_while(5, give_nothing);
	CHECK_EQ(wait.status, TX_NO_MEMORY);
	CHECK(wait.until - wait.from >= 5 && wait.until - wait.from <= 7);
}

TEST(threadx_wait_ends_with_the_pool, .arena = 8192)
{
	void *held;

	wait_while(TX_WAIT_FOREVER, delete_pool);
	CHECK_EQ(wait.status, TX_DELETED);
	held = wait.held;
	CHECK_EQ(tx_byte_release(held), TX_PTR_ERROR);
	mica_free((char *)held - HEAD);
}

TEST(threadx_wait_is_aborted, .arena = 8192)
{
	wait_while(TX_WAIT_FOREVER, abort_wait);
	CHECK_EQ(wait.status, TX_WAIT_ABORTED);
}

/* Initialization and interrupts are no threads: they cannot wait. */
TEST(threadx_wait_outside_a_thread, .arena = 8192)
{
	TX_BYTE_POOL *pool = pool_make(0, POOL_BYTES);
	void *p = allocate(pool, 3000), *q;

	CHECK_EQ(tx_byte_allocate(pool, &q, 3000, TX_WAIT_FOREVER),
		 TX_NO_MEMORY);
	CHECK_EQ(tx_byte_release(p), TX_SUCCESS);
	tx_byte_pool_delete(pool);
}
