/* SPDX-License-Identifier: MIT */
/*
 * The shadow model: what must be true of the live blocks, kept apart from
 * the allocator, in memory it never sees.
 *
 * The model knows of each live block its address, size, alignment and the
 * pattern its bytes hold. It notices a block that overlaps another (address
 * order, a treap), one that lost its content (the pattern) and one that is
 * not aligned. Invariant 7.
 *
 * Content: every byte of blocks up to 4 KiB; of larger ones the first and
 * last KiB and 16 bytes of each 4 KiB between, 64 KiB beyond the first MiB.
 *
 * Context: one thread at a time for each model.
 */
#ifndef TESTS_MODEL_H
#define TESTS_MODEL_H

#include "harness.h"

#if MICA_HOSTED
#define MODEL_BLOCKS 32768
#else	/* three for each 256 bytes of the memory, as far as that goes */
#define MODEL_BLOCKS (MICA_REGION_SHIFT > 17 ? 1024 : 3 << (MICA_REGION_SHIFT - 8))
#endif

struct model_block {
	uintptr_t addr;
	size_t size;
	uint32_t seed;		/* of the pattern, and the treap's priority */
	uint16_t left, right;	/* treap by address; index + 1, 0 is none */
};

struct model {
	struct model_block *blocks;	/* the first @nr are live, dense */
	unsigned int nr;
	unsigned int capacity;
	uint16_t root;
	uint32_t next_seed;
	size_t bytes;
};

/** model_main - the model of single-threaded tests; reset before use */
extern struct model model_main;

/** model_room() - @n, or as many blocks as model_main can know */
static inline unsigned int model_room(size_t n)
{
	return n < MODEL_BLOCKS ? (unsigned int)n : MODEL_BLOCKS - 1;
}

/** model_reset() - forget all */
void model_reset(struct model *m);

/**
 * model_add() - a block was returned; checks and fills it
 * Return: false, with the test failed, when @p is no good; it is then not
 * in the model.
 */
bool model_add(struct model *m, void *p, size_t size, size_t align);

/** model_verify() - the content of block @index is as it should be */
bool model_verify(const struct model *m, unsigned int index);

/** model_verify_all() - so is that of all blocks */
bool model_verify_all(const struct model *m);

/**
 * model_take() - verify block @index and forget it
 * Return: its address, to be freed.
 */
void *model_take(struct model *m, unsigned int index);

/**
 * model_moved() - realloc returned @p for block @index
 *
 * Checks that the content of the smaller of the sizes is kept, then fills
 * anew. The index of other blocks may change.
 */
bool model_moved(struct model *m, unsigned int index, void *p, size_t size,
		 size_t align);

/** model_free_all() - mica_free() every block of the model */
void model_free_all(struct model *m);

/** fill() - write the pattern of @seed over @size bytes */
void fill(void *p, size_t size, uint32_t seed);

/** filled() - are @size bytes the first ones of the pattern of @seed? */
bool filled(const void *p, size_t size, uint32_t seed);

/**
 * filled_before() - has a block that had @old_size bytes of the pattern of
 * @seed, and has @size now, kept what it can keep?
 */
bool filled_before(const void *p, size_t size, size_t old_size, uint32_t seed);

/** all_zero() - are @size bytes zero? */
bool all_zero(const void *p, size_t size);

#endif
