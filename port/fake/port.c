/* SPDX-License-Identifier: MIT */
/*
 * The fake platform's guard, clock, console. Its provider is in provider.c.
 *
 * The guard is a word a thread; a signal handler that plays an interrupt
 * above the guard sees and restores it as hardware would.
 */
#include <mica/port.h>
#include "fake.h"
#include "fake_private.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#if MICA_CONTEXT == MICA_CONTEXT_THREAD
#define FAKE_PART_NONE (&mica_part_none)
#else
#define FAKE_PART_NONE NULL
#endif

__thread struct mica_part *fake_part_word = FAKE_PART_NONE;

static volatile unsigned int guarded;
static unsigned int nr_guards;
static unsigned int nr_breaches;
static uint64_t clock_ms;

static void (*interrupt)(void);
static unsigned int interrupt_every, interrupt_chances;
static bool interrupted;

static char *captured;
static size_t captured_room;

void fake_breach(const char *what)
{
	__atomic_fetch_add(&nr_breaches, 1, __ATOMIC_RELAXED);
	fprintf(stderr, "# contract broken: %s\n", what);
}

unsigned int fake_breaches(void)
{
	return __atomic_load_n(&nr_breaches, __ATOMIC_RELAXED);
}

void fake_open(const char *hook)
{
	if (guarded)
		fake_breach(hook);
}

bool fake_is(const char *word)
{
	const char *words = fake_environment("FAKE");

	return words && strstr(words, word);
}

/* ---- guard ---- */

void fake_interrupt(void (*handler)(void), unsigned int every)
{
	interrupt = handler;
	interrupt_every = every;
	interrupt_chances = 0;
}

/* An interrupt's own guard does not let in another one. */
static void interrupt_chance(void)
{
	if (!interrupt || interrupted || ++interrupt_chances < interrupt_every)
		return;
	interrupt_chances = 0;
	interrupted = true;
	interrupt();
	interrupted = false;
}

mica_port_guard_t mica_port_guard(void)
{
	unsigned int state = guarded;

	if (state)
		fake_breach("the guard is closed twice");
	interrupt_chance();
	guarded = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	nr_guards++;
	return state;
}

void mica_port_unguard(mica_port_guard_t state)
{
	if (!guarded)
		fake_breach("the guard is opened twice");
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	guarded = state;
	interrupt_chance();
}

static void (*signalled)(void);
static volatile unsigned int nr_inside;
static volatile bool in_signal;

/* An interrupt above the guard has a guard of its own, open at first. */
static void on_signal(int number)
{
	unsigned int state = guarded;

	(void)number;
	nr_inside += state;
	guarded = 0;
	in_signal = true;
	signalled();
	in_signal = false;
	guarded = state;
}

void fake_signal(void (*handler)(void), unsigned int usec)
{
	struct itimerval every = {
		.it_interval.tv_usec = handler ? (suseconds_t)usec : 0,
		.it_value.tv_usec = handler ? (suseconds_t)usec : 0,
	};

	if (handler) {
		signalled = handler;
		signal(SIGALRM, on_signal);
	}
	setitimer(ITIMER_REAL, &every, NULL);
}

bool mica_port_in_interrupt(void)
{
	return interrupted || in_signal;
}

unsigned int fake_signals_inside(void)
{
	return nr_inside;
}

bool fake_guarded(void)
{
	return guarded;
}

unsigned int fake_guards(void)
{
	return nr_guards;
}

/* ---- the rest of the contract ---- */

void mica_port_relax(unsigned int spins)
{
	fake_open("relax inside the guard");
	if (spins)
		sched_yield();
}

uint64_t mica_port_clock_ms(void)
{
	fake_open("clock inside the guard");
	return __atomic_load_n(&clock_ms, __ATOMIC_RELAXED);
}

void fake_clock_add(unsigned int ms)
{
	__atomic_fetch_add(&clock_ms, ms, __ATOMIC_RELAXED);
}

uint64_t mica_port_random(void)
{
	fake_open("random inside the guard");
	return fake_random();
}

void fake_capture(char *text, size_t bytes)
{
	captured = text;
	captured_room = bytes;
	if (text)
		*text = 0;
}

static void capture(const char *text, size_t len)
{
	if (len >= captured_room)
		len = captured_room - 1;
	memcpy(captured, text, len);
	captured[len] = 0;
	captured += len;
	captured_room -= len;
}

void mica_port_console(const char *text, size_t len)
{
	fake_open("console inside the guard");
	if (captured)
		capture(text, len);
	else if (write(STDERR_FILENO, text, len) < 0)
		fake_breach("the console is closed");
}

void mica_port_stop(void)
{
	fake_open("stop inside the guard");
	abort();
}
