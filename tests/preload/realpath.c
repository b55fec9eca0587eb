/* SPDX-License-Identifier: MIT */
/* realpath: links, dots, slashes, errors; in a folder of its own. */
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include "expect.h"

static char base[PATH_MAX];

static void expect_path(const char *path, const char *below)
{
	char wanted[2 * PATH_MAX], buffer[PATH_MAX];
	char *p = realpath(path, NULL);

	snprintf(wanted, sizeof(wanted), "%s%s", base, below);
	EXPECT_MICA(p);
	if (strcmp(p, wanted))
		dprintf(2, "%s: %s, not %s\n", path, p, wanted);
	EXPECT(strcmp(p, wanted) == 0);
	free(p);
	EXPECT(realpath(path, buffer) == buffer);
	EXPECT(strcmp(buffer, wanted) == 0);
}

static void expect_error(const char *path, int error)
{
	char buffer[PATH_MAX];

	errno = 0;
	EXPECT(realpath(path, NULL) == NULL);
	EXPECT(errno == error);
	errno = 0;
	EXPECT(realpath(path, buffer) == NULL);
	EXPECT(errno == error);
}

static void expect_root(const char *path)
{
	char *p = realpath(path, NULL);

	EXPECT(p && strcmp(p, "/") == 0);
	free(p);
}

static void build(void)
{
	EXPECT(mkdtemp(strcpy(base, "/tmp/mica-realpath-XXXXXX")));
	EXPECT(chdir(base) == 0);
	EXPECT(getcwd(base, sizeof(base)));
	EXPECT(mkdir("dir", 0700) == 0 && mkdir("dir/sub", 0700) == 0);
	EXPECT(close(open("dir/file", O_CREAT | O_WRONLY, 0600)) == 0);
	EXPECT(symlink("dir/file", "to_file") == 0);
	EXPECT(symlink("dir/sub/", "to_sub") == 0);
	EXPECT(symlink("../to_sub/../file", "dir/twisted") == 0);
	EXPECT(symlink("/", "to_root") == 0);
	EXPECT(symlink("loop", "loop") == 0);
	EXPECT(symlink("absent", "dangling") == 0);
	EXPECT(symlink("..", "dir/up") == 0);
	/* 40 links in a row are allowed, 41 are too many. */
	EXPECT(symlink("dir", "chain0") == 0);
	for (int i = 1; i <= 40; i++) {
		char from[16], to[16];

		snprintf(from, sizeof(from), "chain%d", i);
		snprintf(to, sizeof(to), "chain%d", i - 1);
		EXPECT(symlink(to, from) == 0);
	}
}

static void test_names(void)
{
	expect_path(".", "");
	expect_path("./", "");
	expect_path("dir", "/dir");
	expect_path("dir/", "/dir");
	expect_path("dir//sub///.", "/dir/sub");
	expect_path("dir/sub/..", "/dir");
	expect_path("dir/./sub/../file", "/dir/file");
	expect_path("to_file", "/dir/file");
	expect_path("to_sub", "/dir/sub");
	expect_path("to_sub/../file", "/dir/file");
	expect_path("dir/twisted", "/dir/file");
	expect_path("dir/up/dir/up/dir", "/dir");
	expect_path("chain39", "/dir");
	expect_root("/");
	expect_root("//");
	expect_root("/..");
	expect_root("/../.");
	expect_root("to_root");
	expect_root("to_root/tmp/..");
}

static void test_errors(void)
{
	static char longest[PATH_MAX + 10];
	char *nothing = NULL;

	expect_error("", ENOENT);
	expect_error("absent", ENOENT);
	expect_error("absent/..", ENOENT);
	expect_error("dangling", ENOENT);
	expect_error("dir/file/", ENOTDIR);
	expect_error("dir/file/.", ENOTDIR);
	expect_error("dir/file/..", ENOTDIR);
	expect_error("dir/file/x", ENOTDIR);
	expect_error("to_file/", ENOTDIR);
	expect_error("loop", ELOOP);
	expect_error("chain40", ELOOP);
	memset(longest, 'x', NAME_MAX + 1);
	expect_error(longest, ENAMETOOLONG);
	memset(longest, '/', PATH_MAX + 1);
	expect_error(longest, ENAMETOOLONG);
	errno = 0;
	EXPECT(realpath(nothing, NULL) == NULL && errno == EINVAL);
}

static void clean(void)
{
	char name[16];

	for (int i = 0; i <= 40; i++) {
		snprintf(name, sizeof(name), "chain%d", i);
		unlink(name);
	}
	unlink("dir/up");
	unlink("dir/twisted");
	unlink("dir/file");
	unlink("to_file");
	unlink("to_sub");
	unlink("to_root");
	unlink("loop");
	unlink("dangling");
	rmdir("dir/sub");
	rmdir("dir");
	EXPECT(rmdir(base) == 0);
}

int main(void)
{
	build();
	test_names();
	test_errors();
	clean();
	return 0;
}
