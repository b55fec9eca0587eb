/* SPDX-License-Identifier: MIT */
/*
 * Programs that try to make a malloc fail in memory of a given size.
 *
 * All memory but one free run of that size is taken, so that any machine can
 * try any size. A program is a few steps: fill up with a kind, drop all of a
 * kind but the blocks that touch every so many bytes (Robson's adversary),
 * drop at random, come and go. Some are written down, most are found: random
 * ones that are changed, step by step, towards more memory lost in holes.
 */
#ifndef TESTS_STRESS_ADVERSARY_H
#define TESTS_STRESS_ADVERSARY_H

#include "../harness.h"
#include "tools/sizing.h"

#define KINDS 4
#if MICA_HOSTED || MICA_REGION_SHIFT > 17
#define BAG_BLOCKS 1024u
#else
#define BAG_BLOCKS (MICA_REGION_SHIFT > 14 ? 512u : 160u)
#endif

/**
 * struct trial - one load in memory of one size
 * @load: what may live
 * @most: bytes that may live of all kinds together, instead of their counts; or 0
 * @bytes: of memory for runs
 * @seed: of all that is random
 */
struct trial {
	struct sizing_load load;
	size_t most;
	size_t bytes;
	uint32_t seed;
};

/* What came of it. */
enum outcome { NO_ROOM, SERVED, REFUSED };

/** trial_attack() - the programs written down, then @tries that are found */
enum outcome trial_attack(const struct trial *trial, unsigned int tries);

/** trial_churn() - @steps blocks come and go at random, near the peak */
enum outcome trial_churn(const struct trial *trial, unsigned int steps);

/** trial_fill() - all blocks come in a random order, and none goes */
enum outcome trial_fill(const struct trial *trial);

#endif
