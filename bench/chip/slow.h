/* SPDX-License-Identifier: MIT */
/* The directed test of the slow paths. */
#ifndef CHIP_SLOW_H
#define CHIP_SLOW_H

#include <stddef.h>

/**
 * slow_run() - force each slow path of malloc and free, and count it
 * @arena: bytes of the arena, fresh
 *
 * Prints a line for each counter of mica_stats(): the counted calls in which
 * it moved, and the costliest malloc and free of them; and a line for all.
 */
void slow_run(size_t arena);

#endif
