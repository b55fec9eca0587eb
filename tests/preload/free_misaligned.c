/* SPDX-License-Identifier: MIT */
/*
 * A pointer into the middle of a block: one line, and the end.
 *
 * expect: signal 6
 * stderr: ^mica: free of a misaligned pointer: 0x[0-9a-f]+$
 */
#include "expect.h"

int main(void)
{
	char *volatile p = malloc(100);

	EXPECT_MICA(p);
	free(p + 4);
	return 0;
}
