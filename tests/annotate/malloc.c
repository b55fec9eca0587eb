/* SPDX-License-Identifier: MIT */
/*
 * libmica's malloc under memcheck, which knows libc's: faults <case> of a
 * program that has never heard of mica.
 */
#include <stdlib.h>
#include <string.h>

static char *hide(char *p)
{
	__asm__("" : "+r"(p));
	return p;
}

int main(int argc, char **argv)
{
	char what = argc > 1 ? argv[1][0] : 'c';
	char *p = malloc(40), *q = strdup("text");
	volatile char sink;

	if (!p || !q)
		return 2;
	memset(p, 1, 40);
	p = realloc(p, 50);
	free(q);
	if (what == 'u') {
		free(hide(p));
		sink = hide(p)[3];
		(void)sink;
		return 0;
	}
	if (what == 'o') {
		hide(p)[50] = 1;	/* a free would find it, too */
		return 0;
	}
	if (what == 'l')
		p = NULL;
	free(p);
	return 0;
}
