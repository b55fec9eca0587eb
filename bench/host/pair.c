/* SPDX-License-Identifier: MIT */
/*
 * The loops whose instructions bench/pair.py counts.
 *
 * pair pairs N	N times p = malloc(16), free(p), called through the PLT
 * pair none N	the same loop, calling two functions that only return
 *
 * Both loops come from one macro, so that what they do themselves is the
 * same to the instruction; the functions that only return live in a library
 * of their own (nothing.c), so that they too are called through the PLT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *nothing_malloc(size_t size);
void nothing_free(void *p);

#define LOOP(name, get, put)						\
static __attribute__((noinline)) void name(unsigned long n)		\
{									\
	for (; n; n--) {						\
		void *p = get(16);					\
									\
		__asm__ volatile("" : "+r"(p) : : "memory");		\
		put(p);							\
	}								\
}

LOOP(pairs, malloc, free)
LOOP(none, nothing_malloc, nothing_free)

int main(int argc, char **argv)
{
	unsigned long n = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

	if (n && !strcmp(argv[1], "pairs")) {
		pairs(n);
	} else if (n && !strcmp(argv[1], "none")) {
		none(n);
	} else {
		fputs("usage: pair pairs|none N\n", stderr);
		return 2;
	}
	return 0;
}
