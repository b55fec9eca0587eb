/* SPDX-License-Identifier: MIT */
/*
 * The names that mimalloc's users have in their environment.
 *
 * MIMALLOC_X=value is read as MICA_X=value, unless MICA_X is set as well. Where
 * mimalloc's name or value means something else than mica's of that name, a
 * row says what. The texts are put together here, since there is no malloc
 * to speak of yet, and then read as any other setting: with the same warnings.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/mica.h>
#include "alias.h"

#define ALIASES 32
#define ALIAS_BYTES 96

/*
 * What the one has in front of the other is read as: pairs of a value and what
 * it becomes, '+' being any number above 0. What no pair names stays.
 */
static const struct alias {
	const char *from, *to;	/* NULL: there is no such thing here */
	const char *values;
} aliases[] = {
	{ "show_stats", "show_stats", "+1" },	/* 2 would be JSON */
	{ "verbose", "verbose", "+2" },		/* 1 would be warnings only */
	{ "minimal_purge_size", "purge_minimal", "" },
	{ "arena_eager_commit", "eager_commit", "20" },	/* where it is free */
	{ "eager_commit", NULL, "" },		/* of segments */
	{ "allow_thp", "huge_pages", "+1" },
	{ "allow_large_os_pages", "huge_pages", "+201" },
	{ "reserve_huge_os_pages", "reserve_huge_pages", "" },
	{ "reserve_huge_os_pages_at", "reserve_node", "" },
	{ "reserve_os_memory", "reserve_memory", "" },
	{ "guarded_sample_rate", "guard_sample", "" },
	{ "guarded_min", "guard_least", "" },
	/* Their names before. */
	{ "reset_delay", "purge_delay", "" },
	{ "reset_decommits", "purge_decommits", "" },
	{ "eager_region_commit", "eager_commit", "20" },
	{ "large_os_pages", "huge_pages", "+201" },
};

static char alias_small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* What of @text follows @word, capitals or not; NULL: it does not begin so. */
static const char *alias_after(const char *text, const char *word)
{
	for (; *word; text++, word++)
		if (alias_small(*text) != alias_small(*word))
			return NULL;
	return text;
}

/* The setting of @name up to a '=', after the prefix; or NULL. */
static const char *alias_value(const char *setting, const char *prefix,
			    const char *name)
{
	setting = alias_after(setting, prefix);
	if (!setting)
		return NULL;
	for (; *name && *name != '='; name++, setting++)
		if (alias_small(*setting) != alias_small(*name))
			return NULL;
	return *setting == '=' ? setting + 1 : NULL;
}

static bool alias_is_set(char *const *environment, const char *name)
{
	for (; *environment; environment++)
		if (alias_value(*environment, "mica_", name))
			return true;
	return false;
}

/* The row for the setting @name=value; NULL: there is none. */
static const struct alias *alias_row(const char *name)
{
	size_t k;

	for (k = 0; k < sizeof(aliases) / sizeof(*aliases); k++)
		if (alias_value(name, "", aliases[k].from))
			return &aliases[k];
	return NULL;
}

/* Does it switch something on, whatever the number? */
static bool alias_is_on(const char *value)
{
	static const char *const on[] = { "", "on", "yes", "true" };
	const char *end;
	size_t k;

	for (k = 0; k < sizeof(on) / sizeof(*on); k++) {
		end = alias_after(value, on[k]);
		if (end && !*end)
			return true;
	}
	while (*value == '0')
		value++;
	for (end = value; *end >= '0' && *end <= '9'; end++)
		;
	return end != value && !*end;
}

/* The one letter that @value becomes; NULL: it stays as it is. */
static const char *alias_becomes(const char *values, const char *value)
{
	for (; *values; values += 2) {
		if (*values == '+' ? alias_is_on(value) :
				     *value == *values && !value[1])
			return values + 1;
	}
	return NULL;
}

/* Up to @most letters. Return: the end; NULL, there is no room. */
static char *alias_put(char *at, const char *end, const char *text, size_t most)
{
	for (; at && most && *text && at < end; most--)
		*at++ = *text++;
	return at && at < end ? at : NULL;
}

/* The name that @name=value, which @row may be of, has here; up to a '='. */
static const char *alias_name(const struct alias *row, const char *name)
{
	return row ? row->to : name;
}

/* MICA_<name> as @text. Return: is it one? */
static bool alias_translate(char *const *environment, const char *setting, char *text)
{
	const char *name = alias_after(setting, "mimalloc_"), *value = name;
	const char *end = text + ALIAS_BYTES, *to, *letter;
	const struct alias *row;
	char *at;

	if (!name)
		return false;
	while (*value && *value != '=')
		value++;
	row = alias_row(name);
	to = alias_name(row, name);
	if (!*value || !to || alias_is_set(environment, to))
		return false;
	at = alias_put(text, end, "MICA_", SIZE_MAX);
	at = alias_put(at, end, to, row ? SIZE_MAX : (size_t)(value - name));
	at = alias_put(at, end, "=", 1);
	letter = alias_becomes(row ? row->values : "", value + 1);
	at = alias_put(at, end, letter ? letter : value + 1,
		       letter ? 1 : SIZE_MAX);
	if (at)
		*at = '\0';
	return at;
}

void mica_aliases_read(char *const *environment)
{
	char texts[ALIASES][ALIAS_BYTES], *settings[ALIASES + 2];
	char *const *at;
	size_t n = 0;

	for (at = environment; at && *at; at++) {
		if (n < ALIASES && alias_translate(environment, *at, texts[n])) {
			settings[n] = texts[n];
			n++;
		}
	}
	if (!n)
		return;
	/* How much is said of them is MICA_VERBOSE's to say, if it is there. */
	for (at = environment; *at; at++)
		if (alias_value(*at, "mica_", "verbose"))
			settings[n] = *at;
	settings[alias_is_set(environment, "verbose") ? n + 1 : n] = NULL;
	mica_options_read(settings);
}
