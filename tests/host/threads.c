/* SPDX-License-Identifier: MIT */
/* Threads of the tests, by pthread. */
#include "../threads.h"

#include <sched.h>

#define THREADS_MAX 16

static void *enter(void *arg)
{
	struct thread *t = arg;

	t->body(t->arg);
	mica_context_end();
	return NULL;
}

bool thread_start(struct thread *t, void (*body)(void *), void *arg)
{
	t->body = body;
	t->arg = arg;
	return CHECK(!pthread_create(&t->id, NULL, enter, t));
}

void thread_join(struct thread *t)
{
	CHECK(!pthread_join(t->id, NULL));
}

void threads_run(unsigned int n, void (*body)(void *), void *args,
		 size_t size)
{
	struct thread threads[THREADS_MAX];
	unsigned int started = 0;

	REQUIRE(n <= THREADS_MAX);
	while (started < n && thread_start(&threads[started], body,
					   (char *)args + started * size))
		started++;
	while (started)
		thread_join(&threads[--started]);
}

void thread_yield(void)
{
	sched_yield();
}

void barrier_init(thread_barrier_t *b, unsigned int n)
{
	CHECK(!pthread_barrier_init(b, NULL, n));
}

void barrier_wait(thread_barrier_t *b)
{
	pthread_barrier_wait(b);
}
