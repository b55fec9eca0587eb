// SPDX-License-Identifier: MIT
/*
 * Where text goes. Each hook is one pointer, so that a change is seen whole;
 * what it points to is the program's and does not change.
 */
#include <mica/mica.h>
#include "atomic.h"
#include "option.h"
#include "output.h"

static const struct mica_output *output_hook, *warning_hook;
static bool (*fault_hook)(void *argument, enum mica_fault fault, const void *p);
static void *fault_argument;

void output_write(const char *text, size_t len)
{
	const struct mica_output *hook = load_acquire(&output_hook);

	if (hook)
		hook->write(hook->context, text, len);
	else
		mica_port_console(text, len);
}

static void write_own(void *context, const char *text, size_t len)
{
	(void)context;
	output_write(text, len);
}

static const struct mica_output own = { write_own, NULL };

const struct mica_output *output_or_own(const struct mica_output *to)
{
	return to ? to : &own;
}

const struct mica_output *output_for_warning(long level)
{
	if (option_value(VERBOSE) < level)
		return NULL;
	return output_or_own(load_acquire(&warning_hook));
}

/* The hook and its argument, of one and the same call of mica_on_error(). */
static bool fault_ask(int fault, const void *p)
{
	bool (*hook)(void *, enum mica_fault, const void *) =
		load_acquire(&fault_hook);
	void *argument = load_acquire(&fault_argument);

	if (!hook || load_acquire(&fault_hook) != hook)
		return false;
	return hook(argument, (enum mica_fault)fault, p);
}

bool output_fault(int fault, const void *p, const char *text, size_t len)
{
	if (option_value(SHOW_ERRORS))
		output_write(text, len);
	return fault_ask(fault, p);
}

static int output_set(const struct mica_output **hook,
		      const struct mica_output *output)
{
	if (output && !output->write)
		return MICA_ERROR_INVALID;
	store_release(hook, output);
	return 0;
}

int mica_on_output(const struct mica_output *output)
{
	return output_set(&output_hook, output);
}

int mica_on_warning(const struct mica_output *output)
{
	return output_set(&warning_hook, output);
}

int mica_on_error(bool (*hook)(void *argument, enum mica_fault fault,
			       const void *p), void *argument)
{
	if (!MICA_OUTPUT_HOOKS)
		return MICA_ERROR_REFUSED;
	store_release(&fault_hook, NULL);
	store_release(&fault_argument, argument);
	store_release(&fault_hook, hook);
	return 0;
}
