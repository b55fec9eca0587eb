/* SPDX-License-Identifier: MIT */
/*
 * Several cores: blocks of PINNED_BYTES that keep a page of their class open.
 * While a class has few, each is a run of its own, and what others free of it
 * is seldom put off.
 */
#ifndef TESTS_KERNEL_PIN_H
#define TESTS_KERNEL_PIN_H

#include "tests/threads.h"

#define PINNED_BYTES 48
#define PINS (TEST_PARALLEL ? 40 : 1)

static inline void pages_pin(void **pins)
{
	for (unsigned int i = 0; i < PINS; i++)
		pins[i] = mica_malloc(PINNED_BYTES);
}

static inline void pages_unpin(void **pins)
{
	for (unsigned int i = 0; i < PINS; i++)
		mica_free(pins[i]);
}

#endif
