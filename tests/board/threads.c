/* SPDX-License-Identifier: MIT */
/* A chip has one context: a test that starts a thread declared too little. */
#include "../threads.h"

bool thread_start(struct thread *t, void (*body)(void *), void *arg)
{
	t->body = body;
	t->arg = arg;
	return CHECK(!"the test declares .contexts");
}

void thread_join(struct thread *t)
{
	CHECK(!t->body);
}

void threads_run(unsigned int n, void (*body)(void *), void *args,
		 size_t size)
{
	CHECK(!n || !body || !args || !size);
}

void thread_yield(void)
{
}

void *shared_swap(void **p, void *value)
{
	void *old = *p;

	*p = value;
	return old;
}

void barrier_init(struct thread_barrier *b, unsigned int n)
{
	b->bytes[0] = (unsigned char)n;
}

void barrier_wait(struct thread_barrier *b)
{
	CHECK(b->bytes[0] <= 1);
}
