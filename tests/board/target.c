/* SPDX-License-Identifier: MIT */
/* What a board offers to the tests: its cores and the arena it is linked for. */
#include "../harness.h"

#include <mica/port.h>

static size_t board_arena(void)
{
	return mica_arena_spans()[0].bytes * 3 / 4;
}

static unsigned int board_offers(void)
{
	return TEST_TAG | TEST_FINITE |
	       (MICA_REGIONS_MAX > 2 ? TEST_ROOM : 0) |
	       (MICA_PORT_ABOVE_GUARD ? TEST_ABOVE_GUARD : 0);
}

static void board_sleep_ms(unsigned int ms)
{
	CHECK(!ms || !"the test declares TEST_CLOCK");
}

const struct test_target test_target = {
	.name = "board",
	.arena = board_arena,
	.contexts = MICA_CORES,
	.offers = board_offers,
	.sleep_ms = board_sleep_ms,
};
