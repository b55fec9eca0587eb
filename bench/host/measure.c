/* SPDX-License-Identifier: MIT */
/*
 * measure: run a program, write down what it took.
 *
 *	measure RESULT PROGRAM [ARGUMENT ...]
 *
 * RESULT gets one line: wall, user and system seconds, peak resident KiB,
 * exit status (128 + N for signal N). Time and memory are those of the program
 * and of the children it waited for; memory is the largest of them.
 *
 * Why not from the runner itself: the peak that the kernel reports for a child
 * includes that of the process which forked it, up to the exec. An interpreter
 * would lift every small program to its own size. This one is linked
 * statically, so a preload does not concern it, and stays below 1 MiB.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static int exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void run(char **argv)
{
	execvp(argv[0], argv);
	fprintf(stderr, "measure: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

int main(int argc, char **argv)
{
	struct rusage use;
	double start = now();
	int status;
	FILE *f;
	pid_t pid;

	if (argc < 3) {
		fputs("usage: measure RESULT PROGRAM [ARGUMENT ...]\n", stderr);
		return 2;
	}
	pid = fork();
	if (!pid)
		run(argv + 2);
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid) {
		perror("measure");
		return 2;
	}
	start = now() - start;
	f = fopen(argv[1], "w");
	if (!f || fprintf(f, "%.6f %.6f %.6f %ld %d\n", start, seconds(use.ru_utime),
			  seconds(use.ru_stime), use.ru_maxrss,
			  exit_status(status)) < 0 || fclose(f)) {
		perror(argv[1]);
		return 2;
	}
	return exit_status(status);
}
