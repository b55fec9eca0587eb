/* SPDX-License-Identifier: MIT */
/*
 * How mica learns that a thread ends, and that the process forks.
 *
 * A thread's first allocation arms a pthread key; the key's destructor ends
 * the thread's context. libc runs destructors in rounds, at least four, as
 * long as some key holds a value:
 *
 *	round 1		arms itself again: what other destructors free in
 *			this round goes straight back to its own pages
 *	round 2		ends the context
 *	later		a destructor that allocates begins a context anew,
 *			which arms the key for the next round
 *
 * Frees never begin a context, so those that libc does after the last round
 * are harmless. A thread that allocates after the last round leaves its pages
 * with its ended context's part; nothing else is lost.
 *
 * All is set up in a constructor. Allocations before it, by the dynamic
 * linker or other constructors, work; the constructor arms its own thread
 * afterwards, and no other exists yet: the library is marked to be
 * initialised first. For the same reason the fork handlers are the first to
 * be registered, so the locks are taken after all other prepare handlers ran
 * and let go before all other parent and child handlers run.
 */
#include <pthread.h>
#include <mica/mica.h>

enum thread_round {
	THREAD_LIVE = 1,	/* no destructor ran yet */
	THREAD_ENDING,		/* the next destructor ends the context */
};

static pthread_key_t thread_key;
static __thread bool thread_exits;

/* May allocate, which nests in the first allocation of the thread. */
static void thread_arm(void)
{
	uintptr_t round = thread_exits ? THREAD_ENDING : THREAD_LIVE;

	pthread_setspecific(thread_key, (void *)round);
}

static void thread_destructor(void *value)
{
	thread_exits = true;
	if ((uintptr_t)value == THREAD_LIVE)
		thread_arm();
	else
		mica_context_end();
}

__attribute__((constructor(101))) static void thread_begin(void)
{
	pthread_atfork(mica_fork_prepare, mica_fork_parent, mica_fork_child);
	if (pthread_key_create(&thread_key, thread_destructor))
		return;
	mica_on_context_begin(thread_arm);
	thread_arm();
}
