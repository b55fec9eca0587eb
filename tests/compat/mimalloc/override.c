/* SPDX-License-Identifier: MIT */
/* A C program whose calls mimalloc-override.h sends to mica. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mimalloc-override.h>
#include <mica/mica.h>

int main(void)
{
	char *p = malloc(10), *s = strdup("mica");
	int good = mica_owns(p) && mica_owns(s) && !strcmp(s, "mica");

	p = realloc(p, 100);
	good = good && malloc_usable_size(p) >= 100;
	free(p);
	free(s);
	printf("%s 1 - mimalloc: override\n1..1\n", good ? "ok" : "not ok");
	return !good;
}
