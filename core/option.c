// SPDX-License-Identifier: MIT
/*
 * Options: values, ranges, names, and settings as text.
 *
 * A value is one word, read relaxed where it decides something; whoever sets
 * it needs no lock. The texts lie apart, so that who only reads or sets an
 * option by number does not link them.
 */
#include <mica/mica.h>
#include "option.h"
#include "text.h"

#define X(id, name, initial, least, most, unit, what) initial,
long mica_option_values[] = { OPTIONS(X) };
#undef X

static uint8_t option_was_set[MICA_OPTIONS];

static const struct {
	long initial, least, most;
} option_ranges[] = {
#define X(id, name, initial, least, most, unit, what) \
	[MICA_OPTION_##id] = { initial, least, most },
	OPTIONS(X)
#undef X
};

static const struct {
	const char *name, *unit, *what;
} option_texts[] = {
#define X(id, name, initial, least, most, unit, what) \
	[MICA_OPTION_##id] = { name, unit, what },
	OPTIONS(X)
#undef X
};

_Static_assert(ARRAY_SIZE(option_ranges) == MICA_OPTIONS &&
	       ARRAY_SIZE(mica_option_values) == MICA_OPTIONS,
	       "every option has a row");
_Static_assert(MICA_PURGE_DELAY_MS >= -1 && MICA_PURGE_DELAY_MS <= 86400000,
	       "MICA_PURGE_DELAY_MS: -1 to 86400000");
_Static_assert(MICA_PURGE_BUDGET >= 0 && MICA_PURGE_BUDGET <= 1 << 20,
	       "MICA_PURGE_BUDGET: 0 to 2^20");
_Static_assert(MICA_PURGE_SLACK_KIB >= 0 && MICA_PURGE_SLACK_KIB <= 1 << 21,
	       "MICA_PURGE_SLACK_KIB: 0 to 2^21");

static bool option_exists(enum mica_option option)
{
	return (size_t)option < MICA_OPTIONS;
}

static bool option_may_be(enum mica_option option, long value)
{
	return option_exists(option) &&
	       value >= option_ranges[option].least &&
	       value <= option_ranges[option].most;
}

long mica_option_get(enum mica_option option)
{
	return option_exists(option) ?
		load_relaxed(&mica_option_values[option]) : 0;
}

int mica_option_set(enum mica_option option, long value)
{
	if (!option_may_be(option, value))
		return MICA_ERROR_INVALID;
	store_relaxed(&option_was_set[option], 1);
	store_relaxed(&mica_option_values[option], value);
	return 0;
}

int mica_option_set_default(enum mica_option option, long value)
{
	if (!option_may_be(option, value))
		return MICA_ERROR_INVALID;
	if (!load_relaxed(&option_was_set[option]))
		store_relaxed(&mica_option_values[option], value);
	return 0;
}

int mica_option_enable(enum mica_option option, bool on)
{
	return mica_option_set(option, on);
}

bool mica_option_info(enum mica_option option, struct mica_option_info *info)
{
	if (!option_exists(option) || !info)
		return false;
	info->name = option_texts[option].name;
	info->unit = option_texts[option].unit;
	info->what = option_texts[option].what;
	info->value = mica_option_get(option);
	info->initial = option_ranges[option].initial;
	info->least = option_ranges[option].least;
	info->most = option_ranges[option].most;
	return true;
}

/* ---- as text ------------------------------------------------------------------- */

static char letter_small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Does @text begin with @word, capitals or not? Return: what follows, or NULL. */
static const char *text_after(const char *text, const char *word)
{
	for (; *word; text++, word++)
		if (letter_small(*text) != *word)
			return NULL;
	return text;
}

/* The option whose name @text begins with and @end comes after; or none. */
static int option_named(const char *text, char end)
{
	const char *after;
	int k;

	for (k = 0; k < MICA_OPTIONS; k++) {
		after = text_after(text, option_texts[k].name);
		if (after && *after == end)
			return k;
	}
	return MICA_ERROR_UNKNOWN;
}

int mica_option_find(const char *name)
{
	return name ? option_named(name, '\0') : MICA_ERROR_INVALID;
}

static const struct {
	const char *word;
	long value;
} option_words[] = {
	{ "", 1 }, { "on", 1 }, { "yes", 1 }, { "true", 1 },
	{ "off", 0 }, { "no", 0 }, { "false", 0 },
};

/* The power of two that a letter behind a number stands for; -1: none. */
static int unit_shift(char letter, bool kib)
{
	switch (letter_small(letter)) {
	case '\0':
		return 0;
	case 'k':
		return kib ? 0 : 10;
	case 'm':
		return kib ? 10 : 20;
	case 'g':
		return kib ? 20 : 30;
	default:
		return -1;
	}
}

/* Return: false, it is no number that a long holds. */
static bool number_parse(const char *text, bool kib, long *value)
{
	bool negative = *text == '-';
	long n = 0;
	int shift;

	text += negative;
	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(n, 10L, &n) ||
		    __builtin_add_overflow(n, (long)(*text - '0'), &n))
			return false;
	shift = unit_shift(*text, kib);
	if (shift < 0 || (*text && text[1]) || n > __LONG_MAX__ >> shift)
		return false;
	n = n << shift;
	*value = negative ? -n : n;
	return true;
}

static bool value_parse(int option, const char *text, long *value)
{
	const char *after;
	size_t k;

	for (k = 0; k < ARRAY_SIZE(option_words); k++) {
		after = text_after(text, option_words[k].word);
		if (after && !*after) {
			*value = option_words[k].value;
			return true;
		}
	}
	/* A file's name switches it on; whoever opens the file knows it. */
	*value = 1;
	return number_parse(text, option_texts[option].unit[0] == 'K', value) ||
	       option_texts[option].unit[0] == 'f';
}

/* Names that others gave to the same settings would be looked for here, too. */
static const char *setting_name(const char *setting)
{
	return text_after(setting, "mica_");
}

int mica_option_parse(const char *setting)
{
	const char *name, *value = setting;
	int option;
	long number;

	while (value && *value && *value != '=')
		value++;
	if (!value || !*value)
		return MICA_ERROR_INVALID;
	name = setting_name(setting);
	option = option_named(name ? name : setting, '=');
	if (option < 0)
		return option;
	if (!value_parse(option, value + 1, &number))
		return MICA_ERROR_INVALID;
	return mica_option_set((enum mica_option)option, number);
}

/* ---- an environment ------------------------------------------------------------- */

static void setting_warn(const char *setting, int error)
{
	bool unknown = error == MICA_ERROR_UNKNOWN;
	const struct mica_output *to = output_for_warning(unknown ? 2 : 1);
	struct text text;

	if (!to)
		return;
	text_begin(&text, to);
	text_put(&text, unknown ? "mica: no such option: " :
				  "mica: warning: no value of that option: ");
	text_put(&text, setting);
	text_put(&text, "\n");
}

unsigned int mica_options_read(char *const *environment)
{
	char *const *at;
	unsigned int taken = 0;
	int error;

	/* How much is said of the others is to be known first. */
	for (at = environment; at && *at; at++)
		if (text_after(*at, "mica_verbose="))
			mica_option_parse(*at);
	for (at = environment; at && *at; at++) {
		if (!setting_name(*at))
			continue;
		error = mica_option_parse(*at);
		if (error)
			setting_warn(*at, error);
		taken += !error;
	}
	return taken;
}

/* ---- a list --------------------------------------------------------------------- */

static void option_print(struct text *text, const struct mica_option_info *o)
{
	text_put(text, o->name);
	text_pad(text, 22);
	text_signed(text, o->value);
	text_put(text, *o->unit ? " " : "");
	text_put(text, o->unit);
	text_pad(text, 35);
	text_put(text, "(");
	text_signed(text, o->initial);
	text_put(text, "; ");
	text_signed(text, o->least);
	text_put(text, " to ");
	text_signed(text, o->most);
	text_put(text, ")");
	text_pad(text, 56);
	text_put(text, " ");
	text_put(text, o->what);
	text_put(text, "\n");
}

int mica_options_print(const struct mica_output *to)
{
	struct mica_option_info info;
	struct text text;
	int k;

	if (to && !to->write)
		return MICA_ERROR_INVALID;
	text_begin(&text, to);
	for (k = 0; mica_option_info((enum mica_option)k, &info); k++)
		option_print(&text, &info);
	return 0;
}
