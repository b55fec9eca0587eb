/* SPDX-License-Identifier: MIT */
/*
 * Counting instructions, exactly.
 *
 * QEMU runs with -icount, where an instruction takes a fixed virtual time; a
 * counter of the board (ticks.h) advances a fixed number of ticks in it, one
 * or more, not always a whole number. It is read by the instructions just
 * before and after the call. A long loop tells how many ticks an instruction
 * is; what reading and calling cost is subtracted, such that a function of
 * one instruction (a bare return) counts 1 and a loop of n turns counts
 * 2 n + 2. The program checks that for several n before it measures anything.
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

/** count_start() - start the counter and check it; Return: is it exact? */
bool count_start(void);

/** count_malloc() - mica_malloc(@size), counted; Return: instructions */
uint32_t count_malloc(size_t size, void **p);

/** count_free() - mica_free(@p), counted; Return: instructions */
uint32_t count_free(void *p);

/**
 * count_realloc() - mica_realloc(*@p, @size), counted without the copying
 * @p: the block; what realloc returned, afterwards
 *
 * Copying costs what the machine's memcpy() costs, and is outside the guard;
 * what remains is mica's.
 *
 * Return: instructions.
 */
uint32_t count_realloc(void **p, size_t size);

/** histogram_add() - one more call of so many instructions */
void histogram_add(struct histogram *histogram, uint32_t count);

/**
 * histogram_rank() - the count that a share of the calls does not exceed
 * @per_mille: 500 for the median, 999 for 99.9 %
 */
uint32_t histogram_rank(const struct histogram *histogram, uint32_t per_mille);

#endif
