/* SPDX-License-Identifier: MIT */
/* What a Linux machine offers to the tests. */
#include "../harness.h"

#include <time.h>

#ifndef TEST_SLOW
#define TEST_SLOW 0	/* emulated or sanitized */
#endif

#define MIB ((size_t)1 << 20)

static size_t host_arena(void)
{
	if (MICA_LAYOUT == MICA_LAYOUT_TAG)
		return ((size_t)MICA_REGIONS_MAX << MICA_REGION_SHIFT) / 4;
	return sizeof(void *) == 8 ? 1024 * MIB : 512 * MIB;
}

static unsigned int host_offers(void)
{
	unsigned int layout = MICA_LAYOUT == MICA_LAYOUT_TAG ?
		TEST_TAG : TEST_TABLE | TEST_LAZY;

	return layout | TEST_CLOCK | TEST_ROOM | (TEST_SLOW ? 0 : TEST_FAST);
}

static void host_sleep_ms(unsigned int ms)
{
	struct timespec t = {
		.tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000000,
	};

	nanosleep(&t, NULL);
}

const struct test_target test_target = {
	.name = "host",
	.arena = host_arena,
	.contexts = MICA_CONTEXT == MICA_CONTEXT_THREAD ? 16 : 1,
	.offers = host_offers,
	.sleep_ms = host_sleep_ms,
};
