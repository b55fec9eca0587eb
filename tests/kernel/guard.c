/* SPDX-License-Identifier: MIT */
/*
 * The guard of Cortex-M, seen from outside: an interrupt that is pended
 * inside it comes later or at once, depending on its priority.
 */
#include <mica/port.h>
#include "board_io.h"
#include "tests/harness.h"

#define IRQ 7u
#define NVIC_ISER (*(volatile uint32_t *)0xe000e100)
#define NVIC_ISPR (*(volatile uint32_t *)0xe000e200)
#define NVIC_IPR ((volatile uint8_t *)0xe000e400)

static volatile unsigned int irq_count;
static void *volatile irq_block;

void isr_irq(unsigned int irq)
{
	irq_count += irq == IRQ;
	mica_free(irq_block);
	irq_block = NULL;
}

static uint32_t basepri_read(void)
{
	uint32_t basepri;

	__asm__ volatile("mrs %0, basepri" : "=r"(basepri));
	return basepri;
}

static void basepri_write(uint32_t basepri)
{
	__asm__ volatile("msr basepri, %0" : : "r"(basepri) : "memory");
}

static void irq_setup(unsigned int priority)
{
	irq_count = 0;
	NVIC_IPR[IRQ] = (uint8_t)priority;
	NVIC_ISER = 1u << IRQ;
}

static void irq_pend(void)
{
	NVIC_ISPR = 1u << IRQ;
	__asm__ volatile("dsb\n\tisb" : : : "memory");
}

TEST(guard_delays_interrupts_at_its_priority, .needs = TEST_TAG)
{
	mica_port_guard_t state;

	irq_setup(MICA_GUARD_PRIORITY);
	state = mica_port_guard();
	irq_pend();
	CHECK_EQ(irq_count, 0);
	mica_port_unguard(state);
	__asm__ volatile("isb");
	CHECK_EQ(irq_count, 1);
}

TEST(guard_lets_urgent_interrupts_through, .needs = TEST_TAG)
{
	mica_port_guard_t state;

	irq_setup(0);
	state = mica_port_guard();
	irq_pend();
	CHECK_EQ(irq_count, 1);
	mica_port_unguard(state);
}

TEST(guard_keeps_a_mask_that_is_there, .needs = TEST_TAG)
{
	uint32_t stronger = MICA_GUARD_PRIORITY / 2;
	mica_port_guard_t state;

	basepri_write(stronger);
	if (basepri_read()) {	/* a chip may have no level in between */
		state = mica_port_guard();
		CHECK_EQ(basepri_read(), stronger);
		mica_port_unguard(state);
		CHECK_EQ(basepri_read(), stronger);
	}
	basepri_write(0xff);
	state = mica_port_guard();
	CHECK_EQ(basepri_read(), MICA_GUARD_PRIORITY);
	mica_port_unguard(state);
	CHECK(basepri_read() >= MICA_GUARD_PRIORITY);
	basepri_write(0);
}

/* Called before and after by every malloc and free: nothing stays masked. */
TEST(guard_is_open_after_each_call, .arena = 64, .needs = TEST_TAG)
{
	void *p = mica_malloc(hide_size(32));

	CHECK_EQ(basepri_read(), 0);
	irq_setup(MICA_GUARD_PRIORITY);
	irq_block = p;
	irq_pend();
	CHECK_EQ(irq_count, 1);
	CHECK(!irq_block);
	CHECK_EQ(basepri_read(), 0);
}
