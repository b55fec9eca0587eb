/* SPDX-License-Identifier: MIT */
/*
 * realpath(): the absolute path without links, "." and "..", in a block of
 * mica's when the caller gives no buffer.
 *
 * Two buffers of PATH_MAX: `done` is the resolved part, without a slash at
 * its end (empty is the root); `todo` holds what is left, pushed against the
 * buffer's end, so that a link's target can be put in front of it. Every step
 * takes one component from todo; links are limited, so it ends.
 */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include "names.h"

#define PATH_LINKS_MAX 40	/* as the kernel */

struct path_walk {
	char done[PATH_MAX];
	char todo[PATH_MAX];
	size_t done_len;
	size_t todo_pos;	/* todo is what follows, up to its NUL */
	unsigned int links;
};

static int path_begin(struct path_walk *walk, const char *path)
{
	size_t len = __builtin_strlen(path);

	if (len == 0)
		return ENOENT;
	if (len >= PATH_MAX)
		return ENAMETOOLONG;
	walk->links = 0;
	walk->todo_pos = PATH_MAX - 1 - len;
	__builtin_memcpy(walk->todo + walk->todo_pos, path, len + 1);
	walk->done[0] = '\0';
	if (path[0] != '/' && !getcwd(walk->done, PATH_MAX))
		return errno;
	walk->done_len = __builtin_strlen(walk->done);
	if (walk->done_len == 1)
		walk->done_len = 0;
	return 0;
}

static void path_drop_last(struct path_walk *walk)
{
	while (walk->done_len && walk->done[--walk->done_len] != '/')
		;
	walk->done[walk->done_len] = '\0';
}

static int path_append(struct path_walk *walk, const char *name, size_t len)
{
	if (len > NAME_MAX || walk->done_len + 1 + len >= PATH_MAX)
		return ENAMETOOLONG;
	walk->done[walk->done_len++] = '/';
	__builtin_memcpy(walk->done + walk->done_len, name, len);
	walk->done_len += len;
	walk->done[walk->done_len] = '\0';
	return 0;
}

/* What comes before a slash, "." or ".." must be a directory. */
static int path_need_directory(struct path_walk *walk)
{
	struct stat st;

	if (walk->done_len == 0)
		return 0;
	if (stat(walk->done, &st))
		return errno;
	return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

/* If done now names a link, put its target in front of todo instead. */
static int path_follow(struct path_walk *walk)
{
	ssize_t len = readlink(walk->done, walk->todo, walk->todo_pos);

	if (len < 0)
		return errno == EINVAL ? 0 : errno;
	if ((size_t)len == walk->todo_pos)
		return ENAMETOOLONG;
	if (++walk->links > PATH_LINKS_MAX)
		return ELOOP;
	walk->todo_pos -= (size_t)len;
	__builtin_memmove(walk->todo + walk->todo_pos, walk->todo, (size_t)len);
	if (walk->todo[walk->todo_pos] == '/')
		walk->done_len = 0;
	else
		path_drop_last(walk);
	walk->done[walk->done_len] = '\0';
	return 0;
}

static int path_step(struct path_walk *walk)
{
	const char *name = walk->todo + walk->todo_pos;
	size_t len = 0;
	int err;

	while (name[len] && name[len] != '/')
		len++;
	walk->todo_pos += len;
	if (len == 0 || (len <= 2 && name[0] == '.' && name[len - 1] == '.')) {
		err = path_need_directory(walk);
		if (!err && len == 2)
			path_drop_last(walk);
		return err;
	}
	err = path_append(walk, name, len);
	return err ? err : path_follow(walk);
}

static int path_resolve(struct path_walk *walk, const char *path)
{
	int err = path_begin(walk, path);

	while (!err && walk->todo[walk->todo_pos]) {
		if (walk->todo[walk->todo_pos] != '/') {
			err = path_step(walk);
			continue;
		}
		while (walk->todo[walk->todo_pos] == '/')
			walk->todo_pos++;
		if (!walk->todo[walk->todo_pos])
			err = path_need_directory(walk);
	}
	return err;
}

/**
 * realpath() - the canonical absolute name of an existing file
 * @path: any path
 * @resolved: PATH_MAX bytes for the result, or NULL for a fresh block
 *
 * Return: the result; NULL with errno on failure.
 */
char *realpath(const char *path, char *resolved)
{
	struct path_walk walk;
	int err = path ? path_resolve(&walk, path) : EINVAL;

	if (err) {
		errno = err;
		return NULL;
	}
	if (walk.done_len == 0)
		walk.done[walk.done_len++] = '/';
	if (!resolved)
		resolved = mica_malloc(walk.done_len + 1);
	if (!resolved)
		return NULL;
	__builtin_memcpy(resolved, walk.done, walk.done_len);
	resolved[walk.done_len] = '\0';
	return resolved;
}
