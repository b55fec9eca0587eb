/* SPDX-License-Identifier: MIT */
/*
 * The workloads of small memories. "Live" counts requested bytes; a "random
 * block" is uniform over the live blocks; sizes are log-uniform unless said
 * otherwise. Each starts on an arena that nothing was ever allocated from.
 *
 * fill		Two mallocs, one free of a random block, and again, until the
 *		first malloc fails. The figure: live bytes / arena bytes.
 * hold		500000 times: draw a size, free random blocks until it fits
 *		under 75 % of the arena, malloc. The figure: failed mallocs.
 * redraw	A million times: draw a size; if it fits under 75 % of the arena,
 *		malloc, else free one random block. The figure: failed mallocs.
 *		What does not fit is drawn again, so live sizes drift to the small
 *		ones and the level is reached by them: kinder than hold, where the
 *		size stays and the hole is made for it.
 * mixed	As hold with sizes 8..511 and 70 %, WORKLOAD_STEPS times, or
 *		once for each 64 B of the arena if that is more.
 * small	As hold with sizes 8..63 and 70 %, WORKLOAD_STEPS times, or
 *		once for each 16 B of the arena if that is more.
 * iot		As many times as mixed, one of
 *		  60 %: a node, 16..64 B uniform; random nodes are freed until
 *			nodes hold at most 45 % of the arena;
 *		  35 %: a packet, 128..256 B uniform; the oldest are freed until
 *			packets hold at most 15 %;
 *		   5 %: a buffer of 1 KiB; a random one is freed when there
 *			are as many as 1/16 of the arena.
 * adversarial	Five acts:
 *		  blocks of 8 B until one fails; every second one freed;
 *		  mallocs of 16, 24, 32 ... 2048 B, and of 4 KiB, 8 KiB ... up
 *		  to the arena's size, what succeeds is freed at once; the rest
 *		  drained in random order; 16 B and 200 B in turn until one
 *		  fails, all of 200 B freed, 208 B until one fails, the rest
 *		  drained in random order.
 *
 * Where realloc is counted, too, one request in WORKLOAD_CHANGE (of iot: of the
 * nodes) changes a random block to the size drawn, instead of a malloc; in
 * adversarial, random blocks of 8 B are changed to 8, 16, 24 ... 2048 B before
 * the mallocs of the second act, and of 208 B to 8, 16 ... 512 B in the last.
 *
 * Ranges: small 8..63, mixed 8..511, packets 64..1535.
 */
#ifndef CHIP_WORKLOAD_H
#define CHIP_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>
#include "random.h"

#define WORKLOAD_STEPS 20000
#define WORKLOAD_CHANGE 4

/* The largest arena of this image. */
#ifndef CHIP_ARENA_KIB
#define CHIP_ARENA_KIB 256
#endif
#define WORKLOAD_ARENA_MAX ((size_t)CHIP_ARENA_KIB << 10)
#define WORKLOAD_BLOCKS_MAX (WORKLOAD_ARENA_MAX / 8)

struct range {
	const char *name;
	uint16_t least, most;
};

#define RANGES 3
extern const struct range workload_ranges[RANGES];

/* What the workloads call; a driver counts in here. */
struct allocator {
	void *(*take)(size_t size);
	void (*give)(void *p);
	void *(*change)(void *p, size_t size);	/* or NULL: not counted */
};

/**
 * struct workload - one run of a workload
 * @allocator: what is measured
 * @arena: bytes of the arena
 * @random: seeded by the driver
 */
struct workload {
	const struct allocator *allocator;
	size_t arena;
	struct random random;
};

/** workload_fill() - fill until the first failure; Return: live bytes */
size_t workload_fill(struct workload *work, const struct range *range);

/** workload_hold() - hold 75 % live; Return: failed mallocs */
uint32_t workload_hold(struct workload *work, const struct range *range);

/** workload_redraw() - the same, a size redrawn after each free */
uint32_t workload_redraw(struct workload *work, const struct range *range);

/** workload_small() - sizes 8..63, 70 % live; Return: failed mallocs */
uint32_t workload_small(struct workload *work);

/** workload_mixed() - sizes 8..511, 70 % live; Return: failed mallocs */
uint32_t workload_mixed(struct workload *work);

/** workload_iot() - nodes, packets, buffers; Return: failed mallocs */
uint32_t workload_iot(struct workload *work);

/** workload_adversarial() - five acts; Return: failed mallocs */
uint32_t workload_adversarial(struct workload *work);

#endif
