/* SPDX-License-Identifier: MIT */
/*
 * Threads of the tests on a chip: its cores. Core 0 runs the tests; of
 * several bodies it takes one itself. Where there is one core, a test that
 * starts a thread declared too little.
 */
#include "../threads.h"
#include "board_io.h"

#include <mica/port.h>

static struct thread *started[MICA_CORES];	/* by the core that runs it */

static void enter(void *argument)
{
	struct thread *t = argument;

	t->body(t->arg);
	mica_context_end();
}

bool thread_start(struct thread *t, void (*body)(void *), void *arg)
{
	unsigned int core = 1;

	t->body = body;
	t->arg = arg;
	while (core < MICA_CORES && started[core])
		core++;
	if (!CHECK(core < MICA_CORES && MICA_CORES > 1))
		return false;
	t->id = core;
	started[core] = t;
	if (MICA_CORES > 1)
		board_core_run(core, enter, t);
	return true;
}

void thread_join(struct thread *t)
{
	unsigned int spins = 0;

	if (!CHECK(MICA_CORES > 1 && started[t->id] == t))
		return;
	while (MICA_CORES > 1 && !board_core_idle((unsigned int)t->id))
		mica_port_relax(spins++);
	started[t->id] = NULL;
}

/* The last one is this core's, which ends its context for it as well. */
void threads_run(unsigned int n, void (*body)(void *), void *args,
		 size_t size)
{
	struct thread threads[MICA_CORES];
	struct thread own = { .body = body, .arg = (char *)args };
	unsigned int i;

	REQUIRE(n <= MICA_CORES);
	for (i = 1; i < n; i++)
		if (!thread_start(&threads[i], body, (char *)args + i * size))
			return;
	enter(&own);
	for (i = 1; i < n; i++)
		thread_join(&threads[i]);
}

void thread_yield(void)
{
	mica_port_relax(0);
}

/* Who is waiting, and how often all have come. */
struct barrier {
	unsigned int wanted, waiting, rounds;
};

_Static_assert(sizeof(struct barrier) <= sizeof(struct thread_barrier),
	       "struct thread_barrier");

void barrier_init(struct thread_barrier *b, unsigned int n)
{
	*(struct barrier *)(void *)b = (struct barrier){ .wanted = n };
}

#if MICA_CORES > 1

void *shared_swap(void **p, void *value)
{
	return __atomic_exchange_n(p, value, __ATOMIC_ACQ_REL);
}

void barrier_wait(struct thread_barrier *barrier)
{
	struct barrier *b = (void *)barrier;
	unsigned int round = __atomic_load_n(&b->rounds, __ATOMIC_ACQUIRE);

	if (__atomic_add_fetch(&b->waiting, 1, __ATOMIC_ACQ_REL) == b->wanted) {
		__atomic_store_n(&b->waiting, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&b->rounds, round + 1, __ATOMIC_RELEASE);
		return;
	}
	while (__atomic_load_n(&b->rounds, __ATOMIC_ACQUIRE) == round)
		mica_port_relax(0);
}

#else

/* A CPU that is alone may have no exchange. */
void *shared_swap(void **p, void *value)
{
	void *old = *p;

	*p = value;
	return old;
}

void barrier_wait(struct thread_barrier *b)
{
	CHECK(((struct barrier *)(void *)b)->wanted <= 1);
}

#endif
