/* SPDX-License-Identifier: MIT */
/*
 * No more memory from the system: each function says so by its own rules,
 * nothing is lost, and after some frees all is well again.
 *
 * cpu: native
 */
#include <sys/resource.h>
#include "expect.h"

#define SIZE 100000
#define TOUCHED 4096		/* of each block: page faults are dear */
#define LIMIT ((rlim_t)256 << 20)

static void *blocks[20000];

static rlim_t address_space(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	EXPECT(file && fscanf(file, "%lu", &pages) == 1);
	fclose(file);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static int fill(void)
{
	int count = 0;

	errno = 0;
	while ((blocks[count] = malloc(SIZE)) != NULL) {
		memset(blocks[count], count, TOUCHED);
		count++;
	}
	EXPECT(errno == ENOMEM);
	return count;
}

static void test_every_function(void)
{
	static char text[SIZE];
	void *mark = &mark, *p = mark;

	memset(text, 'x', sizeof(text) - 1);
	errno = 0;
	EXPECT(!calloc(1, SIZE) && errno == ENOMEM);
	errno = 0;
	EXPECT(!realloc(NULL, SIZE) && errno == ENOMEM);
	errno = 0;
	EXPECT(!aligned_alloc(4096, 2 * SIZE) && errno == ENOMEM);
	errno = 0;
	EXPECT(!strdup(text) && errno == ENOMEM);
	errno = 0;
	EXPECT(posix_memalign(&p, 4096, 2 * SIZE) == ENOMEM);
	EXPECT(p == mark && errno == 0);
	errno = 0;
	EXPECT(!realloc(blocks[0], 50 * SIZE) && errno == ENOMEM);
	EXPECT(is_filled(blocks[0], 0, TOUCHED));
}

int main(void)
{
	struct rlimit limit;
	int count, again;

	free(malloc(1));
	EXPECT(getrlimit(RLIMIT_AS, &limit) == 0);
	limit.rlim_cur = address_space() + LIMIT;
	EXPECT(setrlimit(RLIMIT_AS, &limit) == 0);
	count = fill();
	EXPECT(count > 1000);
	test_every_function();
	for (int i = 0; i < count; i++) {
		EXPECT(is_filled(blocks[i], i & 0xff, TOUCHED));
		free(blocks[i]);
	}
	EXPECT(MICA(mica_check)() == 0);
	again = fill();
	EXPECT(again >= count - count / 20);
	return 0;
}
