/* SPDX-License-Identifier: MIT */
/* What the fake platform offers: time by hand, memory that ends. */
#include "../harness.h"

#include "port/fake/fake.h"

#define MIB ((size_t)1 << 20)

static size_t fake_arena(void)
{
	return MICA_LAYOUT == MICA_LAYOUT_TAG ? MIB / 8 : 128 * MIB;
}

static unsigned int fake_offers(void)
{
	unsigned int layout = TEST_TAG;

	if (MICA_LAYOUT == MICA_LAYOUT_TABLE)
		layout = TEST_TABLE | TEST_ROOM | (fake_is("keep") ? 0 : TEST_LAZY);
	return layout | TEST_FINITE | TEST_CLOCK |
	       (MICA_CONTEXT == MICA_CONTEXT_CORE ? TEST_GUARD : 0);
}

const struct test_target test_target = {
	.name = "fake",
	.arena = fake_arena,
	.contexts = MICA_CONTEXT == MICA_CONTEXT_THREAD ? 16 : 1,
	.offers = fake_offers,
	.sleep_ms = fake_clock_add,
};
