/* SPDX-License-Identifier: MIT */
/* Options: by number, by name, by text, all in one list; what each does. */
#include "../harness.h"

#define TABLE (MICA_LAYOUT == MICA_LAYOUT_TABLE)

static void reset(enum mica_option option)
{
	struct mica_option_info info;

	if (CHECK(mica_option_info(option, &info)))
		mica_option_set(option, info.initial);
}

/* Nobody has changed any yet: this file's tests put back what they set. */
TEST(option_table_is_sound)
{
	struct mica_option_info info;
	unsigned int n = 0;

	while (mica_option_info((enum mica_option)n, &info)) {
		CHECK(info.name && *info.name && info.unit && info.what);
		CHECK(info.least <= info.initial && info.initial <= info.most);
		CHECK_EQ(info.value, mica_option_get((enum mica_option)n));
		CHECK_EQ(mica_option_find(info.name), n);
		n++;
	}
	CHECK_EQ(n, MICA_OPTIONS);
	CHECK_EQ(mica_option_get(MICA_OPTION_PURGE_DELAY),
		 TABLE ? MICA_PURGE_DELAY_MS : 0);
}

TEST(option_defaults_give_way)
{
	enum mica_option option = MICA_OPTION_SHOW_STATS;

	CHECK_EQ(mica_option_set_default(option, 2), 0);
	CHECK_EQ(mica_option_get(option), 2);
	CHECK_EQ(mica_option_enable(option, true), 0);
	CHECK_EQ(mica_option_get(option), 1);
	CHECK_EQ(mica_option_set_default(option, 2), 0);
	CHECK_EQ(mica_option_get(option), 1);
	CHECK_EQ(mica_option_enable(option, false), 0);
	CHECK_EQ(mica_option_get(option), 0);
}

TEST(option_refuses)
{
	enum mica_option none = MICA_OPTIONS, below = (enum mica_option)-1;
	struct mica_option_info info = { .value = 77 };

	CHECK_EQ(mica_option_get(none), 0);
	CHECK_EQ(mica_option_get(below), 0);
	CHECK_EQ(mica_option_set(none, 1), MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_set(below, 1), MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_set_default(none, 1), MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_enable(below, true), MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_set(MICA_OPTION_VERBOSE, 3), MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_set(MICA_OPTION_VERBOSE, -1), MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_set_default(MICA_OPTION_VERBOSE, 9),
		 MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_get(MICA_OPTION_VERBOSE), 1);
	CHECK(!mica_option_info(none, &info));
	CHECK(!mica_option_info(below, &info));
	CHECK(!mica_option_info(MICA_OPTION_VERBOSE, NULL));
	CHECK_EQ(info.value, 77);
	CHECK_EQ(mica_option_find(NULL), MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_find(""), MICA_ERROR_UNKNOWN);
	CHECK_EQ(mica_option_find("verbosee"), MICA_ERROR_UNKNOWN);
	CHECK_EQ(mica_option_find("verbos"), MICA_ERROR_UNKNOWN);
}

/* Where nothing is purged by time, saying that it should be is an error. */
TEST(option_without_effect_is_refused, .needs = TEST_TAG)
{
	CHECK_EQ(mica_option_set(MICA_OPTION_PURGE_DELAY, 5),
		 MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_set(MICA_OPTION_PURGE_DELAY, 0), 0);
}

static const struct {
	const char *setting;
	long verbose;		/* -1: refused */
} verbose_cases[] = {
	{ "MICA_VERBOSE=2", 2 }, { "verbose=0", 0 }, { "Mica_Verbose=oN", 1 },
	{ "MICA_VERBOSE=", 1 }, { "verbose=no", 0 }, { "verbose=true", 1 },
	{ "verbose=3", -1 }, { "verbose=-1", -1 }, { "verbose=1x", -1 },
	{ "verbose=-", -1 }, { "verbose= 1", -1 }, { "verbose=1K", -1 },
	{ "verbose=onn", -1 }, { "verbose=99999999999999999999999", -1 },
	{ "verbose=8589934592G", -1 }, { "verbose=0kk", -1 },
};

TEST(option_parses_text)
{
	long before;

	for (size_t i = 0; i < sizeof(verbose_cases) / sizeof(*verbose_cases); i++) {
		before = mica_option_get(MICA_OPTION_VERBOSE);
		if (verbose_cases[i].verbose < 0) {
			CHECK_EQ(mica_option_parse(verbose_cases[i].setting),
				 MICA_ERROR_INVALID);
			CHECK_EQ(mica_option_get(MICA_OPTION_VERBOSE), before);
		} else {
			CHECK_EQ(mica_option_parse(verbose_cases[i].setting), 0);
			CHECK_EQ(mica_option_get(MICA_OPTION_VERBOSE),
				 verbose_cases[i].verbose);
		}
	}
	CHECK_EQ(mica_option_parse(NULL), MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_parse("verbose"), MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_parse("=1"), MICA_ERROR_UNKNOWN);
	CHECK_EQ(mica_option_parse("mica_=1"), MICA_ERROR_UNKNOWN);
	reset(MICA_OPTION_VERBOSE);
}

TEST(option_parses_units, .needs = TEST_TABLE)
{
	CHECK_EQ(mica_option_parse("MICA_PURGE_SLACK=3M"), 0);
	CHECK_EQ(mica_option_get(MICA_OPTION_PURGE_SLACK), 3 << 10);
	CHECK_EQ(mica_option_parse("MICA_PURGE_SLACK=100k"), 0);
	CHECK_EQ(mica_option_get(MICA_OPTION_PURGE_SLACK), 100);
	CHECK_EQ(mica_option_parse("MICA_PURGE_SLACK=1g"), 0);
	CHECK_EQ(mica_option_get(MICA_OPTION_PURGE_SLACK), 1 << 20);
	CHECK_EQ(mica_option_parse("MICA_PURGE_BUDGET=1K"), 0);
	CHECK_EQ(mica_option_get(MICA_OPTION_PURGE_BUDGET), 1 << 10);
	reset(MICA_OPTION_PURGE_SLACK);
	reset(MICA_OPTION_PURGE_BUDGET);
}

