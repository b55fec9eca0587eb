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
