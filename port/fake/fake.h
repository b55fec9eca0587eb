/* SPDX-License-Identifier: MIT */
/*
 * What tests tell the fake platform, and what it tells them.
 *
 * Memory comes from spans at scrambled addresses, often larger than asked.
 * What is not committed cannot be touched (the program dies of SIGSEGV);
 * what is committed anew is full of garbage unless the provider promised
 * zeroes. Each call is checked against the contract of mica/provider.h and
 * mica/port.h, and a breach is printed and counted.
 *
 * The environment variable FAKE sets the provider's character, by words:
 *	committed	reserve() returns committed memory
 *	dirty		memory is not zero, neither first nor after decommit()
 *	keep		no commit(), no decommit(): memory is always there
 *	ragged		spans start and end at odd addresses
 *	coarse		a granule above a slice of the table layout; looked for
 *			at each call
 * FAKE_FAIL="<hook> <first> <count>", in numbers, is a fake_fail() that is in
 * force from the first call on.
 */
#ifndef PORT_FAKE_FAKE_H
#define PORT_FAKE_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/provider.h>

enum fake_hook {
	FAKE_RESERVE,
	FAKE_RELEASE,
	FAKE_COMMIT,
	FAKE_DECOMMIT,
	FAKE_PROTECT,
	FAKE_ADVISE,
	FAKE_HOOKS,
};

/**
 * fake_fail() - let calls of a hook fail
 * @hook: which
 * @first: the first call to fail from now on: 1 is the next, 0 none
 * @count: how many fail from there on
 */
void fake_fail(enum fake_hook hook, unsigned int first, unsigned int count);

/** fake_failed() - calls that failed because of fake_fail() */
unsigned int fake_failed(void);

/** fake_calls() - calls of a hook since the program began */
unsigned int fake_calls(enum fake_hook hook);

/** fake_advised() - how often it was told so, and did it */
unsigned int fake_advised(enum mica_advice advice);

/** fake_spans() - spans reserved and not released */
unsigned int fake_spans(void);

/** fake_committed() - bytes committed now */
size_t fake_committed(void);

/** fake_limit() - reserve() fails beyond so many bytes; returns the old */
size_t fake_limit(size_t bytes);

/** fake_clock_add() - let time pass; nothing else does */
void fake_clock_add(unsigned int ms);

/** fake_is() - is @word among the words of FAKE? */
bool fake_is(const char *word);

/** fake_breaches() - breaches of the contract by the core */
unsigned int fake_breaches(void);

/**
 * fake_interrupt() - set what comes in when the guard opens, or just before
 * it closes
 * @handler: may allocate and free; NULL for none
 * @every: it comes at every so many-th chance
 */
void fake_interrupt(void (*handler)(void), unsigned int every);

/**
 * fake_signal() - what comes in at any instruction, also inside the guard
 * @handler: may free, nothing else; NULL ends it
 * @usec: the time between two
 */
void fake_signal(void (*handler)(void), unsigned int usec);

/** fake_signals_inside() - how often the guard was closed when it came */
unsigned int fake_signals_inside(void);

/** fake_guarded() - is the guard closed? */
bool fake_guarded(void);

/** fake_guards() - how often was the guard closed? */
unsigned int fake_guards(void);

/** fake_capture() - keep console output for fake_captured(); NULL ends it */
void fake_capture(char *text, size_t bytes);

#define FAKE_HUGE_MAX 64

/**
 * fake_huge() - large pages from now on
 * @pages: so many are left; none at first
 * @ms: that each takes
 * @nodes: how many nodes there are
 */
void fake_huge(unsigned int pages, unsigned int ms, unsigned int nodes);

/** fake_huge_node() - where the @k-th page since then was wanted */
int fake_huge_node(unsigned int k);

/** fake_huge_places() - places reserved for large pages and not given back */
unsigned int fake_huge_places(void);

/** fake_log_print() - print the last calls of hooks, the latest last */
void fake_log_print(void);

#endif
