/* SPDX-License-Identifier: MIT */
/*
 * Threads that end: destructors of thread-specific data that allocate and
 * free, in several rounds, before and after mica's own; every context that
 * began ends, and memory does not grow with the number of threads.
 */
#include "expect.h"

#define THREADS (EXPECT_EMULATED ? 400 : 2000)
/* What waits for its purge, at most; a page lost a thread would be 128 MiB. */
#define LEEWAY ((size_t)32 << 20)
#define KEYS 4
#define ROUNDS 3		/* PTHREAD_DESTRUCTOR_ITERATIONS less one */

static pthread_key_t keys[KEYS];

struct parting {
	int round;
	void *block;
};

/* Comes back ROUNDS times, each time with a fresh block. */
static void part(void *value)
{
	struct parting *old = value, *fresh;

	EXPECT_MICA(old);
	EXPECT_MICA(old->block);
	EXPECT(is_filled(old->block, old->round, 300));
	if (old->round < ROUNDS) {
		fresh = malloc(sizeof(*fresh));
		EXPECT_MICA(fresh);
		fresh->round = old->round + 1;
		fresh->block = malloc(300);
		EXPECT_MICA(fresh->block);
		memset(fresh->block, fresh->round, 300);
		for (int i = 0; i < KEYS; i++)
			if (pthread_getspecific(keys[i]) == NULL) {
				pthread_setspecific(keys[i], fresh);
				break;
			}
	}
	free(old->block);
	free(old);
}

static void *work(void *argument)
{
	struct parting *first = malloc(sizeof(*first));
	void *mine[50];

	EXPECT_MICA(first);
	first->round = 1;
	first->block = malloc(300);
	EXPECT_MICA(first->block);
	memset(first->block, 1, 300);
	EXPECT(pthread_setspecific(keys[(uintptr_t)argument % KEYS], first) == 0);
	for (int i = 0; i < 50; i++) {
		mine[i] = malloc((size_t)i * 40);
		EXPECT_MICA(mine[i]);
	}
	for (int i = 0; i < 50; i++)
		free(mine[i]);
	/*
	 * libc keeps a buffer for this and frees it after all destructors
	 * (a static glibc forgets to).
	 */
	if (!EXPECT_STATIC)
		EXPECT(strerror(12345 + (int)(uintptr_t)argument));
	return strdup("handed over");
}

static void run_threads(int count)
{
	pthread_t threads[4];
	void *result;

	for (int n = 0; n < count; n += 4) {
		for (uintptr_t i = 0; i < 4; i++)
			EXPECT(pthread_create(&threads[i], NULL, work,
					      (void *)i) == 0);
		for (int i = 0; i < 4; i++) {
			EXPECT(pthread_join(threads[i], &result) == 0);
			EXPECT(strcmp(result, "handed over") == 0);
			free(result);
		}
	}
}

int main(void)
{
	struct mica_stats warm, done;

	for (int i = 0; i < KEYS; i++)
		EXPECT(pthread_key_create(&keys[i], part) == 0);
	run_threads(40);
	MICA(mica_stats)(&warm);
	run_threads(THREADS);
	MICA(mica_stats)(&done);
	EXPECT(done.contexts_begun >= warm.contexts_begun + THREADS);
	/* The main thread's has not ended. */
	EXPECT(done.contexts_begun == done.contexts_ended + 1);
	EXPECT(done.live_blocks <= warm.live_blocks + 20);
	EXPECT(done.committed <= warm.committed + LEEWAY);
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
