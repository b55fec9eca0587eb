/* SPDX-License-Identifier: MIT */
/*
 * The environment is read before main(), a bad setting is a warning, and
 * statistics come at the end, also when standard error was closed.
 *
 * env: MICA_SHOW_STATS=1
 * env: MICA_PURGE_DELAY=77
 * env: MICA_PURGE_BUDGET=many
 * env: MICA_NOT_AN_OPTION=1
 * stderr: mica: warning: no value of that option: MICA_PURGE_BUDGET=many
 * stderr: live_blocks
 */
#include "expect.h"

static void close_both(void)
{
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
}

int main(void)
{
	EXPECT(MICA(mica_option_get)(MICA_OPTION_PURGE_DELAY) == 77);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_PURGE_BUDGET) ==
	       MICA_PURGE_BUDGET);
	EXPECT(MICA(mica_option_get)(MICA_OPTION_SHOW_STATS) == 1);
	EXPECT(MICA(mica_version)() == MICA_VERSION);
	EXPECT_MICA(malloc(100));
	EXPECT(atexit(close_both) == 0);
	return 0;
}
