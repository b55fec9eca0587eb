/* SPDX-License-Identifier: MIT */
/*
 * Faults: one clear line on the port's console, then the program stops, unless
 * its error hook says that it goes on. Whoever reports has changed nothing yet,
 * and is outside guard and locks.
 */
#ifndef MICA_CORE_REPORT_H
#define MICA_CORE_REPORT_H

#include "count.h"

enum fault {
	FAULT_NONE,
	FAULT_WILD,		/* not the address of a block */
	FAULT_MISALIGNED,
	FAULT_TWICE,		/* freed already */
	FAULT_INTERIOR,		/* MICA_HARDEN 2 and over, as are the next */
	FAULT_OVERFLOW,
	FAULT_WRITTEN,		/* 3 */
	FAULT_LIST,
};

/* Nobody can say that the program goes on: what follows a report is left out. */
#if MICA_OUTPUT_HOOKS
#define __fault_ends
#else
#define __fault_ends __attribute__((noreturn))
#endif

/* @call: the public function, without its prefix. Returns if the hook says so. */
__cold __fault_ends
void report_fault(enum fault fault, const char *call, const void *p) __internal;

struct large_want;

/* What answers a request of this kind once more. */
typedef void *failure_again(const struct large_want *want);

/*
 * A request for @size bytes failed: count it, and do what the program wants
 * done then: see failure.c, which is linked only if it wants something.
 * @size: SIZE_MAX if it is impossible, whatever is free. Return: NULL, or
 * the block after all.
 */
__cold void *report_failure(size_t size) __internal;

/*
 * malloc was called above the guard, in the middle of an operation: only
 * count it. Return: NULL.
 */
static __always_inline void *report_refusal(void)
{
	count_all(failures, 1);
	return NULL;
}

/* The same of what is no plain malloc. */
__cold void *report_failure_large(const struct large_want *want,
				  uint32_t attributes,
				  failure_again *again) __internal;

/* Set by those who want something done; NULL: nobody does. */
extern void *(*mica_failed)(size_t size) __internal;
extern void *(*mica_failed_large)(const struct large_want *want,
				  uint32_t attributes,
				  failure_again *again) __internal;

#endif
