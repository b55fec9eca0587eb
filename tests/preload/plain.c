/* SPDX-License-Identifier: MIT */
/*
 * libmica-plain.a: mica beside the libc's malloc, which stays; threads that
 * end are noticed all the same.
 *
 * modes: plain
 */
#include "expect.h"

static void *work(void *argument)
{
	void *p = mica_malloc(100);

	EXPECT(p && mica_owns(p));
	mica_free(argument);
	return p;
}

int main(void)
{
	struct mica_stats stats;
	pthread_t thread;
	void *p = malloc(100);

	EXPECT(p && !mica_owns(p));
	free(p);
	for (int i = 0; i < 100; i++) {
		EXPECT(pthread_create(&thread, NULL, work,
				      mica_malloc(10)) == 0);
		EXPECT(pthread_join(thread, &p) == 0);
		mica_free(p);
	}
	mica_stats(&stats);
	EXPECT(stats.contexts_begun == stats.contexts_ended + 1);
	EXPECT(stats.live_blocks == 0);
	EXPECT(mica_check() == 0);
	return 0;
}
