/* SPDX-License-Identifier: MIT */
/* The directed test of the slow paths. */
#ifndef CHIP_SLOW_H
#define CHIP_SLOW_H

#include <stddef.h>
#include <stdint.h>

enum slow_call { SLOW_MALLOC, SLOW_FREE, SLOW_REALLOC, SLOW_CALLS };

/**
 * slow_run() - force each slow path of malloc, free and realloc, and count it
 * @arena: bytes of the arena, fresh
 *
 * Prints a line for all calls, and in a build that counts one for each
 * counter of mica_stats(): the calls in which it moved, the costliest of them.
 */
void slow_run(size_t arena);

/** slow_remote() - frees from above the guard, and who has to take them */
void slow_remote(void);

/** slow_malloc() - malloc, counted and booked */
void *slow_malloc(size_t size);

/** slow_free() - free, counted and booked */
void slow_free(void *p);

/** slow_add() - book a call that was counted elsewhere */
void slow_add(enum slow_call call, uint32_t count);

#endif
