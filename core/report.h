/* SPDX-License-Identifier: MIT */
/* Faults: one clear line on the port's console, then the program stops. */
#ifndef MICA_CORE_REPORT_H
#define MICA_CORE_REPORT_H

#include "compiler.h"

enum fault {
	FAULT_NONE,
	FAULT_WILD,		/* not the address of a block */
	FAULT_MISALIGNED,
	FAULT_TWICE,		/* freed already */
};

/* @call: the public function, without its prefix. */
__cold __attribute__((noreturn))
void report_fault(enum fault fault, const char *call, const void *p) __internal;

/* A request failed: count it, call the hook. Return: NULL. */
__cold void *report_failure(void) __internal;

#endif
