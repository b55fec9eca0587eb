/* SPDX-License-Identifier: MIT */
/* malloc_usable_size, malloc_trim, mallinfo and mallinfo2. */
#include "expect.h"

struct mallinfo2 {
	size_t arena, ordblks, smblks, hblks, hblkhd;
	size_t usmblks, fsmblks, uordblks, fordblks, keepcost;
};

struct mallinfo {
	int arena, ordblks, smblks, hblks, hblkhd;
	int usmblks, fsmblks, uordblks, fordblks, keepcost;
};

struct mallinfo2 mallinfo2(void);
struct mallinfo mallinfo(void);
size_t malloc_usable_size(void *p);
int malloc_trim(size_t pad);

#define BLOCKS 1000
#define BYTES 50000

static void test_usable_size(void)
{
	EXPECT(malloc_usable_size(NULL) == 0);
	for (size_t size = 0; size < 3000000; size = size * 3 + 1) {
		unsigned char *p = malloc(size);
		size_t usable = malloc_usable_size(p);

		EXPECT(usable >= size);
		memset(p, 9, usable);	/* all of it may be used */
		free(p);
	}
	EXPECT(MICA(mica_check)() == 0);
}

static void test_info(void)
{
	struct mallinfo2 before = MICA(mallinfo2)(), after;
	struct mallinfo narrow;
	void *p = malloc(10 * BYTES);

	EXPECT(p);
	after = MICA(mallinfo2)();
	EXPECT(after.uordblks >= before.uordblks + 10 * BYTES);
	EXPECT(after.arena >= after.uordblks);
	EXPECT(after.arena == after.uordblks + after.fordblks);
	narrow = MICA(mallinfo)();
	EXPECT((size_t)narrow.uordblks >= 10 * BYTES);
	EXPECT(narrow.arena >= narrow.uordblks);
	free(p);
}

/* What is free is given back, and only then does malloc_trim() say so. */
static void test_trim(void)
{
	static void *blocks[BLOCKS];
	struct mallinfo2 full, trimmed;

	for (int i = 0; i < BLOCKS; i++) {
		blocks[i] = malloc(BYTES);
		EXPECT(blocks[i]);
		memset(blocks[i], 1, BYTES);
	}
	full = MICA(mallinfo2)();
	for (int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
	MICA(malloc_trim)(0);
	trimmed = MICA(mallinfo2)();
	EXPECT(trimmed.arena < full.arena - BLOCKS * BYTES / 2);
	EXPECT(MICA(malloc_trim)(0) == 0);
	EXPECT(malloc(1));
}

int main(void)
{
	test_usable_size();
	test_info();
	test_trim();
	return 0;
}
