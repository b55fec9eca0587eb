/* SPDX-License-Identifier: MIT */
/*
 * mimalloc's names in the environment that are others here, and those values that
 * mean something else. What has no counterpart changes nothing, not even what
 * mica has under the same name.
 *
 * env: MIMALLOC_MINIMAL_PURGE_SIZE=2M
 * env: MIMALLOC_ARENA_EAGER_COMMIT=2
 * env: MIMALLOC_ALLOW_LARGE_OS_PAGES=1
 * env: MIMALLOC_RESERVE_HUGE_OS_PAGES_AT=0
 * env: MIMALLOC_RESERVE_OS_MEMORY=4096
 * env: MIMALLOC_RESET_DECOMMITS=0
 * env: MIMALLOC_EAGER_COMMIT=1
 * silent: mica:
 */
#include "expect.h"

static long value(enum mica_option option)
{
	return MICA(mica_option_get)(option);
}

int main(void)
{
	EXPECT(value(MICA_OPTION_PURGE_MINIMAL) == 2048);
	EXPECT(value(MICA_OPTION_EAGER_COMMIT) == 0);
	EXPECT(value(MICA_OPTION_HUGE_PAGES) == 2);
	EXPECT(value(MICA_OPTION_RESERVE_NODE) == 0);
	EXPECT(value(MICA_OPTION_RESERVE_MEMORY) == 4096);
	EXPECT(value(MICA_OPTION_PURGE_DECOMMITS) == 0);
	EXPECT_MICA(malloc(100));
	return 0;
}
