/* SPDX-License-Identifier: MIT */
/*
 * mimalloc's names in the environment: they are read as mica's, with what they
 * mean there, and give way to mica's own.
 *
 * env: MIMALLOC_SHOW_STATS=2
 * env: MIMALLOC_VERBOSE=1
 * env: MIMALLOC_SHOW_ERRORS=off
 * env: MIMALLOC_RESET_DELAY=77
 * env: MIMALLOC_PURGE_BUDGET=many
 * env: MIMALLOC_PURGE_SLACK=5
 * env: mica_purge_slack=6
 * env: MIMALLOC_NOT_AN_OPTION=1
 * stderr: mica: warning: no value of that option: MICA_PURGE_BUDGET=many
 * stderr: mica: no such option: MICA_NOT_AN_OPTION=1
 * stderr: ^purge_delay +77 ms
 * stderr: ^ +live_blocks
 */
#include "expect.h"

int main(void)
{
	EXPECT(MICA(mica_option_get)(MICA_OPTION_PURGE_DELAY) == 77);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_PURGE_BUDGET) ==
	       MICA_PURGE_BUDGET);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_PURGE_SLACK) == 6);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_SHOW_STATS) == 1);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_SHOW_ERRORS) == 0);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_VERBOSE) == 2);
	EXPECT_MICA(malloc(100));
	return 0;
}
