/* SPDX-License-Identifier: MIT */
/* The first thread ends before the others, which free what it left behind. */
#include "expect.h"

static void *blocks[1000];
static pthread_t first;

static void *outlive(void *argument)
{
	(void)argument;
	EXPECT(pthread_join(first, NULL) == 0);
	for (int i = 0; i < 1000; i++) {
		EXPECT(is_filled(blocks[i], 77, 100));
		free(blocks[i]);
	}
	for (int i = 0; i < 1000; i++)
		EXPECT_MICA(malloc(100));
	EXPECT(MICA(mica_check)() == 0);
	exit(0);
}

int main(void)
{
	pthread_t thread;

	for (int i = 0; i < 1000; i++) {
		blocks[i] = malloc(100);
		EXPECT_MICA(blocks[i]);
		memset(blocks[i], 77, 100);
	}
	first = pthread_self();
	EXPECT(pthread_create(&thread, NULL, outlive, NULL) == 0);
	pthread_exit(NULL);
}
