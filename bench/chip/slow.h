/* SPDX-License-Identifier: MIT */
/* The directed test of the slow paths. */
#ifndef CHIP_SLOW_H
#define CHIP_SLOW_H

#include <stdbool.h>
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

/**
 * slow_regions() - regions so far; slow_began() - book a call apart that made
 * one of them, with slow_regions() of before it
 *
 * Making a region clears a byte for each of its cells, once in its life: it
 * would hide what a call costs where several regions exist.
 *
 * Return: whether it did.
 */
unsigned int slow_regions(void);
bool slow_began(unsigned int before, uint32_t count);

/** slow_report_began() - print a line about these calls, if there were any */
void slow_report_began(void);

/** slow_add() - book a call that was counted elsewhere */
void slow_add(enum slow_call call, uint32_t count);

#endif
