/* SPDX-License-Identifier: MIT */
/*
 * A block freed twice in a row: one line, and the end.
 *
 * expect: signal 6
 * stderr: ^mica: block freed twice: 0x[0-9a-f]+$
 */
#include "expect.h"

int main(void)
{
	char *volatile p = malloc(100);

	EXPECT_MICA(p);
	free(p);
	free(p);
	return 0;
}
