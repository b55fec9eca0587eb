/* SPDX-License-Identifier: MIT */
/*
 * What the environment reserves before main(): memory, from which malloc takes, and
 * large pages, more than any machine has, so that it is said how many there were.
 *
 * env: MICA_RESERVE_MEMORY=192M
 * env: MICA_RESERVE_HUGE_PAGES=9000
 * stderr: mica: warning: huge pages: 
 */
#include "expect.h"

int main(void)
{
	struct mica_region region;
	size_t n = 0, k;

	for (k = 0; MICA(mica_region_get)(k, &region); k++)
		n += region.arena.bytes == (size_t)192 << 20;
	EXPECT(n == (size_t)192 << 20 >> MICA_UNIT_SHIFT);
	EXPECT_MICA(malloc(100));
	return 0;
}
