/* SPDX-License-Identifier: MIT */
/*
 * The environment, of which libc knows nothing before constructors run. Until
 * it does, the kernel is asked.
 */
#include "fake_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENVIRONMENT_MAX 65536	/* what lies behind is not seen early */

extern char **environ;

static char early[ENVIRONMENT_MAX + 1];

static void read_early(void)
{
	int fd = open("/proc/self/environ", O_RDONLY);
	size_t at = 0;
	ssize_t n;

	while (fd >= 0 && at < ENVIRONMENT_MAX &&
	       (n = read(fd, early + at, ENVIRONMENT_MAX - at)) > 0)
		at += (size_t)n;
	close(fd);
}

const char *fake_environment(const char *name)
{
	size_t len = strlen(name);
	const char *at;

	if (environ)
		return getenv(name);
	if (!early[0])
		read_early();
	for (at = early; *at; at += strlen(at) + 1)
		if (!strncmp(at, name, len) && at[len] == '=')
			return at + len + 1;
	return NULL;
}
