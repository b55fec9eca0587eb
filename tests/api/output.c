/* SPDX-License-Identifier: MIT */
/* Text goes where the program wants it, line by line, and hooks are refused. */
#include "../harness.h"

struct heard {
	unsigned int writes;
	size_t len;
	char text[256];
};

static struct heard heard;

static void hear(void *context, const char *text, size_t len)
{
	struct heard *h = context;

	h->writes++;
	for (size_t i = 0; i < len && h->len < sizeof(h->text) - 1; i++)
		h->text[h->len++] = text[i];
	h->text[h->len] = 0;
}

static const struct mica_output hearing = { hear, &heard };
static const struct mica_output deaf = { NULL, &heard };

static bool begins(const char *text, const char *with)
{
	while (*with)
		if (*text++ != *with++)
			return false;
	return true;
}

static void forget(void)
{
	heard = (struct heard){ 0 };
}

/* A setting that is no good is a warning; a stranger's name is not. */
static char bad_value[] = "MICA_VERBOSE=loud";
static char stranger[] = "MICA_TOOTHPICKS=3";
static char *const environment[] = { bad_value, stranger, NULL };

TEST(output_hears_warnings)
{
	const char *says = "mica: warning: no value of that option: "
			   "MICA_VERBOSE=loud\n";

	forget();
	REQUIRE(!mica_on_output(&hearing));
	CHECK_EQ(mica_options_read(environment), 0);
	mica_on_output(NULL);
	CHECK(begins(heard.text, says));
	CHECK_EQ(heard.writes, 1);
	CHECK_EQ(mica_option_get(MICA_OPTION_VERBOSE), 1);
}

TEST(output_of_warnings_apart)
{
	static struct heard others;
	static const struct mica_output apart = { hear, &others };

	forget();
	others = (struct heard){ 0 };
	REQUIRE(!mica_on_output(&hearing) && !mica_on_warning(&apart));
	mica_option_set(MICA_OPTION_VERBOSE, 2);
	mica_options_read(environment);
	CHECK_EQ(others.writes, 2);
	mica_option_set(MICA_OPTION_VERBOSE, 0);
	mica_options_read(environment);
	CHECK_EQ(others.writes, 2);
	CHECK_EQ(heard.writes, 0);
	mica_option_set(MICA_OPTION_VERBOSE, 1);
	mica_on_warning(NULL);
	mica_on_output(NULL);
}

/* Bad input: what was set stays. */
TEST(output_refuses)
{
	forget();
	REQUIRE(!mica_on_output(&hearing));
	CHECK_EQ(mica_on_output(&deaf), MICA_ERROR_INVALID);
	CHECK_EQ(mica_on_warning(&deaf), MICA_ERROR_INVALID);
	CHECK_EQ(mica_options_print(&deaf), MICA_ERROR_INVALID);
	mica_options_read(environment);
	CHECK_EQ(heard.writes, 1);
	mica_on_output(NULL);
	CHECK_EQ(mica_on_error(NULL, NULL), MICA_OUTPUT_HOOKS ? 0 : MICA_ERROR_REFUSED);
}

/* A line longer than any buffer comes whole, in pieces. */
TEST(output_of_long_lines)
{
	static char longest[] = "MICA_VERBOSE=0123456789012345678901234567890123"
		"4567890123456789012345678901234567890123456789012345678901234"
		"56789012345678901234567890123456789012345678901234567890123456";
	static char *const one[] = { longest, NULL };

	forget();
	REQUIRE(!mica_on_output(&hearing));
	mica_options_read(one);
	mica_on_output(NULL);
	CHECK(heard.writes > 1);
	CHECK_EQ(heard.len, 40 + sizeof(longest));
	CHECK(heard.text[heard.len - 1] == '\n');
}

#if MICA_OUTPUT_HOOKS

/* The line is not written, so what dies says must come from the hook. */
static bool confess(void *line, enum mica_fault fault, const void *p)
{
	if (fault == MICA_FAULT_TWICE)
		test_print(line, p);
	return false;
}

DEATH(error_hook_hears_a_fault, "mica: block freed twice: %p")
{
	void *p = mica_malloc(100);

	mica_option_set(MICA_OPTION_SHOW_ERRORS, 0);
	mica_on_error(confess, (void *)(uintptr_t)"mica: block freed twice: %p\n");
	mica_free(p);
	dies_at(p);
	mica_free(hide(p));
}

static void pass_on(void *context, const char *text, size_t len)
{
	if (len > 6 && begins(text, "MICA: "))
		return;
	test_print("%s", (const char *)context);
	while (len--)
		test_print("%c", *text++);
}

static const struct mica_output passing = { pass_on, (void *)(uintptr_t)"" };

DEATH(output_hears_a_fault, "mica: block freed twice: %p")
{
	void *p = mica_malloc(100);

	mica_on_output(&passing);
	mica_free(p);
	dies_at(p);
	mica_free(hide(p));
}

#endif
