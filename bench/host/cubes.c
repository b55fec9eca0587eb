/* SPDX-License-Identifier: MIT */
/*
 * cubes: the complement of a logic function, cube by cube.
 *
 * In the manner of espresso: a function is a list of cubes, each a block of
 * two bits a variable; it is split by Shannon's expansion until it is trivial,
 * and the complements of the halves are merged again. Small blocks in lists
 * of growing length, with lifetimes that follow the recursion.
 */
#include "work.h"

enum { VARIABLES = 22, CUBES = 60 };
enum { ZERO = 1, ONE = 2, ANY = 3 };

struct cover {
	unsigned char **cubes;
	size_t count, room;
};

static unsigned char *cube_new(void)
{
	unsigned char *cube = malloc(VARIABLES);

	if (!cube)
		die("out of memory");
	memset(cube, ANY, VARIABLES);
	return cube;
}

static void cover_add(struct cover *f, unsigned char *cube)
{
	if (f->count == f->room) {
		f->room = f->room ? 2 * f->room : 4;
		f->cubes = realloc(f->cubes, f->room * sizeof(*f->cubes));
		if (!f->cubes)
			die("out of memory");
	}
	f->cubes[f->count++] = cube;
}

static void cover_free(struct cover *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->cubes[i]);
	free(f->cubes);
}

static struct cover cofactor(const struct cover *f, int variable, unsigned char value)
{
	struct cover half = { NULL, 0, 0 };

	for (size_t i = 0; i < f->count; i++) {
		unsigned char *cube;

		if (!(f->cubes[i][variable] & value))
			continue;
		cube = cube_new();
		memcpy(cube, f->cubes[i], VARIABLES);
		cube[variable] = ANY;
		cover_add(&half, cube);
	}
	return half;
}

/* The variable that the most cubes depend on; -1: a cube is always true. */
static int split_variable(const struct cover *f)
{
	int uses[VARIABLES] = { 0 }, best = 0;

	for (size_t i = 0; i < f->count; i++) {
		int fixed = 0;

		for (int v = 0; v < VARIABLES; v++) {
			uses[v] += f->cubes[i][v] != ANY;
			fixed += f->cubes[i][v] != ANY;
		}
		if (!fixed)
			return -1;
	}
	for (int v = 1; v < VARIABLES; v++)
		if (uses[v] > uses[best])
			best = v;
	return best;
}

static void merge(struct cover *into, struct cover *half, int variable,
		  unsigned char value)
{
	for (size_t i = 0; i < half->count; i++) {
		half->cubes[i][variable] = value;
		cover_add(into, half->cubes[i]);
	}
	free(half->cubes);
}

static struct cover complement(const struct cover *f)
{
	struct cover result = { NULL, 0, 0 };
	int variable = split_variable(f);

	if (variable < 0)
		return result;
	if (!f->count) {
		cover_add(&result, cube_new());
		return result;
	}
	for (unsigned char value = ZERO; value <= ONE; value++) {
		struct cover half = cofactor(f, variable, value);
		struct cover not_half = complement(&half);

		cover_free(&half);
		merge(&result, &not_half, variable, value);
	}
	return result;
}

int main(int argc, char **argv)
{
	long rounds = work_amount(argc, argv, 75);
	struct rng rng = rng_seed(11);
	size_t sum = 0;

	while (rounds--) {
		struct cover f = { NULL, 0, 0 }, g;

		for (int i = 0; i < CUBES; i++) {
			unsigned char *cube = cube_new();

			for (int n = 0; n < 6; n++)
				cube[rng_below(&rng, VARIABLES)] =
					(unsigned char)rng_between(&rng, ZERO, ONE);
			cover_add(&f, cube);
		}
		g = complement(&f);
		sum += g.count;
		cover_free(&f);
		cover_free(&g);
	}
	printf("%zu cubes\n", sum);
	return 0;
}
