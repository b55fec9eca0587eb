/* SPDX-License-Identifier: MIT */
/* Faults between threads. */
#include "../threads.h"

static void *victim;

static void allocate_and_wait(void *arg)
{
	struct thread_barrier *barrier = arg;
	void *other = mica_malloc(40);

	victim = mica_malloc(40);
	barrier_wait(barrier);
	barrier_wait(barrier);
	mica_free(other);
}

DEATH(free_twice_remote, "mica: block freed twice: %p", .contexts = 2)
{
	struct thread_barrier barrier;
	struct thread t;

	barrier_init(&barrier, 2);
	REQUIRE(thread_start(&t, allocate_and_wait, &barrier));
	barrier_wait(&barrier);
	mica_free(victim);
	dies_at(victim);
	mica_free(victim);
}

DEATH(free_misaligned_remote, "mica: free of a misaligned pointer: %p",
      .contexts = 2)
{
	struct thread_barrier barrier;
	struct thread t;

	barrier_init(&barrier, 2);
	REQUIRE(thread_start(&t, allocate_and_wait, &barrier));
	barrier_wait(&barrier);
	dies_at((char *)victim + 1);
	mica_free((char *)victim + 1);
}
