/* SPDX-License-Identifier: MIT */
/*
 * Where text goes: one place for all that mica says, and hooks for faults.
 *
 * Without any of this, text goes to the port's console: standard error on
 * Linux, a function of the firmware on a chip. A firmware that calls none of
 * it has none of it. mica.h includes this header.
 */
#ifndef MICA_OUTPUT_H
#define MICA_OUTPUT_H

#include <stddef.h>
#include <mica/mica.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct mica_output - somewhere that text can go
 * @write: gets @context and @len bytes, without a NUL behind them: a line that
 *	ends in a newline, or, of long ones, a piece. It must not allocate
 * @context: handed to @write
 */
struct mica_output {
	void (*write)(void *context, const char *text, size_t len);
	void *context;
};

/**
 * mica_on_output() - have all text go somewhere else
 * @output: must stay as it is while it is set; NULL: the port's console
 *
 * Reports of faults, warnings, and what is printed without an output named go
 * there. With MICA_OUTPUT_HOOKS 0, as on a chip, reports of faults stay with
 * the port's console, which is the firmware's own function anyway.
 *
 * Context: any task; others may print meanwhile, and use the one or the other.
 * Cost: constant.
 * Return: 0; MICA_ERROR_INVALID and nothing changed, if it has no @write.
 */
MICA_API int mica_on_output(const struct mica_output *output);

/**
 * mica_on_warning() - have warnings and information go somewhere else
 * @output: must stay as it is while it is set; NULL: where all text goes
 *
 * It gets what MICA_OPTION_VERBOSE lets through: see option.h.
 *
 * Context: any task. Cost: constant.
 * Return: as mica_on_output().
 */
MICA_API int mica_on_warning(const struct mica_output *output);

/* What is wrong; docs/hardening.md says which level finds what, and where. */
enum mica_fault {
	MICA_FAULT_WILD = 1,	/* not the address of a block */
	MICA_FAULT_MISALIGNED,
	MICA_FAULT_TWICE,	/* freed already */
	MICA_FAULT_INTERIOR,	/* in a block of a page, not where it begins */
	MICA_FAULT_OVERFLOW,	/* written behind the bytes asked for */
	MICA_FAULT_WRITTEN,	/* written after it was freed */
	MICA_FAULT_LIST,	/* the link in a free block leads nowhere */
};

/**
 * mica_on_error() - learn of a fault, and decide what becomes of the program
 * @hook: gets @argument, what is wrong, and the pointer; NULL for none
 * @argument: handed to @hook
 *
 * Called once the fault's line was written, outside guard and locks, in the
 * context of the faulty call. It must not allocate. When it returns false, as
 * when there is none, the port stops the program.
 *
 * When it returns true the program goes on. What the faulty call asked for is
 * not done: a block freed wrongly stays as it is, realloc() returns NULL and
 * leaves the old block, and the size of no block is 0. A block that was written
 * behind its end is not freed, since what lies there may be broken too. Of a
 * broken list (MICA_FAULT_LIST) the rest is never used again. A malloc that
 * finds a fault in free memory serves its request all the same.
 *
 * Context: any task; a fault that comes while the hook is being changed may find
 * none. Cost: constant.
 * Return: 0; MICA_ERROR_REFUSED in a build with MICA_OUTPUT_HOOKS 0.
 */
MICA_API int mica_on_error(bool (*hook)(void *argument, enum mica_fault fault,
					const void *p), void *argument);

#ifdef __cplusplus
}
#endif
#endif
