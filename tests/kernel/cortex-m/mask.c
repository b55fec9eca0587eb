/* SPDX-License-Identifier: MIT */
/*
 * The mask that the guard uses, BASEPRI or PRIMASK, is put back after a call;
 * BASEPRI is only raised.
 */
#include <mica/port.h>
#include "tests/harness.h"

#if MICA_PORT_ABOVE_GUARD
#define MASK "basepri"
#else
#define MASK "primask"		/* ARMv6-M knows no other */
#endif

static uint32_t mask_read(void)
{
	uint32_t mask;

	__asm__ volatile("mrs %0, " MASK : "=r"(mask));
	return mask;
}

static void mask_write(uint32_t mask)
{
	__asm__ volatile("msr " MASK ", %0" : : "r"(mask) : "memory");
}

TEST(guard_keeps_a_mask_that_is_there,
     .needs = TEST_TAG | TEST_ABOVE_GUARD)
{
	uint32_t stronger = MICA_GUARD_PRIORITY / 2;
	mica_port_guard_t state;

	mask_write(stronger);
	if (mask_read()) {	/* a chip may have no level in between */
		state = mica_port_guard();
		CHECK_EQ(mask_read(), stronger);
		mica_port_unguard(state);
		CHECK_EQ(mask_read(), stronger);
	}
	mask_write(0xff);
	state = mica_port_guard();
	CHECK_EQ(mask_read(), MICA_GUARD_PRIORITY);
	mica_port_unguard(state);
	CHECK(mask_read() >= MICA_GUARD_PRIORITY);
	mask_write(0);
}

TEST(guard_clears_its_mask_after_each_call, .arena = 64, .needs = TEST_TAG)
{
	void *p = mica_malloc(hide_size(32));

	CHECK_EQ(mask_read(), 0);
	mica_free(p);
	CHECK_EQ(mask_read(), 0);
}

/*
 * A critical section of an RTOS that has raised BASEPRI: to the guard's level
 * (FreeRTOS, when both are set alike), above it, and below, where mica masks
 * a little more. PRIMASK is kernel_lock(): see guard.c.
 */
TEST(guard_calls_work_under_a_raised_mask, .arena = 512,
     .needs = TEST_TAG | TEST_ABOVE_GUARD)
{
	static const uint32_t masks[] = {
		MICA_GUARD_PRIORITY, MICA_GUARD_PRIORITY / 2, 0xff,
	};

	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		uint32_t mask;
		void *p, *q;

		mask_write(masks[i]);
		mask = mask_read();	/* a chip has not all the levels */
		p = mica_malloc(hide_size(24));
		q = mica_calloc(1, hide_size(100));
		CHECK(p && q);
		CHECK_EQ(mask_read(), mask);
		p = mica_realloc(p, hide_size(120));
		CHECK(p);
		CHECK_EQ(mask_read(), mask);
		mica_free(q);
		mica_free(p);
		CHECK_EQ(mask_read(), mask);
		mask_write(0);
	}
}
