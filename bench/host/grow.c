/* SPDX-License-Identifier: MIT */
/*
 * grow: realloc growth, as vectors and text buffers do it.
 *
 * Eight vectors grow in turns by half from 16 bytes to some mebibytes; beside
 * them text buffers grow by small steps to some kibibytes and are trimmed to
 * what they hold. Every realloc's content is looked at where it may have torn.
 */
#include "work.h"

enum { VECTORS = 8, VECTOR_MAX = 4 << 20, TEXTS = 2000, TEXT_MAX = 6000 };

static void grow_to(struct block *b, size_t size)
{
	size_t old = b->size;

	b->p = realloc(b->p, size);
	if (!b->p)
		die("out of memory");
	if (old && size >= old && b->p[old - 1] != (unsigned char)old)
		die("realloc lost content");
	b->p[size - 1] = (unsigned char)size;
	b->size = size;
}

static void drop(struct block *b)
{
	free(b->p);
	*b = (struct block){ NULL, 0 };
}

static void vectors(void)
{
	struct block vector[VECTORS] = { { NULL, 0 } };

	for (size_t size = 16; size < VECTOR_MAX; size += size / 2)
		for (int i = 0; i < VECTORS; i++)
			grow_to(&vector[i], size);
	for (int i = 0; i < VECTORS; i++)
		drop(&vector[i]);
}

static void texts(struct rng *rng)
{
	static struct block text[TEXTS];

	for (int i = 0; i < TEXTS; i++) {
		size_t end = rng_between(rng, 64, TEXT_MAX);

		for (size_t size = 32; size < end; size += 64 + size / 8)
			grow_to(&text[i], size);
		grow_to(&text[i], end);
		if (i >= 100)
			drop(&text[i - 100]);
	}
	for (int i = 0; i < TEXTS; i++)
		drop(&text[i]);
}

int main(int argc, char **argv)
{
	long rounds = work_amount(argc, argv, 360);
	struct rng rng = rng_seed(7);

	while (rounds--) {
		vectors();
		texts(&rng);
	}
	return 0;
}
