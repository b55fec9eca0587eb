/* SPDX-License-Identifier: MIT */
/*
 * What a hosted program's user says by the environment, and statistics when
 * the program ends.
 *
 * The environment is read once, by a constructor: what is allocated before
 * goes by the defaults. A program that runs with more rights than its user
 * reads nothing.
 *
 * Programs close standard error at their end, and statistics come after that.
 * So where they are wanted it is kept open by a second descriptor, high up.
 */
#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>
#include <mica/mica.h>
#include "alias.h"
#include "snapshot.h"

#define STATS_FD_MIN 100

extern char **environ;

/*
 * glibc hands the environment to constructors, and has not set `environ` yet
 * when a library that is initialised first runs its own; musl has, and hands
 * nothing over.
 */
#ifdef __GLIBC__
#define START_ENVIRONMENT(handed) (handed)
#else
#define START_ENVIRONMENT(handed) environ
#endif

static int stats_fd = STDERR_FILENO;

static void stats_write(void *context, const char *text, size_t len)
{
	ssize_t done;

	(void)context;
	while (len) {
		done = write(stats_fd, text, len);
		if (done <= 0)
			return;
		text += done;
		len -= (size_t)done;
	}
}

static const struct mica_output stats_output = { stats_write, NULL };

__attribute__((constructor(102))) static void start_begin(int argc, char **argv,
							  char **envp)
{
	int fd;

	(void)argc, (void)argv, (void)envp;
	if (getauxval(AT_SECURE))
		return;
	mica_aliases_read(START_ENVIRONMENT(envp));
	mica_options_read(START_ENVIRONMENT(envp));
	mica_snapshot_read(START_ENVIRONMENT(envp));
	if (mica_option_get(MICA_OPTION_VERBOSE) >= 2)
		mica_options_print(NULL);
	mica_reserve_by_options();
	if (!mica_option_get(MICA_OPTION_SHOW_STATS))
		return;
	fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STATS_FD_MIN);
	if (fd >= 0)
		stats_fd = fd;
}

/* Also what the program set itself; the option decides now. */
__attribute__((destructor(102))) static void start_end(void)
{
	switch (mica_option_get(MICA_OPTION_SHOW_STATS)) {
	case 1:
		mica_stats_print(&stats_output);
		break;
	case 2:
		mica_stats_json(&stats_output);
		break;
	}
	if (mica_option_get(MICA_OPTION_SNAPSHOT))
		mica_snapshot_at_end();
}
