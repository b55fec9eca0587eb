/* SPDX-License-Identifier: MIT */
/*
 * Threads that allocate, hand blocks on, and end while their blocks live:
 * every byte is checked by whoever frees it.
 */
#include "expect.h"

#define WORKERS 4
#define SLOTS 512
#define STEPS 40000
#define GENERATIONS 4

struct block {
	size_t size;
	unsigned char fill;
	unsigned char bytes[];
};

static struct block *slots[SLOTS];

static unsigned int draw(unsigned int *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static struct block *block_make(unsigned int *seed)
{
	size_t size = draw(seed) % 64 ? draw(seed) % 600 : draw(seed) % 90000;
	struct block *block = malloc(sizeof(*block) + size);

	EXPECT_MICA(block);
	block->size = size;
	block->fill = (unsigned char)draw(seed);
	memset(block->bytes, block->fill, size);
	return block;
}

static void block_drop(struct block *block)
{
	if (!block)
		return;
	EXPECT(is_filled(block->bytes, block->fill, block->size));
	free(block);
}

static void *work(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;

	for (int i = 0; i < STEPS; i++) {
		struct block *block = block_make(&seed);

		block = __atomic_exchange_n(&slots[draw(&seed) % SLOTS], block,
					    __ATOMIC_ACQ_REL);
		block_drop(block);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[WORKERS];

	for (uintptr_t n = 0; n < GENERATIONS; n++) {
		for (uintptr_t i = 0; i < WORKERS; i++)
			EXPECT(pthread_create(&threads[i], NULL, work,
					      (void *)(n * 100 + i)) == 0);
		for (int i = 0; i < WORKERS; i++)
			EXPECT(pthread_join(threads[i], NULL) == 0);
		EXPECT(MICA(mica_check)() == 0);
	}
	for (int i = 0; i < SLOTS; i++)
		block_drop(slots[i]);
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
