/* SPDX-License-Identifier: MIT */
/*
 * Threads for the tests that declare more than one context.
 *
 * Where there is no pthread such tests are skipped, so that starting a
 * thread there is a fault of the test.
 */
#ifndef TESTS_THREADS_H
#define TESTS_THREADS_H

#include "harness.h"

#if MICA_HOSTED

#include <pthread.h>

struct thread {
	pthread_t id;
	void (*body)(void *arg);
	void *arg;
};

typedef pthread_barrier_t thread_barrier_t;

#else

struct thread {
	void (*body)(void *arg);
	void *arg;
};

typedef unsigned int thread_barrier_t;

#endif

/**
 * thread_start() - run @body(@arg) in a thread; afterwards the thread calls
 * mica_context_end()
 * Return: false, with the test failed, when there is no thread to be had.
 */
bool thread_start(struct thread *t, void (*body)(void *), void *arg);

/** thread_join() - wait for the end of @t */
void thread_join(struct thread *t);

/** threads_run() - run @n times @body(@args + i * @size), and wait */
void threads_run(unsigned int n, void (*body)(void *), void *args,
		 size_t size);

/** thread_yield() - let others run */
void thread_yield(void);

void barrier_init(thread_barrier_t *b, unsigned int n);
void barrier_wait(thread_barrier_t *b);

/** shared_load(), shared_store(), shared_swap() - hand pointers over */
static inline void *shared_load(void **p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void shared_store(void **p, void *value)
{
	__atomic_store_n(p, value, __ATOMIC_RELEASE);
}

static inline void *shared_swap(void **p, void *value)
{
	return __atomic_exchange_n(p, value, __ATOMIC_ACQ_REL);
}

#endif
