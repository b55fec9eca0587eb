/* SPDX-License-Identifier: MIT */
/*
 * Threads of the tests where they are workers, each with an instance of the module
 * on the one memory: workers.mjs starts them all before the tests, and each waits
 * for its job's state to change. Workers are few, jobs have no other queue.
 */
#include "../../threads.h"
#include <mica/port.h>

#define WORKERS 8u	/* some are not joined yet when others start */
#define STACK_BYTES 65536u
#define TLS_BYTES 1024u
#define EXPORT(name) __attribute__((export_name(name)))
#define FOREVER (-1ll)

enum job_state {
	JOB_NONE,
	JOB_READY,
	JOB_DONE,
};

struct job {
	int state;
	struct thread *thread;
};

static struct job jobs[WORKERS];
static _Alignas(16) char stacks[WORKERS][STACK_BYTES];
static _Alignas(16) char tls[WORKERS + 1][TLS_BYTES];

EXPORT("worker_state") int *worker_state(unsigned int k);
EXPORT("worker_stack") char *worker_stack(unsigned int k);
EXPORT("worker_tls") char *worker_tls(unsigned int k);
EXPORT("worker_tls_bytes") unsigned int worker_tls_bytes(void);
EXPORT("worker_run") void worker_run(unsigned int k);

static void job_set(struct job *job, int state)
{
	__atomic_store_n(&job->state, state, __ATOMIC_SEQ_CST);
	__builtin_wasm_memory_atomic_notify(&job->state, ~0u);
}

static void wait_for(int *word, int not, long long ns)
{
	__builtin_wasm_memory_atomic_wait32(word, not, ns);
}

int *worker_state(unsigned int k)
{
	return &jobs[k].state;
}

char *worker_stack(unsigned int k)
{
	return stacks[k] + STACK_BYTES;
}

/* Number WORKERS is the main thread's. */
char *worker_tls(unsigned int k)
{
	return tls[k];
}

unsigned int worker_tls_bytes(void)
{
	return TLS_BYTES;
}

void worker_run(unsigned int k)
{
	struct thread *t = jobs[k].thread;

	t->body(t->arg);
	mica_context_end();
	job_set(&jobs[k], JOB_DONE);
}

bool thread_start(struct thread *t, void (*body)(void *), void *arg)
{
	unsigned int k = 0;

	while (k < WORKERS && jobs[k].thread)
		k++;
	if (!CHECK(k < WORKERS))
		return false;
	*t = (struct thread){ .id = k, .body = body, .arg = arg };
	jobs[k].thread = t;
	job_set(&jobs[k], JOB_READY);
	return true;
}

void thread_join(struct thread *t)
{
	struct job *job = &jobs[t->id];

	while (__atomic_load_n(&job->state, __ATOMIC_SEQ_CST) != JOB_DONE)
		wait_for(&job->state, JOB_READY, FOREVER);
	job->thread = NULL;
	job_set(job, JOB_NONE);
}

void threads_run(unsigned int n, void (*body)(void *), void *args, size_t size)
{
	struct thread threads[WORKERS];
	unsigned int started = 0;

	REQUIRE(n <= WORKERS);
	while (started < n && thread_start(&threads[started], body,
					   (char *)args + started * size))
		started++;
	while (started)
		thread_join(&threads[--started]);
}

/* Locks are held by threads that wait for this CPU, if there are more than CPUs. */
void mica_port_relax(unsigned int spins)
{
	if (spins % 16 == 15)
		thread_yield();
}

void thread_yield(void)
{
	static int never;

	wait_for(&never, 0, 1000);
}

void *shared_swap(void **p, void *value)
{
	return __atomic_exchange_n(p, value, __ATOMIC_ACQ_REL);
}

struct barrier {
	unsigned int n, here;
	int round;
};

void barrier_init(struct thread_barrier *b, unsigned int n)
{
	*(struct barrier *)b = (struct barrier){ .n = n };
}

void barrier_wait(struct thread_barrier *barrier)
{
	struct barrier *b = (struct barrier *)barrier;
	int round = __atomic_load_n(&b->round, __ATOMIC_SEQ_CST);

	if (__atomic_add_fetch(&b->here, 1, __ATOMIC_SEQ_CST) == b->n) {
		b->here = 0;
		__atomic_store_n(&b->round, round + 1, __ATOMIC_SEQ_CST);
		__builtin_wasm_memory_atomic_notify(&b->round, ~0u);
		return;
	}
	while (__atomic_load_n(&b->round, __ATOMIC_SEQ_CST) == round)
		wait_for(&b->round, round, FOREVER);
}
