/* SPDX-License-Identifier: MIT */
/*
 * Counting instructions, exactly.
 *
 * QEMU runs with `-icount shift=10,sleep=off`: an instruction takes 1024 ns of
 * virtual time, in which the board's 25 MHz timer counts 25.6 ticks; so
 * ticks / 25.6, rounded, is the number of instructions. The timer is read by
 * the instructions just before and after the call; what these and the call
 * itself cost is subtracted, such that a function of one instruction (a bare
 * return) counts 1 and a loop of n turns counts 2 n + 2. The program checks
 * both before it measures anything.
 */
#ifndef CHIP_COUNT_H
#define CHIP_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts of more than this share one bin; the maximum is exact anyway. */
#define COUNT_BINS 4096

struct histogram {
	uint32_t bin[COUNT_BINS];
	uint32_t calls;
	uint32_t max;
};

/** count_start() - start the timer and check it; Return: is it exact? */
bool count_start(void);

/**
 * count_call() - call a function and count its instructions
 * @call: the function, of one word and returning one
 * @argument: passed to @call
 * @result: what @call returned
 *
 * Return: instructions executed in @call, its return included.
 */
uint32_t count_call(uintptr_t (*call)(uintptr_t argument), uintptr_t argument,
		    uintptr_t *result);

/** count_malloc() - mica_malloc(@size), counted; Return: instructions */
uint32_t count_malloc(size_t size, void **p);

/** count_free() - mica_free(@p), counted; Return: instructions */
uint32_t count_free(void *p);

/** histogram_add() - one more call of so many instructions */
void histogram_add(struct histogram *histogram, uint32_t count);

/**
 * histogram_rank() - the count that a share of the calls does not exceed
 * @per_mille: 500 for the median, 999 for 99.9 %
 */
uint32_t histogram_rank(const struct histogram *histogram, uint32_t per_mille);

#endif
