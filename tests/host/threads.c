/* SPDX-License-Identifier: MIT */
/* Threads of the tests, by pthread. */
#include "../threads.h"

#include <pthread.h>
#include <sched.h>

#define THREADS_MAX 16

_Static_assert(sizeof(pthread_t) <= sizeof(uintptr_t), "struct thread");
_Static_assert(sizeof(pthread_barrier_t) <= sizeof(struct thread_barrier),
	       "struct thread_barrier");

static void *enter(void *arg)
{
	struct thread *t = arg;

	t->body(t->arg);
	mica_context_end();
	return NULL;
}

bool thread_start(struct thread *t, void (*body)(void *), void *arg)
{
	pthread_t id;

	t->body = body;
	t->arg = arg;
	if (!CHECK(!pthread_create(&id, NULL, enter, t)))
		return false;
	t->id = (uintptr_t)id;
	return true;
}

void thread_join(struct thread *t)
{
	CHECK(!pthread_join((pthread_t)t->id, NULL));
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

void *shared_swap(void **p, void *value)
{
	return __atomic_exchange_n(p, value, __ATOMIC_ACQ_REL);
}

void barrier_init(struct thread_barrier *b, unsigned int n)
{
	CHECK(!pthread_barrier_init((pthread_barrier_t *)b, NULL, n));
}

void barrier_wait(struct thread_barrier *b)
{
	pthread_barrier_wait((pthread_barrier_t *)b);
}
