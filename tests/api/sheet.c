/* SPDX-License-Identifier: MIT */
/* Statistics as text and JSON, of the process, of the build: no block is taken. */
#include "../harness.h"

struct reader {
	size_t len;
	size_t lines;
	int depth;		/* of brackets */
	int least;
	bool in_string;
	uint64_t number;	/* read last, and the one wanted */
	uint64_t live_blocks;
	const char *match;	/* what of the wanted name is still to come */
	bool found;
};

static const char wanted_name[] = "live_blocks";

/* Just enough of a scanner: brackets, strings, and the number of one name. */
static void read_char(struct reader *r, char c)
{
	r->len++;
	r->lines += c == '\n';
	if (c == '"')
		r->in_string = !r->in_string;
	if (!r->in_string && (c == '{' || c == '['))
		r->depth++;
	if (!r->in_string && (c == '}' || c == ']'))
		r->depth--;
	if (r->depth < r->least)
		r->least = r->depth;
	if (r->found && c >= '0' && c <= '9')
		r->live_blocks = r->live_blocks * 10 + (uint64_t)(c - '0');
	if (r->found && c == '\n')
		r->found = false;
	r->match = *r->match == c ? r->match + 1 : wanted_name;
	if (!*r->match) {
		r->match = wanted_name;
		r->found = true;
	}
}

static void read_text(void *context, const char *text, size_t len)
{
	while (len--)
		read_char(context, *text++);
}

static size_t live_blocks(void)
{
	struct mica_usage usage;
	struct mica_stats stats;

	mica_stats(&stats);
	CHECK(mica_usage(&usage));
	return stats.live_blocks;
}

static struct reader reader;
static const struct mica_output reading = { read_text, &reader };
static const struct mica_output deaf = { NULL, &reader };

static void read_again(void)
{
	reader = (struct reader){ .match = wanted_name };
}

TEST(statistics_as_json, .arena = 2048)
{
	void *p = mica_malloc(100), *q = mica_malloc(1000);

	read_again();
	CHECK_EQ(mica_stats_json(&reading), 0);
	CHECK_EQ(reader.depth, 0);
	CHECK_EQ(reader.least, 0);
	CHECK(!reader.in_string && reader.lines > 40);
	CHECK_EQ(reader.live_blocks, live_blocks());
	mica_free(p);
	mica_free(q);
}

TEST(statistics_as_text, .arena = 2048)
{
	void *p = mica_malloc(100), *q = mica_malloc(1000);

	read_again();
	CHECK_EQ(mica_stats_print(&reading), 0);
	CHECK(reader.lines > 10);
	CHECK_EQ(reader.live_blocks, live_blocks());
	mica_free(p);
	mica_free(q);
}

#if MICA_HEAPS

/* The text after the last @mark, up to the end of its line. */
static char line[200];
static const char *mark;

static void read_line(void *context, const char *text, size_t len)
{
	static size_t at, n;

	(void)context;
	for (; len--; text++) {
		if (!mark[at]) {
			if (*text == '\n')
				at = 0;
			else if (n < sizeof(line) - 1)
				line[n++] = *text;
			line[n] = 0;
			continue;
		}
		at = *text == mark[at] ? at + 1 : *text == mark[0];
		n = 0;
	}
}

static size_t number_after(const char *name)
{
	const char *at = line, *want;
	size_t value = 0, k;

	for (want = name; *at; at++) {
		for (k = 0; want[k] && at[k] == want[k]; k++)
			;
		if (!want[k])
			break;
	}
	for (at += *at ? k : 0; *at == ' '; at++)
		;
	for (; *at >= '0' && *at <= '9'; at++)
		value = value * 10 + (size_t)(*at - '0');
	return value;
}

static const struct mica_output line_reading = { read_line, NULL };

static void check_heap_json(const struct mica_heap_usage *usage)
{
	CHECK_EQ(number_after("\"used_bytes\": "), usage->used_bytes);
	CHECK_EQ(number_after("\"total_bytes\": "), usage->total_bytes);
	CHECK_EQ(number_after("\"peak_bytes\": "), usage->peak_bytes);
	CHECK_EQ(number_after("\"soft_quota\": "), usage->soft_quota);
	CHECK_EQ(number_after("\"hard_quota\": "), usage->hard_quota);
}

/* A row a heap, with what mica_heap_usage() says; its name is harmless. */
TEST(statistics_of_heaps, .arena = 4096)
{
	struct mica_heap_setup setup = {
		.name = "a\"b\\c\n", .soft_quota = 1u << 29, .hard_quota = 1u << 30,
	};
	struct mica_heap *heap = mica_heap_new(&setup);
	struct mica_heap_usage usage;
	size_t used;
	void *p;

	REQUIRE(heap);
	p = mica_heap_malloc(heap, 700);
	REQUIRE(p);
	CHECK_EQ(mica_heap_usage(heap, &usage), 0);
	used = mica_used();
	mark = "{\"name\": \"abc\", ";
	CHECK_EQ(mica_stats_json(&line_reading), 0);
	check_heap_json(&usage);
	read_again();
	CHECK_EQ(mica_stats_json(&reading), 0);
	CHECK(reader.depth == 0 && reader.least == 0 && !reader.in_string);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	setup.name = "row";
	heap = mica_heap_new(&setup);
	REQUIRE(heap && mica_heap_malloc(heap, 700));
	CHECK_EQ(mica_heap_usage(heap, &usage), 0);
	mark = "  row ";
	CHECK_EQ(mica_stats_print(&line_reading), 0);
	CHECK(usage.used_bytes && number_after("") == usage.used_bytes);
	CHECK_EQ(mica_used(), used);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

#endif

/* Writing may be in the middle of anything: nothing is taken, nor kept. */
TEST(statistics_take_no_block)
{
	struct mica_stats before, after;

	mica_free(mica_malloc(1));
	mica_stats(&before);
	read_again();
	mica_stats_print(&reading);
	mica_stats_json(&reading);
	mica_options_print(&reading);
	mica_stats(&after);
	CHECK_EQ(after.runs_allocated, before.runs_allocated);
	CHECK_EQ(after.refills, before.refills);
	CHECK_EQ(after.live_blocks, before.live_blocks);
}

TEST(statistics_refuse)
{
	read_again();
	CHECK_EQ(mica_stats_print(&deaf), MICA_ERROR_INVALID);
	CHECK_EQ(mica_stats_json(&deaf), MICA_ERROR_INVALID);
	CHECK_EQ(reader.len, 0);
	mica_stats(NULL);
}

TEST(version_is_the_headers)
{
	CHECK_EQ(mica_version(), MICA_VERSION);
	CHECK(MICA_VERSION / 10000 == MICA_VERSION_MAJOR);
}

TEST(process_is_known_where_it_can_be)
{
	struct mica_process process = { .user_ms = 77 }, later;

	CHECK(!mica_process(NULL));
	if (!mica_process(&process)) {
		CHECK_EQ(process.user_ms, 77);
		return;
	}
	CHECK(process.resident > 0);
	CHECK(process.peak_resident >= process.resident / 2);
	CHECK(process.minor_faults + process.major_faults > 0);
	test_target.sleep_ms(test_target.offers() & TEST_CLOCK ? 30 : 0);
	CHECK(mica_process(&later));
	CHECK(later.elapsed_ms >= process.elapsed_ms + 20);
	CHECK(later.elapsed_ms < process.elapsed_ms + 60000);
	CHECK(later.user_ms >= process.user_ms);
}
