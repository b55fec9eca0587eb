/* SPDX-License-Identifier: MIT */
/*
 * Atomic words.
 *
 * A build with one context and no interrupts (`single`) needs none: plain
 * accesses, one definition below for each. A port without compare-and-swap
 * brings mica_port_cas() and mica_port_xchg() (MICA_PORT_ATOMICS).
 *
 * The names carry the order: _relaxed, _acquire, _release; cas and xchg
 * are acquire-release, the _seq forms sequentially consistent.
 */
#ifndef MICA_CORE_ATOMIC_H
#define MICA_CORE_ATOMIC_H

#include <mica/port.h>
#include "compiler.h"

#if MICA_CONTEXT == MICA_CONTEXT_THREAD || MICA_CORES > 1

#define fence() ((void)0)
#define load_relaxed(p) __atomic_load_n(p, __ATOMIC_RELAXED)
#define store_relaxed(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define ORDER_CAS __ATOMIC_SEQ_CST
#define ORDER_CAS_FAILED __ATOMIC_ACQUIRE
#define load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define load_seq(p) __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define store_seq(p, v) __atomic_store_n(p, v, __ATOMIC_SEQ_CST)

#else	/* a core sees its own accesses in order: only the compiler must not move them */

#define load_relaxed(p) (*(const volatile __typeof__(*(p)) *)(p))
#define store_relaxed(p, v) (*(volatile __typeof__(*(p)) *)(p) = (v))
#define ORDER_CAS __ATOMIC_RELAXED
#define ORDER_CAS_FAILED __ATOMIC_RELAXED
#define fence() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define load_acquire(p) \
	({ __typeof__(*(p)) value_ = load_relaxed(p); fence(); value_; })
#define load_seq(p) load_acquire(p)
#define store_release(p, v) (fence(), store_relaxed(p, v))
#define store_seq(p, v) (fence(), store_relaxed(p, v), fence())

#endif

#if MICA_CONTEXT == MICA_CONTEXT_SINGLE

static inline bool atomic_cas(uintptr_t *p, uintptr_t *old, uintptr_t new)
{
	bool same = *p == *old;

	*old = *p;
	if (same)
		*p = new;
	return same;
}

static inline uintptr_t atomic_xchg(uintptr_t *p, uintptr_t new)
{
	uintptr_t old = *p;

	*p = new;
	return old;
}

#elif MICA_PORT_ATOMICS

static inline bool atomic_cas(uintptr_t *p, uintptr_t *old, uintptr_t new)
{
	return mica_port_cas(p, old, new);
}

static inline uintptr_t atomic_xchg(uintptr_t *p, uintptr_t new)
{
	return mica_port_xchg(p, new);
}

#else

/* On failure *@old is what was found. */
static inline bool atomic_cas(uintptr_t *p, uintptr_t *old, uintptr_t new)
{
	bool done;

	fence();
	done = __atomic_compare_exchange_n(p, old, new, true, ORDER_CAS,
					   ORDER_CAS_FAILED);
	fence();
	return done;
}

static inline uintptr_t atomic_xchg(uintptr_t *p, uintptr_t new)
{
	uintptr_t old;

	fence();
	old = __atomic_exchange_n(p, new, ORDER_CAS);
	fence();
	return old;
}

#endif

static inline uintptr_t atomic_and(uintptr_t *p, uintptr_t mask)
{
	uintptr_t old = load_relaxed(p);

	while (!atomic_cas(p, &old, old & mask))
		;
	return old;
}

static inline uintptr_t atomic_or(uintptr_t *p, uintptr_t bits)
{
	uintptr_t old = load_relaxed(p);

	while (!atomic_cas(p, &old, old | bits))
		;
	return old;
}

static inline uintptr_t atomic_add(uintptr_t *p, uintptr_t n)
{
	uintptr_t old = load_relaxed(p);

	while (!atomic_cas(p, &old, old + n))
		;
	return old;
}

/* A pointer kept in an atomic word. */
static inline void *word_to_ptr(uintptr_t word)
{
	return (void *)word;
}

#endif
