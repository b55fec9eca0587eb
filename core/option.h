/* SPDX-License-Identifier: MIT */
/*
 * Options: the one table of them, and the word that holds each value.
 *
 * X(identifier, name, initial, least, most, unit, what it does). What has no
 * effect in a build has a range of one value there.
 */
#ifndef MICA_CORE_OPTION_H
#define MICA_CORE_OPTION_H

#include <mica/option.h>
#include "atomic.h"
#include "geometry.h"

#define PURGES(value) (LAYOUT_IS_TABLE ? (value) : 0)

#define GUARDS(value) (MICA_HARDEN >= 3 && LAYOUT_IS_TABLE ? (value) : 0)

#define OPTIONS(X)							\
	X(SHOW_ERRORS, "show_errors", 1, 0, 1, "",			\
	  "write a line for a fault")					\
	X(SHOW_STATS, "show_stats", 0, 0, 2, "",			\
	  "statistics at exit: 1 as text, 2 as JSON")			\
	X(VERBOSE, "verbose", 1, 0, 2, "",				\
	  "0: faults only, 1: and warnings, 2: and information")	\
	X(PURGE_DELAY, "purge_delay", PURGES(MICA_PURGE_DELAY_MS),	\
	  PURGES(-1), PURGES(86400000), "ms",				\
	  "how long a free run stays committed; -1: for ever")		\
	X(PURGE_BUDGET, "purge_budget", PURGES(MICA_PURGE_BUDGET), 0,	\
	  PURGES(1 << 20), "calls",					\
	  "provider calls that one heartbeat may purge by")		\
	X(PURGE_SLACK, "purge_slack", PURGES(MICA_PURGE_SLACK_KIB), 0,	\
	  PURGES(1 << 21), "KiB",					\
	  "may stay committed beyond the peak and an eighth of it")	\
	X(PURGE_DECOMMITS, "purge_decommits", PURGES(1), 0, PURGES(1), "",	\
	  "1: purge by decommit, 0: by reset, where a provider can")	\
	X(PURGE_MINIMAL, "purge_minimal", 0, 0, PURGES(1 << 20), "KiB",	\
	  "a smaller free run is not purged by itself")			\
	X(EAGER_COMMIT, "eager_commit", 0, 0, PURGES(1), "",		\
	  "1: commit all of a region when it comes, 0: what is used")	\
	X(HUGE_PAGES, "huge_pages", PURGES(1), 0, PURGES(2), "",	\
	  "transparent ones: 0 never, 1 as the system does, 2 ask for them") \
	X(RESERVE_MEMORY, "reserve_memory", 0, 0, PURGES(1 << 30), "KiB", \
	  "reserved at the start")					\
	X(RESERVE_HUGE_PAGES, "reserve_huge_pages", 0, 0, PURGES(1 << 16), \
	  "", "pages of 1 GiB reserved at the start")			\
	X(RESERVE_LARGE_PAGES, "reserve_large_pages", 0, 0,		\
	  PURGES(1 << 20), "", "pages of 2 MiB reserved at the start")	\
	X(RESERVE_NODE, "reserve_node", PURGES(-1), PURGES(-2),		\
	  PURGES(1023), "", "node of these; -1: any, -2: one a node, in turn")	\
	X(GUARD_SAMPLE, "guard_sample", GUARDS(MICA_GUARD_SAMPLE), 0,	\
	  GUARDS(1 << 30), "",						\
	  "of so many blocks one ends at a guard page; 0: none")	\
	X(GUARD_LEAST, "guard_least", 0, 0, GUARDS(1 << 30), "",	\
	  "the fewest bytes of a block that may")			\
	X(SNAPSHOT, "snapshot", 0, 0, MICA_HOSTED ? 1 : 0, "file",	\
	  "what lies in the heap at exit, as JSON, into the file named")

/* Indexed by enum mica_option. */
extern long mica_option_values[] __internal;

#define option_value(name) \
	load_relaxed(&mica_option_values[MICA_OPTION_##name])

#endif
