/* SPDX-License-Identifier: MIT */
/* Other ways to start a process: they run no fork handlers, or vfork. */
#include <spawn.h>
#include <sys/wait.h>
#include "expect.h"

extern char **environ;

int main(void)
{
	char *const arguments[] = { "sh", "-c", "exit 3", NULL };
	char line[100];
	int status;
	FILE *pipe;
	pid_t pid;

	unsetenv("LD_PRELOAD");	/* the shell may be of another libc */
	EXPECT(posix_spawnp(&pid, "sh", NULL, NULL, arguments, environ) == 0);
	EXPECT(waitpid(pid, &status, 0) == pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	EXPECT(WEXITSTATUS(system("exit 4")) == 4);
	pipe = popen("echo mica", "r");
	EXPECT(pipe && fgets(line, sizeof(line), pipe));
	EXPECT(strcmp(line, "mica\n") == 0);
	EXPECT(pclose(pipe) == 0);
	pid = vfork();
	if (pid == 0)
		execlp("sh", "sh", "-c", "exit 5", (char *)NULL);
	EXPECT(waitpid(pid, &status, 0) == pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
