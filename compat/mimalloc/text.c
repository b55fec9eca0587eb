/* SPDX-License-Identifier: MIT */
/*
 * What is told: output, errors, statistics, the process. mica writes pieces of
 * text with their length, mimalloc's functions want a NUL behind them: so they
 * go through a buffer on the stack.
 */
#include <errno.h>
#include <stdio.h>
#include "heaps.h"
#include "mimalloc-stats.h"

#define MI_TEXT_PIECE 256

struct mi_text {
	mi_output_fun *out;
	void *arg;
};

static void mi_text_write(void *context, const char *text, size_t len)
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

static mi_error_fun *mi_error_hook;
static void *mi_error_arg;

/* The program goes on, without the call that was wrong. */
static bool mi_error_fault(void *argument, enum mica_fault fault, const void *p)
{
	(void)argument;
	(void)p;
	mi_error_hook(fault == MICA_FAULT_TWICE ? EAGAIN : EINVAL, mi_error_arg);
	return true;
}

static void mi_error_memory(void)
{
	mi_error_hook(ENOMEM, mi_error_arg);
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

static void mi_put(size_t *where, uint64_t value)
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
	mi_put(elapsed_ms, process.elapsed_ms);
	mi_put(user_ms, process.user_ms);
	mi_put(system_ms, process.system_ms);
	mi_put(current_rss, process.resident);
	mi_put(peak_rss, process.peak_resident);
	mi_put(current_commit, usage.committed);
	mi_put(peak_commit, usage.committed > usage.peak ? usage.committed :
		usage.peak);
	mi_put(page_faults, process.major_faults);
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
	if (out)
		out(line, arg);
	else
		fputs(line, stderr);
}

void mi_process_info_print(void)
{
	mi_process_info_print_out(NULL, NULL);
}

/* ---- statistics ------------------------------------------------------------------ */

static void mi_print(int (*print)(const struct mica_output *to),
		     mi_output_fun *out, void *arg)
{
	struct mi_text text = { out, arg };
	struct mica_output to = { mi_text_write, &text };

	print(out ? &to : NULL);
}

void mi_stats_print_out(mi_output_fun *out, void *arg)
{
	mi_print(mica_stats_print, out, arg);
}

void mi_stats_print(void *ignored)
{
	(void)ignored;
	mi_stats_print_out(NULL, NULL);
}

void mi_thread_stats_print_out(mi_output_fun *out, void *arg)
{
	mi_stats_print_out(out, arg);
}

void mi_options_print_out(mi_output_fun *out, void *arg)
{
	mi_print(mica_options_print, out, arg);
}

void mi_options_print(void)
{
	mi_options_print_out(NULL, NULL);
}

void mi_stats_reset(void)
{
	mica_peak_reset();
}

void mi_stats_merge(void)
{
}

bool mi_stats_get(mi_stats_t *stats)
{
	struct mica_stats now;

	if (!stats || stats->size != sizeof(*stats) ||
	    stats->version != MI_STAT_VERSION)
		return false;
	mica_stats(&now);
	*stats = (mi_stats_t){
		.size = sizeof(*stats), .version = MI_STAT_VERSION,
		.pages = { (int64_t)now.pages_opened, 0, (int64_t)now.pages },
		.reserved = { 0, 0, (int64_t)now.reserved },
		.committed = { 0, 0, (int64_t)now.committed },
		.purged = { (int64_t)now.purged_bytes },
		.pages_abandoned = { (int64_t)now.pages_abandoned, 0, 0 },
		.threads = { (int64_t)now.contexts_begun, 0,
			     (int64_t)(now.contexts_begun - now.contexts_ended) },
		.malloc_normal = { 0, (int64_t)now.peak_bytes,
				   (int64_t)now.live_bytes },
		.mmap_calls = { (int64_t)now.regions_reserved },
		.purge_calls = { (int64_t)now.purges },
		.arena_count = { (int64_t)now.regions },
		.malloc_normal_count = { (int64_t)now.live_blocks },
		.malloc_huge_count = { (int64_t)now.huge_allocated },
	};
	return true;
}

