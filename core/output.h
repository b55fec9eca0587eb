/* SPDX-License-Identifier: MIT */
/*
 * Output: the one way of all text, to the program's hook or the console.
 *
 * malloc's and free's own paths know nothing of hooks in a build with
 * MICA_OUTPUT_HOOKS 0: a fault's line then goes straight to the console.
 */
#ifndef MICA_CORE_OUTPUT_H
#define MICA_CORE_OUTPUT_H

#include <mica/port.h>
#include "compiler.h"

struct mica_output;

/* To where all text goes. */
void output_write(const char *text, size_t len) __internal;

/* The same as an output, for those who take one: @to, if it is any. */
const struct mica_output *output_or_own(const struct mica_output *to) __internal;

/* Where warnings go, if they are wanted at this level; NULL: they are not. */
const struct mica_output *output_for_warning(long level) __internal;

/*
 * @fault: enum mica_fault. The line, if it is wanted, then the hook. Return:
 * the program goes on.
 */
__cold bool output_fault(int fault, const void *p, const char *text,
			 size_t len) __internal;

static __always_inline bool output_report(int fault, const void *p, const char *text,
				 size_t len)
{
	if (MICA_OUTPUT_HOOKS)
		return output_fault(fault, p, text, len);
	mica_port_console(text, len);
	return false;
}

#endif
