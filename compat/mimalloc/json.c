/* SPDX-License-Identifier: MIT */
/* mimalloc's statistics as JSON: its keys, in its order. */
#include <stdio.h>
#include "heaps.h"
#include "mimalloc-stats.h"

/* Text into a buffer; what does not fit is counted only. */
struct mi_buffer {
	char *text;
	size_t size;
	size_t used;
};

static void mi_put(struct mi_buffer *b, const char *text)
{
	size_t len = __builtin_strlen(text);

	if (b->text && b->used + len < b->size)
		__builtin_memcpy(b->text + b->used, text, len + 1);
	b->used += len;
}

static void mi_put_count(struct mi_buffer *b, const char *name,
			 const mi_stat_count_t *count)
{
	char line[192];

	snprintf(line, sizeof(line), "  \"%s\": { \"total\": %lld, \"peak\": "
		 "%lld, \"current\": %lld },\n", name, (long long)count->total,
		 (long long)count->peak, (long long)count->current);
	mi_put(b, line);
}

static void mi_put_counter(struct mi_buffer *b, const char *name,
			   const mi_stat_counter_t *counter)
{
	char line[128];

	snprintf(line, sizeof(line), "  \"%s\": %lld,\n", name,
		 (long long)counter->total);
	mi_put(b, line);
}

static void mi_put_process(struct mi_buffer *b)
{
	size_t elapsed, user, system, rss, peak, commit, most, faults;
	char text[512];

	mi_process_info(&elapsed, &user, &system, &rss, &peak, &commit, &most,
			&faults);
	snprintf(text, sizeof(text), "  \"process\": {\n"
		 "    \"elapsed_msecs\": %zu,\n    \"user_msecs\": %zu,\n"
		 "    \"system_msecs\": %zu,\n    \"page_faults\": %zu,\n"
		 "    \"rss_current\": %zu,\n    \"rss_peak\": %zu,\n"
		 "    \"commit_current\": %zu,\n    \"commit_peak\": %zu\n"
		 "  },\n", elapsed, user, system, faults, rss, peak, commit,
		 most);
	mi_put(b, text);
}

static void mi_put_bins(struct mi_buffer *b, const char *name,
			const mi_stat_count_t *bins, const char *end)
{
	char line[192];
	size_t k;

	snprintf(line, sizeof(line), "  \"%s\": [\n", name);
	mi_put(b, line);
	for (k = 0; k <= MI_BIN_HUGE; k++) {
		snprintf(line, sizeof(line), "    { \"total\": %lld, \"peak\": "
			 "%lld, \"current\": %lld, \"block_size\": %zu }%s\n",
			 (long long)bins[k].total, (long long)bins[k].peak,
			 (long long)bins[k].current, mi_stats_get_bin_size(k),
			 k < MI_BIN_HUGE ? "," : "");
		mi_put(b, line);
	}
	mi_put(b, end);
}

static void mi_put_stats(struct mi_buffer *b, const mi_stats_t *stats)
{
	char line[128];

	b->used = 0;
	snprintf(line, sizeof(line), "{\n  \"stat_version\": %zu,\n"
		 "  \"mimalloc_version\": %d,\n", stats->version,
		 MI_MALLOC_VERSION);
	mi_put(b, line);
	mi_put_process(b);
#define MI_STAT_COUNT(stat) mi_put_count(b, #stat, &stats->stat);
#define MI_STAT_COUNTER(stat) mi_put_counter(b, #stat, &stats->stat);
	MI_STAT_FIELDS()
#undef MI_STAT_COUNT
#undef MI_STAT_COUNTER
	mi_put_bins(b, "malloc_bins", stats->malloc_bins, "  ],\n");
	mi_put_bins(b, "page_bins", stats->page_bins, "  ],\n");
	mi_put(b, "  \"chunk_bins\": [\n  ]\n}\n");
}

/* What the process uses may take more digits the second time. */
#define MI_JSON_SLACK 256

static char *mi_json_new(const mi_stats_t *stats)
{
	struct mi_buffer b = { NULL, 0, 0 };

	mi_put_stats(&b, stats);
	b.size = b.used + MI_JSON_SLACK;
	b.text = mica_malloc(b.size);
	if (b.text)
		mi_put_stats(&b, stats);
	return b.text;
}

char *mi_stats_as_json(mi_stats_t *stats, size_t buf_size, char *buf)
{
	struct mi_buffer b = { buf, buf_size, 0 };

	if (!stats || stats->size != sizeof(*stats) ||
	    stats->version != MI_STAT_VERSION)
		return NULL;
	if (!buf)
		return mi_json_new(stats);
	mi_put_stats(&b, stats);
	return b.used < buf_size ? buf : NULL;
}

char *mi_stats_get_json(size_t buf_size, char *buf)
{
	mi_stats_t_decl(stats);

	return mi_stats_get(&stats) ?
		mi_stats_as_json(&stats, buf_size, buf) : NULL;
}

char *mi_heap_stats_get_json(mi_heap_t *heap, size_t buf_size, char *buf)
{
	mi_stats_t_decl(stats);

	return mi_heap_stats_get(heap, &stats) ?
		mi_stats_as_json(&stats, buf_size, buf) : NULL;
}

char *mi_subproc_stats_get_json(mi_subproc_id_t subproc, size_t buf_size,
				char *buf)
{
	mi_stats_t_decl(stats);

	return mi_subproc_stats_get(subproc, &stats) ?
		mi_stats_as_json(&stats, buf_size, buf) : NULL;
}
