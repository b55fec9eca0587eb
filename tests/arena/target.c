/* SPDX-License-Identifier: MIT */
/*
 * The port of chips on this machine: four spans of plain memory, of very
 * different sizes, the smallest first, so that regions are many and a small
 * one fills early.
 */
#include "../harness.h"

#include <stdlib.h>
#include <unistd.h>
#include <mica/port.h>

#define KIB ((size_t)1 << 10)
#define PARALLEL (MICA_CONTEXT == MICA_CONTEXT_THREAD || MICA_CORES > 1)

#ifndef TEST_SLOW
#define TEST_SLOW 0	/* sanitized */
#endif

static char first[12 << 10], second[200 << 10], third[2 << 20];
static char fourth[((PARALLEL ? 12 : 4) << 20) + 5];

const struct mica_span *mica_arena_spans(void)
{
	static const struct mica_span spans[] = {
		{ first, sizeof(first) },
		{ second + 3, sizeof(second) - 3 },
		{ third, sizeof(third) },
		{ fourth, sizeof(fourth) },
		{ NULL, 0 },
	};

	return spans;
}

void board_console(const char *text, size_t len)
{
	if (write(STDERR_FILENO, text, len) < 0)
		_exit(2);
}

void board_exit(int status)
{
	_exit(status);
}

static size_t arena_bytes(void)
{
	return (PARALLEL ? 8192 : 2048) * KIB;
}

static unsigned int arena_offers(void)
{
	return TEST_TAG | TEST_FINITE | TEST_ROOM | (TEST_SLOW ? 0 : TEST_FAST);
}

/* The clock stands still: nothing here waits. */
static void arena_sleep_ms(unsigned int ms)
{
	CHECK(!ms || !"the test declares TEST_CLOCK");
}

const struct test_target test_target = {
	.name = "arena",
	.arena = arena_bytes,
	.contexts = MICA_CONTEXT == MICA_CONTEXT_THREAD ? 16 : MICA_CORES,
	.offers = arena_offers,
	.sleep_ms = arena_sleep_ms,
};
