/* SPDX-License-Identifier: MIT */
/*
 * Workloads for WebAssembly: one module for each allocator, from this object and
 * whatever brings malloc, free and realloc. The host calls run() and takes the
 * time; it also reads how large the memory is.
 *
 * A workload does a fixed amount of work, with the same numbers whatever the
 * allocator. `live` is what the program asked for and has not freed, at its peak.
 * A block carries a mark in its first byte, looked at before it is freed; what lies
 * between is the program's, and no allocator's time.
 */
#include <stddef.h>
#include <stdint.h>

void *malloc(size_t size);
void free(void *p);
void *realloc(void *p, size_t size);

#define EXPORT(name) __attribute__((export_name(#name))) name

enum {
	PAIRS = 100000, MIXED_SLOTS = 10000, LARSON_SLOTS = 20000,
	STEPS = 50000, SMALL_BLOCKS = 60000, VECTORS = 64,
	LARGE_SLOTS = 16, LARGE_STEPS = 2000,
};

struct block {
	unsigned char *p;
	size_t size;
};

static struct block slots[SMALL_BLOCKS];
static uint32_t random_state;
static size_t live, peak;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return (uint32_t)((uint64_t)random_state * n >> 32);
}

static void block_mark(struct block *b)
{
	if (!b->p)
		__builtin_trap();
	b->p[0] = (unsigned char)b->size;
}

static void block_look(const struct block *b)
{
	if (b->p[0] != (unsigned char)b->size)
		__builtin_trap();
}

static void block_get(struct block *b, size_t size)
{
	b->p = malloc(size);
	b->size = size;
	block_mark(b);
	live += size;
	if (live > peak)
		peak = live;
}

static void block_put(struct block *b)
{
	if (!b->p)
		return;
	block_look(b);
	free(b->p);
	live -= b->size;
	b->p = NULL;
}

static void put_all(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		block_put(&slots[i]);
}

/* The compiler must not leave out the pair. */
static void pair16(void)
{
	for (int i = 0; i < PAIRS; i++) {
		void *p = malloc(16);

		__asm__ volatile("" : "+r"(p) : : "memory");
		free(p);
	}
}

/* @n slots; in each step a block of a random one is replaced. */
static void replace(unsigned int n, size_t low, size_t high, unsigned int steps)
{
	for (unsigned int i = 0; i < n; i++)
		block_get(&slots[i], low + random_below((uint32_t)(high - low + 1)));
	for (unsigned int i = 0; i < steps; i++) {
		struct block *b = &slots[random_below(n)];

		block_put(b);
		block_get(b, low + random_below((uint32_t)(high - low + 1)));
	}
	put_all(n);
}

static void mixed10k(void)
{
	replace(MIXED_SLOTS, 8, 512, STEPS);
}

static void larson20k(void)
{
	replace(LARSON_SLOTS, 8, 1000, STEPS);
}

/* Vectors that grow by half, a random one of them each time, to 64 KiB. */
static void realloc_geo(void)
{
	for (int i = 0; i < STEPS; i++) {
		struct block *b = &slots[random_below(VECTORS)];
		size_t size = b->p ? b->size + b->size / 2 : 16;

		if (size > 65536) {
			block_put(b);
			continue;
		}
		if (!b->p) {
			block_get(b, size);
			continue;
		}
		block_look(b);
		b->p = realloc(b->p, size);
		live += size - b->size;
		b->size = size;
		block_mark(b);
		if (live > peak)
			peak = live;
	}
	put_all(VECTORS);
}

static void fill(void)
{
	for (unsigned int i = 0; i < SMALL_BLOCKS; i++)
		block_get(&slots[i], 16);
	put_all(SMALL_BLOCKS);
}

/* Every second block of many is freed; larger ones find no room between. */
static void fragment(void)
{
	unsigned int n = MIXED_SLOTS;

	for (int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < n; i++)
			block_get(&slots[i], 16 + random_below(240));
		for (unsigned int i = 0; i < n; i += 2)
			block_put(&slots[i]);
		for (unsigned int i = 0; i < n; i += 4)
			block_get(&slots[i], 300 + random_below(400));
		put_all(n);
	}
}

static void large(void)
{
	replace(LARGE_SLOTS, 65536, 1048576, LARGE_STEPS);
}

static void (*const work[])(void) = {
	pair16, mixed10k, larson20k, realloc_geo, fill, fragment, large,
};

void EXPORT(run)(unsigned int k);
size_t EXPORT(peak_live)(void);
void *EXPORT(block)(size_t size);
void EXPORT(discard)(void *p);

void run(unsigned int k)
{
	random_state = 2463534242u;
	peak = live;
	work[k]();
}

size_t peak_live(void)
{
	return peak;
}

void *block(size_t size)
{
	return malloc(size);
}

void discard(void *p)
{
	free(p);
}