/* Text into a buffer; what does not fit is counted only. */
struct mi_buffer {
	char *text;
	size_t size;
	size_t used;
};

static void mi_buffer_write(void *context, const char *text, size_t len)
{
	struct mi_buffer *b = context;

	if (b->text && b->used + len < b->size)
		__builtin_memcpy(b->text + b->used, text, len);
	b->used += len;
}

static bool mi_json_fill(struct mi_buffer *b)
{
	struct mica_output to = { mi_buffer_write, b };

	b->used = 0;
	mica_stats_json(&to);
	if (!b->text || b->used >= b->size)
		return false;
	b->text[b->used] = '\0';
	return true;
}

/* The figures may take more digits by the time that there is a buffer. */
#define MI_JSON_SLACK 4096

char *mi_stats_get_json(size_t buf_size, char *buf)
{
	struct mi_buffer b = { buf, buf ? buf_size : 0, 0 };

	if (mi_json_fill(&b))
		return buf;
	if (buf)
		return NULL;
	b.size = b.used + MI_JSON_SLACK;
	b.text = mica_malloc(b.size);
	if (b.text && mi_json_fill(&b))
		return b.text;
	mica_free(b.text);
	return NULL;
}

char *mi_stats_as_json(mi_stats_t *stats, size_t buf_size, char *buf)
{
	char text[512];
	int len;

	if (!stats || stats->size != sizeof(*stats))
		return NULL;
	len = snprintf(text, sizeof(text), "{\"version\": %d, \"pages\": %lld, "
		       "\"reserved\": %lld, \"committed\": %lld, \"threads\": "
		       "%lld, \"malloc_normal\": %lld, \"purged\": %lld}\n",
		       stats->version, (long long)stats->pages.current,
		       (long long)stats->reserved.current,
		       (long long)stats->committed.current,
		       (long long)stats->threads.current,
		       (long long)stats->malloc_normal.current,
		       (long long)stats->purged.total);
	if (!buf)
		return mi_strdup(text);
	if ((size_t)len >= buf_size)
		return NULL;
	__builtin_memcpy(buf, text, (size_t)len + 1);
	return buf;
}

size_t mi_stats_get_bin_size(size_t bin)
{
	struct mica_usage_class usage;

	return mica_usage_class(bin, &usage) ? usage.block_bytes : 0;
}

/* Of a heap, or a sub-process: the figures of all, where it exists. */

bool mi_heap_stats_get(mi_heap_t *heap, mi_stats_t *stats)
{
	return heap && mi_stats_get(stats);
}

char *mi_heap_stats_get_json(mi_heap_t *heap, size_t buf_size, char *buf)
{
	return heap ? mi_stats_get_json(buf_size, buf) : NULL;
}

void mi_heap_stats_print_out(mi_heap_t *heap, mi_output_fun *out, void *arg)
{
	if (heap)
		mi_stats_print_out(out, arg);
}

void mi_heap_stats_merge_to_subproc(mi_heap_t *heap)
{
	(void)heap;
}

bool mi_subproc_stats_get(mi_subproc_id_t subproc, mi_stats_t *stats)
{
	return subproc._mi_subproc_id && mi_stats_get(stats);
}

bool mi_subproc_stats_get_exclusive(mi_subproc_id_t subproc, mi_stats_t *stats)
{
	return mi_subproc_stats_get(subproc, stats);
}

char *mi_subproc_stats_get_json(mi_subproc_id_t subproc, size_t buf_size,
				char *buf)
{
	return subproc._mi_subproc_id ? mi_stats_get_json(buf_size, buf) : NULL;
}

void mi_subproc_stats_print_out(mi_subproc_id_t subproc, mi_output_fun *out,
				void *arg)
{
	if (subproc._mi_subproc_id)
		mi_stats_print_out(out, arg);
}

void mi_subproc_heap_stats_print_out(mi_subproc_id_t subproc,
				     mi_output_fun *out, void *arg)
{
	mi_subproc_stats_print_out(subproc, out, arg);
}
