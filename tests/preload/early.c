/* SPDX-License-Identifier: MIT */
/*
 * Allocation before main: by a library's constructor, and the program's own.
 * All of it is mica's, can be freed, and forking works afterwards.
 *
 * modes: preload linked
 * helper: helper_early.c
 * link: helper
 */
#include <sys/wait.h>
#include "expect.h"

extern void *early_blocks[3];

static void *own;

__attribute__((constructor(101))) static void own_begin(void)
{
	own = strdup("before main");
	EXPECT(putenv(strdup("MICA_EARLY=yes")) == 0);
}

int main(void)
{
	int status;
	pid_t pid;

	for (int i = 0; i < 3; i++)
		EXPECT_MICA(early_blocks[i]);
	EXPECT(is_filled(early_blocks[0], 0, 100));
	EXPECT_MICA(own);
	EXPECT(strcmp(own, "before main") == 0);
	own = realloc(own, 100000);
	EXPECT_MICA(own);
	free(own);
	EXPECT(setenv("MICA_EARLY", "no", 1) == 0);
	alarm(20);
	pid = fork();
	if (pid == 0)
		_exit(malloc(10) == NULL);
	EXPECT(waitpid(pid, &status, 0) == pid && status == 0);
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
