/* SPDX-License-Identifier: MIT */
/*
 * Options: settings that can be changed while the program runs.
 *
 * On hosts they are read once at the program's start from the environment, too:
 * the name in capitals after MICA_, as in `MICA_SHOW_STATS=1 ./program`, or, if
 * that is not set, after MIMALLOC_ (docs/mimalloc.md has what differs). None
 * costs anything on the shortest ways of malloc and free. A firmware that
 * calls none of this has none of it. mica.h includes this header.
 */
#ifndef MICA_OPTION_H
#define MICA_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <mica/mica.h>

#ifdef __cplusplus
extern "C" {
#endif

/* mica_option_info() tells default, range and unit of each in this build. */
enum mica_option {
	MICA_OPTION_SHOW_ERRORS,  /* write a line for a fault */
	MICA_OPTION_SHOW_STATS,   /* statistics at exit: 1 as text, 2 as JSON */
	MICA_OPTION_VERBOSE,      /* 0: faults, 1: and warnings, 2: all */
	MICA_OPTION_PURGE_DELAY,  /* a free run stays committed; -1: for ever */
	MICA_OPTION_PURGE_BUDGET, /* provider calls a heartbeat may purge by */
	MICA_OPTION_PURGE_SLACK,  /* committed beyond the peak and an eighth */
	MICA_OPTION_PURGE_DECOMMITS, /* 1: purge by decommit, 0: by reset */
	MICA_OPTION_PURGE_MINIMAL, /* a smaller free run is not purged */
	MICA_OPTION_EAGER_COMMIT, /* 1: a region as a whole, 0: what is used */
	MICA_OPTION_HUGE_PAGES,	  /* transparent: 0 never, 1 system's way, 2 ask */
	MICA_OPTION_RESERVE_MEMORY, /* before main(): as mica_reserve() */
	MICA_OPTION_RESERVE_HUGE_PAGES, /* large pages of 1 GiB ... */
	MICA_OPTION_RESERVE_LARGE_PAGES, /* ... and of 2 MiB */
	MICA_OPTION_RESERVE_NODE, /* where: MICA_NODE_ANY ... */
	MICA_OPTION_GUARD_SAMPLE, /* of so many blocks one is guarded; 0: none */
	MICA_OPTION_GUARD_LEAST,  /* bytes of a block that may be, at least */
	MICA_OPTION_SNAPSHOT,	/* at exit: MICA_SNAPSHOT=FILE, see snapshot.h */
	MICA_OPTIONS		  /* how many there are */
};

/**
 * mica_option_get() - the value of an option
 * @option: enum mica_option
 *
 * Context: any. Cost: constant.
 * Return: the value; 0 if there is no such option.
 */
MICA_API long mica_option_get(enum mica_option option);

/**
 * mica_option_set() - change an option
 * @option: enum mica_option
 * @value: within the option's range
 *
 * Takes effect with the next decision that it concerns. MICA_OPTION_SHOW_ERRORS
 * has none where MICA_OUTPUT_HOOKS is 0; MICA_OPTION_SHOW_STATS
 * and _SNAPSHOT where programs do not end.
 *
 * Context: any. Cost: constant.
 * Return: 0; MICA_ERROR_INVALID and nothing changed, if there is no such
 * option or the value is out of range.
 */
MICA_API int mica_option_set(enum mica_option option, long value);

/**
 * mica_option_set_default() - change an option that nobody has set
 * @option: enum mica_option
 * @value: within the option's range
 *
 * What a program prefers, and its user's environment may overrule.
 *
 * Context: any. Cost: constant.
 * Return: as mica_option_set(); 0 also if it was set before and stays.
 */
MICA_API int mica_option_set_default(enum mica_option option, long value);

/** mica_option_enable() - mica_option_set() to 1, or to 0 */
MICA_API int mica_option_enable(enum mica_option option, bool on);

/**
 * mica_option_find() - an option by its name
 * @name: as in "purge_delay"; capitals do not matter
 *
 * Context: any. Cost: options.
 * Return: enum mica_option; MICA_ERROR_UNKNOWN, or MICA_ERROR_INVALID for
 * NULL.
 */
MICA_API int mica_option_find(const char *name);

/**
 * struct mica_option_info - all there is to know of an option
 * @name: in small letters; the environment has it in capitals after MICA_
 * @unit: of the value: "ms", "KiB" ...; "" for a plain number
 * @what: what it does
 * @value: now
 * @initial: before anybody changed it
 * @least, @most: the range; both the same where it has no effect
 */
struct mica_option_info {
	const char *name;
	const char *unit;
	const char *what;
	long value;
	long initial;
	long least, most;
};

/**
 * mica_option_info() - look at an option
 * @option: enum mica_option
 * @info: filled in
 *
 * Context: any. Cost: constant.
 * Return: false, and nothing is filled in: no such option, or NULL.
 */
MICA_API bool mica_option_info(enum mica_option option,
			       struct mica_option_info *info);

struct mica_output;

/**
 * mica_options_print() - list all options, a line each
 * @to: where the text goes; NULL: where all text goes
 *
 * Context: tasks. Cost: options, and what writing costs.
 * Return: 0; MICA_ERROR_INVALID and nothing printed, if @to has no write().
 */
MICA_API int mica_options_print(const struct mica_output *to);

/**
 * mica_option_parse() - change an option by a text
 * @setting: "name=value", with or without MICA_ before the name. The value
 *	is a number, one of on, yes, true, off, no, false, or nothing,
 *	which is 1; a K, M or G behind the number multiplies by 2^10, 2^20 or
 *	2^30, and of an option in KiB means such bytes. Of MICA_SNAPSHOT any
 *	other text is a file's name, and 1
 *
 * Context: any. Cost: options, length of the text.
 * Return: 0; MICA_ERROR_UNKNOWN, no such option; MICA_ERROR_INVALID, no such
 * value, NULL, or no "="; nothing has changed then.
 */
MICA_API int mica_option_parse(const char *setting);

/**
 * mica_options_read() - take the settings out of an environment
 * @environment: texts as "NAME=value", then NULL; those that do not begin with
 *	MICA_ are passed over. NULL: there is none
 *
 * A value that is no good leaves its option as it is and is a warning; a name
 * that is no option is told only when MICA_VERBOSE is 2, as it may be
 * somebody else's. The hosted libraries do this once, before main(), and with
 * MICA_VERBOSE 2 list all options then.
 *
 * Context: tasks. Cost: the texts.
 * Return: how many settings were taken.
 */
MICA_API unsigned int mica_options_read(char *const *environment);

#ifdef __cplusplus
}
#endif
#endif
