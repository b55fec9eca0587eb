/* SPDX-License-Identifier: MIT */
/*
 * A pointer that no function of the family returned: one line, and the end.
 *
 * expect: signal 6
 * stderr: ^mica: free of a pointer that is not mica's: 0x[0-9a-f]+$
 */
#include "expect.h"

int main(void)
{
	static char mine[100];
	char *volatile p = mine + 16;

	EXPECT_MICA(malloc(10));
	free(p);
	return 0;
}
