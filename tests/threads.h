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

/* Does this build have several contexts? If not, tables need no room. */
#define TEST_PARALLEL \
	(MICA_CONTEXT == MICA_CONTEXT_THREAD || MICA_CORES > 1)

/* What a test holds: a region of the table layout takes 64 MiB at once. */
#define ARENA_OF(table, tag) \
	(MICA_LAYOUT == MICA_LAYOUT_TABLE ? (size_t)(table) : (size_t)(tag))

/* Pages of the tag layout have blocks of up to a sixteenth. */
#define PAGED(bytes) \
	(MICA_LAYOUT == MICA_LAYOUT_TABLE || \
	 (bytes) < 1u << (MICA_PAGE_SHIFT - 4) ? (size_t)(bytes) : \
	 (size_t)1 << (MICA_PAGE_SHIFT - 4))

struct thread {
	uintptr_t id;
	void (*body)(void *arg);
	void *arg;
};

/* Room for the system's barrier: its header would bring too much along. */
struct thread_barrier {
	_Alignas(16) unsigned char bytes[64];
};

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

void barrier_init(struct thread_barrier *b, unsigned int n);
void barrier_wait(struct thread_barrier *b);

/** shared_load(), shared_store(), shared_swap() - hand pointers over */
void *shared_swap(void **p, void *value);

static inline void *shared_load(void **p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void shared_store(void **p, void *value)
{
	__atomic_store_n(p, value, __ATOMIC_RELEASE);
}

#endif
