/* SPDX-License-Identifier: MIT */
/*
 * A random load: every function that makes, changes and frees blocks, with
 * a shadow model beside it. The same numbers on every machine.
 */
#ifndef TESTS_STRESS_LOAD_H
#define TESTS_STRESS_LOAD_H

#include "../model.h"

/**
 * struct load - a stream of random operations
 * @model: what lives
 * @random: seeded by the test
 * @size_bits: sizes are below 2^@size_bits, each power of two as likely
 * @max_bytes: requested bytes live at once, at most
 * @max_blocks: blocks live at once, at most
 * @refused: requests that returned NULL
 */
struct load {
	struct model *model;
	struct random random;
	unsigned int size_bits;
	size_t max_bytes;
	unsigned int max_blocks;
	unsigned int refused;
};

/** load_run() - @n operations; stops early when the test has failed */
void load_run(struct load *l, unsigned int n);

/** load_end() - verify and free all that lives */
void load_end(struct load *l);

#endif
