/* SPDX-License-Identifier: MIT */
/* Where the guard is BASEPRI it only raises it, and puts it back. */
#include <mica/port.h>
#include "tests/harness.h"

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

TEST(guard_clears_its_mask_after_each_call, .arena = 64, .needs = TEST_TAG)
{
	void *p = mica_malloc(hide_size(32));

	CHECK_EQ(basepri_read(), 0);
	mica_free(p);
	CHECK_EQ(basepri_read(), 0);
}