TEST(options_read_an_environment)
{
	static char a[] = "PATH=/bin", b[] = "MICA_SHOW_STATS=2";
	static char c[] = "MICA_UNHEARD_OF=1", d[] = "SHOW_STATS=1", e[] = "";
	static char *const environment[] = { a, b, c, d, e, NULL };
	static char *const empty[] = { NULL };

	CHECK_EQ(mica_options_read(NULL), 0);
	CHECK_EQ(mica_options_read(empty), 0);
	CHECK_EQ(mica_options_read(environment), 1);
	CHECK_EQ(mica_option_get(MICA_OPTION_SHOW_STATS), 2);
	reset(MICA_OPTION_SHOW_STATS);
}

static unsigned int nr_lines;

static void count_line(void *context, const char *text, size_t len)
{
	CHECK(context == &nr_lines && len > 60 && text[len - 1] == '\n');
	nr_lines++;
}

/* A file's name is no number, and as good as one. */
TEST(option_names_a_file)
{
	enum mica_option option = MICA_OPTION_SNAPSHOT;
	int named = mica_option_parse("MICA_SNAPSHOT=a/heap.json");

	CHECK_EQ(mica_option_find("snapshot"), option);
	CHECK_EQ(named, MICA_HOSTED ? 0 : MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_get(option), MICA_HOSTED);
	CHECK_EQ(mica_option_parse("MICA_SNAPSHOT=off"), 0);
	CHECK_EQ(mica_option_get(option), 0);
	CHECK_EQ(mica_option_parse("MICA_SNAPSHOT=2"), MICA_ERROR_INVALID);
	CHECK_EQ(mica_option_parse("MICA_SHOW_STATS=a"), MICA_ERROR_INVALID);
	reset(option);
}

TEST(options_are_listed)
{
	static const struct mica_output counting = { count_line, &nr_lines };

	nr_lines = 0;
	CHECK_EQ(mica_options_print(&counting), 0);
	CHECK(nr_lines >= MICA_OPTIONS);
}

/* ---- what they do ------------------------------------------------------------ */

#if MICA_STATS == 2

#define BYTES ((size_t)1 << 20)	/* in a region of any host */

/* Take and give back much, and let heartbeats pass. Return: calls that purged. */
static uint64_t purges_of_a_peak(void)
{
	struct mica_stats before, after;
	void *p;

	mica_stats(&before);
	p = mica_malloc(BYTES);
	if (!CHECK(p))
		return 0;
	__builtin_memset(p, 1, BYTES);
	mica_free(p);
	for (unsigned int i = 0; i < 6; i++) {
		test_target.sleep_ms(2 * MICA_PURGE_DELAY_MS);
		mica_collect(false);
	}
	mica_stats(&after);
	return after.purges - before.purges;
}

TEST(option_purge_delay, .needs = TEST_TABLE | TEST_LAZY | TEST_CLOCK,
     .arena = 64 << 20)
{
	mica_collect(true);
	CHECK_EQ(mica_option_set(MICA_OPTION_PURGE_DELAY, -1), 0);
	CHECK_EQ(purges_of_a_peak(), 0);
	reset(MICA_OPTION_PURGE_DELAY);
	CHECK(purges_of_a_peak() > 0);
	/* A shorter one holds at once, not when the longer one has passed. */
	CHECK_EQ(mica_option_set(MICA_OPTION_PURGE_DELAY, 86400000), 0);
	purges_of_a_peak();	/* but what is free beyond the slack */
	reset(MICA_OPTION_PURGE_DELAY);
	CHECK(purges_of_a_peak() > 0);
}

TEST(option_purge_budget, .needs = TEST_TABLE | TEST_LAZY | TEST_CLOCK,
     .arena = 64 << 20)
{
	mica_collect(true);
	CHECK_EQ(mica_option_set(MICA_OPTION_PURGE_BUDGET, 0), 0);
	CHECK_EQ(purges_of_a_peak(), 0);
	reset(MICA_OPTION_PURGE_BUDGET);
	CHECK(purges_of_a_peak() > 0);
}

/* Little over the peak is kept for the delay; with no slack it goes at once. */
static uint64_t purges_of_slack(long slack)
{
	struct mica_stats before, after;
	void *p[16];

	mica_option_set(MICA_OPTION_PURGE_DELAY, 86400000);
	mica_collect(true);
	mica_peak_reset();
	mica_option_set(MICA_OPTION_PURGE_SLACK, slack);
	mica_stats(&before);
	for (unsigned int i = 0; i < 16; i++) {
		p[i] = mica_malloc((i + 1) * (64u << 10));
		CHECK(p[i]);
	}
	/* More is free then than an eighth of what other tests left in use. */
	for (unsigned int i = 0; i < 16; i++)
		mica_free(p[i]);
	mica_peak_reset();
	for (unsigned int i = 0; i < 200; i++)
		mica_free(hide(mica_malloc(100 << 10)));
	mica_stats(&after);
	reset(MICA_OPTION_PURGE_SLACK);
	reset(MICA_OPTION_PURGE_DELAY);
	return after.purges - before.purges;
}

TEST(option_purge_slack, .needs = TEST_TABLE | TEST_LAZY, .arena = 64 << 20)
{
	CHECK_EQ(purges_of_slack(1 << 20), 0);
	CHECK(purges_of_slack(0) > 0);
}

#endif
