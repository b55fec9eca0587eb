/* SPDX-License-Identifier: MIT */
/*
 * The guard, seen from outside: an interrupt that is pended inside it comes
 * later or at once, depending on its priority.
 */
#include <mica/port.h>
#include "core/large.h"
#include "tests/model.h"
#include "cpu.h"
#include "kernel.h"

static volatile unsigned int irq_count;
static void *volatile irq_block;
static volatile size_t irq_wants;	/* more than there is; 0: nothing */

#if MICA_HEAPS
static struct mica_heap *volatile irq_names;

static void irq_asks_heap(void)
{
	if (irq_names)
		CHECK(!mica_heap_malloc(irq_names, 10));
}
#else
static void irq_asks_heap(void)
{
}
#endif

void irq_handle(void)
{
	irq_count++;
	if (irq_wants)
		CHECK(!mica_malloc(irq_wants));
	irq_asks_heap();
	mica_free(irq_block);
	irq_block = NULL;
}

static void irq_start(bool above_guard)
{
	irq_count = 0;
	cpu_irq_setup(above_guard);
}

TEST(guard_delays_interrupts_at_its_priority, .needs = TEST_TAG)
{
	mica_port_guard_t state;

	irq_start(false);
	state = mica_port_guard();
	cpu_irq_pend();
	CHECK_EQ(irq_count, 0);
	mica_port_unguard(state);
	cpu_sync();
	CHECK_EQ(irq_count, 1);
}

#if MICA_HEAPS

/* In the middle of an operation of another heap no heap has anything. */
TEST(guard_refuses_heaps_above_it, .needs = TEST_TAG | TEST_ABOVE_GUARD)
{
	mica_port_guard_t guard = 0;
	struct mica_heap *heap = mica_heap_new(NULL);
	struct mica_part *part;

	REQUIRE(heap);
	irq_start(true);
	part = context_enter(&guard);
	irq_names = heap;
	cpu_irq_pend();
	irq_names = NULL;
	context_leave(part, guard);
	CHECK_EQ(irq_count, 1);
	CHECK(mica_heap_current() == mica_heap_main());
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

#endif

TEST(guard_lets_urgent_interrupts_through,
     .needs = TEST_TAG | TEST_ABOVE_GUARD)
{
	mica_port_guard_t state;

	irq_start(true);
	state = mica_port_guard();
	cpu_irq_pend();
	CHECK_EQ(irq_count, 1);
	mica_port_unguard(state);
}

/* As in a critical section of an RTOS: the end of a call does not open it. */
TEST(guard_keeps_a_lock_that_is_there, .arena = 64, .needs = TEST_TAG)
{
	uintptr_t lock;

	irq_start(false);
	lock = kernel_lock();
	cpu_irq_pend();
	mica_free(mica_malloc(hide_size(32)));
	cpu_sync();
	CHECK_EQ(irq_count, 0);
	kernel_unlock(lock);
	cpu_sync();
	CHECK_EQ(irq_count, 1);
}

/* Called before and after by every malloc and free: nothing stays masked. */
TEST(guard_is_open_after_each_call, .arena = 64, .needs = TEST_TAG)
{
	void *p = mica_malloc(hide_size(32));

	irq_start(false);
	irq_block = p;
	cpu_irq_pend();
	CHECK_EQ(irq_count, 1);
	CHECK(!irq_block);
	cpu_irq_pend();
	CHECK_EQ(irq_count, 2);
}

static volatile unsigned int nr_reclaims;

static bool on_reclaim(size_t size, uint32_t attributes)
{
	(void)size, (void)attributes;
	nr_reclaims++;
	return false;
}

static void irq_allocates(bool above_guard)
{
	irq_start(above_guard);
	irq_wants = REQUEST_LIMIT;	/* a region has a head, too */
	cpu_irq_pend();
	cpu_sync();
	irq_wants = 0;
	CHECK_EQ(irq_count, 1);
}

/* The program is asked to free something by tasks only. */
TEST(guard_keeps_reclaim_out_of_interrupts, .needs = TEST_TAG | TEST_FINITE)
{
	nr_reclaims = 0;
	mica_on_reclaim(on_reclaim);
	irq_allocates(false);
	CHECK_EQ(nr_reclaims, 0);
	CHECK(!mica_malloc(hide_size(REQUEST_LIMIT)));
	CHECK_EQ(nr_reclaims, 1);
	mica_on_reclaim(NULL);
}

/*
 * Before the scheduler starts, and inside an RTOS's critical section: each
 * call does all of its work, and leaves interrupts as they were.
 */
static void calls_work_masked(void)
{
	uintptr_t lock;
	void *p, *q;

	irq_start(false);
	lock = kernel_lock();
	cpu_irq_pend();
	p = mica_malloc(hide_size(24));
	q = mica_calloc(1, hide_size(100));
	CHECK(p && q && all_zero(q, 100));
	if (p)
		fill(p, 24, 5);
	p = mica_realloc(p, hide_size(120));
	CHECK(p && filled_before(p, 120, 24, 5));
	mica_free(q);
	mica_free(p);
	mica_collect(true);
	cpu_sync();
	CHECK_EQ(irq_count, 0);
	CHECK_MICA();
	kernel_unlock(lock);
	cpu_sync();
	CHECK_EQ(irq_count, 1);
}

TEST(guard_calls_work_before_the_scheduler, .arena = 512, .needs = TEST_TAG)
{
	CHECK(!kernel_current());
	calls_work_masked();
}

static void masked_task(void *argument)
{
	(void)argument;
	calls_work_masked();
}

TEST(guard_calls_work_in_a_critical_section, .arena = 512, .needs = TEST_TAG)
{
	static _Alignas(16) uintptr_t stack[256];
	static struct task task;

	task_create(&task, "masked", masked_task, NULL, 1, stack, 256);
	kernel_run(&(struct kernel_setup){ .tick_cycles = 20000 });
}
