/* SPDX-License-Identifier: MIT */
/*
 * mimalloc's other names of these, and its ways to say no: large pages that are
 * not allowed are not asked for, transparent ones that are not allowed are
 * refused, and a region is committed at once if that was asked for.
 *
 * env: MIMALLOC_EAGER_REGION_COMMIT=1
 * env: MIMALLOC_LARGE_OS_PAGES=0
 * env: MIMALLOC_RESERVE_HUGE_OS_PAGES=0
 * env: MIMALLOC_PURGE_DECOMMITS=1
 * silent: mica:
 */
#include "expect.h"

int main(void)
{
	EXPECT(MICA(mica_option_get)(MICA_OPTION_EAGER_COMMIT) == 1);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_HUGE_PAGES) == 1);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_RESERVE_HUGE_PAGES) == 0);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_PURGE_DECOMMITS) == 1);
	EXPECT_MICA(malloc(100));
	return 0;
}
