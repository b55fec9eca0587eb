/* SPDX-License-Identifier: MIT */
/*
 * Where both names of a setting are there mica's wins: a warning about a value
 * of mimalloc's name is not written if MICA_VERBOSE says so, an empty value and
 * a word switch on, and what does not switch on stays a bad value.
 *
 * env: MICA_VERBOSE=0
 * env: MIMALLOC_VERBOSE=2
 * env: MIMALLOC_PURGE_DELAY=soon
 * env: MIMALLOC_SHOW_STATS=
 * silent: mica:
 * stderr: ^ +live_blocks
 */
#include "expect.h"

int main(void)
{
	EXPECT(MICA(mica_option_get)(MICA_OPTION_VERBOSE) == 0);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_PURGE_DELAY) ==
	       MICA_PURGE_DELAY_MS);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_SHOW_STATS) == 1);
	EXPECT_MICA(malloc(100));
	return 0;
}
