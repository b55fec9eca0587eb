/* SPDX-License-Identifier: MIT */
/*
 * Where both a name of mimalloc's and mica's name of the same thing are there,
 * mica's wins; a value that is out of range is a warning that says mica's name.
 *
 * env: MIMALLOC_ALLOW_THP=0
 * env: MIMALLOC_MINIMAL_PURGE_SIZE=64
 * env: MICA_PURGE_MINIMAL=32
 * env: MIMALLOC_RESERVE_HUGE_OS_PAGES_AT=-7
 * stderr: mica: warning: no value of that option: MICA_reserve_node=-7
 */
#include "expect.h"

int main(void)
{
	EXPECT(MICA(mica_option_get)(MICA_OPTION_HUGE_PAGES) == 0);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_PURGE_MINIMAL) == 32);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_RESERVE_NODE) == -1);
	EXPECT_MICA(malloc(100));
	return 0;
}
