/* SPDX-License-Identifier: MIT */
/*
 * fork() from a process whose threads are all in the allocator: child and
 * parent go on allocating, the child forks again, frees what vanished threads
 * had allocated, and starts threads of its own (not in user-mode QEMU, which
 * cannot do that after a fork).
 */
#include <sys/wait.h>
#include "expect.h"

#define WORKERS 3
#define FORKS 24
#define SLOTS 256
#define SECONDS 50

static void *slots[SLOTS];
static bool stop;

static void churn(unsigned int seed, int steps)
{
	for (int i = 0; i < steps; i++) {
		size_t size, slot;
		void *p;

		seed = seed * 1664525u + 1013904223u;
		size = seed % 97 ? (seed >> 8) % 700 : (seed >> 8) % 300000;
		slot = (seed >> 16) % SLOTS;
		p = malloc(size + 1);
		EXPECT(p);
		memset(p, 1, size + 1);
		free(__atomic_exchange_n(&slots[slot], p, __ATOMIC_ACQ_REL));
	}
}

static void *work(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
		churn(seed++, 100);
	return NULL;
}

static void *child_work(void *argument)
{
	churn((unsigned int)(uintptr_t)argument, 500);
	return NULL;
}

static void child_threads(void)
{
	pthread_t thread;

	EXPECT(pthread_create(&thread, NULL, child_work, NULL) == 0);
	churn(99, 500);
	EXPECT(pthread_join(thread, NULL) == 0);
}

static void expect_child(pid_t pid)
{
	int status;

	EXPECT(pid > 0);
	EXPECT(waitpid(pid, &status, 0) == pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* What a child does: @depth more generations below it. */
static void child(int depth)
{
	pid_t pid;

	alarm(SECONDS);
	churn((unsigned int)depth, 1000);
	for (int i = 0; i < SLOTS; i++)
		free(__atomic_exchange_n(&slots[i], NULL, __ATOMIC_ACQ_REL));
	if (!EXPECT_EMULATED)
		child_threads();
	EXPECT(MICA(mica_check)() == 0);
	if (depth > 0) {
		pid = fork();
		if (pid == 0)
			child(depth - 1);
		expect_child(pid);
	}
	_exit(0);
}

static void *fork_from_thread(void *argument)
{
	pid_t pid = fork();

	(void)argument;
	if (pid == 0)
		child(0);
	expect_child(pid);
	churn(5, 500);
	return NULL;
}

/* Handlers that allocate: they run while mica holds no lock. */
static int handled;

static void handler(void)
{
	void *p = malloc(1000), *q = malloc(200000);

	EXPECT_MICA(p);
	EXPECT_MICA(q);
	free(p);
	free(q);
	handled++;
}

int main(void)
{
	pthread_t threads[WORKERS], forker;

	alarm(SECONDS);
	EXPECT(pthread_atfork(handler, handler, handler) == 0);
	for (uintptr_t i = 0; i < WORKERS; i++)
		EXPECT(pthread_create(&threads[i], NULL, work,
				      (void *)(i * 1000)) == 0);
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0)
			child(i % 3);
		churn((unsigned int)i, 300);
		expect_child(pid);
	}
	EXPECT(handled == 2 * FORKS);
	EXPECT(pthread_create(&forker, NULL, fork_from_thread, NULL) == 0);
	EXPECT(pthread_join(forker, NULL) == 0);
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (int i = 0; i < WORKERS; i++)
		EXPECT(pthread_join(threads[i], NULL) == 0);
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
