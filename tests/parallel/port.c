/* SPDX-License-Identifier: MIT */
/* Which core a thread is: the lowest that none of those that live is. */
#include <mica/port.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

void mica_port_relax(unsigned int spins)
{
	if (spins % 16 == 15)
		sched_yield();
}

#if MICA_CONTEXT == MICA_CONTEXT_THREAD

__thread struct mica_part *parallel_part = &mica_part_none;

#else

#define NO_CORE (~0u)

static __thread unsigned int core = NO_CORE;
static unsigned int cores_taken;	/* one bit each */
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* At the end of the thread; the value of the key is a core's bit. */
static void core_leave(void *bit)
{
	__atomic_fetch_and(&cores_taken, ~(unsigned int)(uintptr_t)bit,
			   __ATOMIC_SEQ_CST);
}

static void key_make(void)
{
	pthread_key_create(&key, core_leave);
}

static unsigned int core_take(void)
{
	unsigned int seen = __atomic_load_n(&cores_taken, __ATOMIC_SEQ_CST);
	unsigned int bit;

	do {
		bit = ~seen & (seen + 1);
		if (!bit || bit >> MICA_CORES)
			abort();	/* more threads than cores */
	} while (!__atomic_compare_exchange_n(&cores_taken, &seen, seen | bit,
					      false, __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST));
	pthread_once(&once, key_make);
	pthread_setspecific(key, (void *)(uintptr_t)bit);
	return (unsigned int)__builtin_ctz(bit);
}

unsigned int mica_port_core(void)
{
	if (core == NO_CORE)
		core = core_take();
	return core;
}

#endif
