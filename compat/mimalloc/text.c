/* SPDX-License-Identifier: MIT */
/*
 * What is told: output, errors, options, the process. mica writes pieces of
 * text with their length, mimalloc's functions want a NUL behind them: so they
 * go through a buffer on the stack.
 */
#include <errno.h>
#include <stdio.h>
#include "heaps.h"
#include "text.h"

#define MI_TEXT_PIECE 256

void mi_text_write(void *context, const char *text, size_t len)
{
	const struct mi_text *to = context;
	char piece[MI_TEXT_PIECE];

	while (len) {
		size_t n = len < sizeof(piece) - 1 ? len : sizeof(piece) - 1;

		__builtin_memcpy(piece, text, n);
		piece[n] = '\0';
		to->out(piece, to->arg);
		text += n;
		len -= n;
	}
}

/* ---- hooks ----------------------------------------------------------------- */

static struct mi_text mi_registered;
static const struct mica_output mi_registered_output = {
	.write = mi_text_write, .context = &mi_registered,
};

void mi_register_output(mi_output_fun *out, void *arg)
{
	mica_on_output(NULL);
	mi_registered.out = out;
	mi_registered.arg = arg;
	if (out)
		mica_on_output(&mi_registered_output);
}

void mi_line(mi_output_fun *out, void *arg, const char *line)
{
	if (out)
		out(line, arg);
	else if (mi_registered.out)
		mi_registered.out(line, mi_registered.arg);
	else
		fputs(line, stderr);
}

static mi_error_fun *mi_error_hook;
static void *mi_error_arg;

static int mi_error_of(enum mica_fault fault)
{
	switch (fault) {
	case MICA_FAULT_TWICE:
		return EAGAIN;
	case MICA_FAULT_OVERFLOW:
	case MICA_FAULT_WRITTEN:
	case MICA_FAULT_LIST:
		return EFAULT;
	default:
		return EINVAL;
	}
}

/* The program goes on, without the call that was wrong. */
static bool mi_error_fault(void *argument, enum mica_fault fault, const void *p)
{
	(void)argument;
	(void)p;
	mi_error_hook(mi_error_of(fault), mi_error_arg);
	return true;
}

static void mi_error_memory(void)
{
	mi_error_hook(ENOMEM, mi_error_arg);
}

void mi_product_failed(void)
{
	if (mi_error_hook)
		mi_error_hook(EOVERFLOW, mi_error_arg);
}

void mi_register_error(mi_error_fun *hook, void *arg)
{
	mica_on_error(NULL, NULL);
	mica_on_failure(NULL);
	mi_error_hook = hook;
	mi_error_arg = arg;
	if (!hook)
		return;
	mica_on_error(mi_error_fault, NULL);
	mica_on_failure(mi_error_memory);
}

/* ---- deferred free -------------------------------------------------------------- */

static mi_deferred_free_fun *mi_deferred;

/* The heartbeat has another type here. */
static void mi_deferred_call(bool force, uint64_t heartbeat, void *arg)
{
	mi_deferred_free_fun *hook = __atomic_load_n(&mi_deferred, __ATOMIC_ACQUIRE);

	if (hook)
		hook(force, heartbeat, arg);
}

void mi_register_deferred_free(mi_deferred_free_fun *hook, void *arg)
{
	mica_on_deferred(NULL, NULL);
	__atomic_store_n(&mi_deferred, hook, __ATOMIC_RELEASE);
	if (hook)
		mica_on_deferred(mi_deferred_call, arg);
}

void mi_collect(bool force)
{
	mica_collect(force);
}

void mi_collect_reduce(size_t target)
{
	(void)target;
	mi_collect(true);
}

/* ---- the process, and threads ------------------------------------------------- */

int mi_version(void)
{
	return MI_MALLOC_VERSION;
}

void mi_process_init(void)
{
}

void mi_process_done(void)
{
}

void mi_thread_init(void)
{
}

void mi_thread_done(void)
{
	mica_context_end();
}

void mi_thread_set_in_threadpool(void)
{
}

static void mi_tell(size_t *where, uint64_t value)
{
	if (where)
		*where = (size_t)value;
}

void mi_process_info(size_t *elapsed_ms, size_t *user_ms, size_t *system_ms,
		     size_t *current_rss, size_t *peak_rss,
		     size_t *current_commit, size_t *peak_commit,
		     size_t *page_faults)
{
	struct mica_process process = { 0 };
	struct mica_usage usage = { 0 };

	mica_process(&process);
	mica_usage(&usage);
	mi_tell(elapsed_ms, process.elapsed_ms);
	mi_tell(user_ms, process.user_ms);
	mi_tell(system_ms, process.system_ms);
	mi_tell(current_rss, process.resident);
	mi_tell(peak_rss, process.peak_resident);
	mi_tell(current_commit, usage.committed);
	mi_tell(peak_commit, usage.committed > usage.peak ? usage.committed :
		usage.peak);
	mi_tell(page_faults, process.major_faults);
}

void mi_process_info_print_out(mi_output_fun *out, void *arg)
{
	size_t elapsed, user, system, rss, peak, commit, faults;
	char line[MI_TEXT_PIECE];

	mi_process_info(&elapsed, &user, &system, &rss, &peak, &commit, NULL,
			&faults);
	snprintf(line, sizeof(line), "process: %zu ms, user %zu ms, system "
		 "%zu ms, resident %zu, at most %zu, committed %zu, faults "
		 "%zu\n", elapsed, user, system, rss, peak, commit, faults);
	mi_line(out, arg, line);
}

void mi_process_info_print(void)
{
	mi_process_info_print_out(NULL, NULL);
}

/* ---- options ------------------------------------------------------------------ */

void mi_print(int (*print)(const struct mica_output *to),
	      mi_output_fun *out, void *arg)
{
	struct mi_text text = { out, arg };
	struct mica_output to = { mi_text_write, &text };

	print(out ? &to : NULL);
}

void mi_options_print_out(mi_output_fun *out, void *arg)
{
	mi_print(mica_options_print, out, arg);
}

void mi_options_print(void)
{
	mi_options_print_out(NULL, NULL);
}
