// SPDX-License-Identifier: MIT
/*
 * The calculator of docs/sizing.md: `make sizing LOAD="32x100 200x10"`.
 *
 * It is built for this machine with the settings, and the width, of the chip,
 * so that every constant is the core's own.
 */
#include <stdio.h>
#include <stdlib.h>
#include "core/geometry.h"

#if CONTEXT_IS_SOLO

#include "sizing.h"

#define KINDS_MOST 64
#define COUNT_MOST 1000000u

static void refuse(const char *word, const char *why)
{
	fprintf(stderr, "sizing: %s: %s\n", word, why);
	exit(2);
}

/* A number from 1 up at *@text, then @end. */
static size_t number(const char *word, const char **text, char end)
{
	char *after;
	unsigned long value = strtoul(*text, &after, 10);

	if (**text < '0' || **text > '9' || *after != end)
		refuse(word, "not like 32x100, or 4096@16-256");
	if (!value || value > REGION_BYTES_MAX)
		refuse(word, "out of range");
	*text = after + (end != '\0');
	return value;
}

static void print_settings(void)
{
	printf("%zu bit, granule %zu, pages of %zu for blocks up to %zu\n\n",
	       8 * sizeof(void *), MICA_GRANULE, PAGE_BYTES, CLASS_BYTES_MAX);
}

static void print_row(const char *what, size_t bytes, size_t asked)
{
	size_t span = sizing_span(bytes);

	if (!span) {
		printf("%-38s  more than a region of 2^%d bytes\n", what,
		       MICA_REGION_SHIFT);
		return;
	}
	printf("%-38s %9zu %9zu %8zu %%\n", what, bytes, span,
	       100 * asked / span);
}

static void print_head(void)
{
	printf("\n%-38s %9s %9s %10s\n", "enough", "for runs", "arena",
	       "asked for");
}

/* ---- kinds --------------------------------------------------------------------- */

static void print_apart(const struct sizing_load *load)
{
	size_t runs = 0, spans = 0, span, k;

	for (k = 0; k < load->nr; k++) {
		span = sizing_span(sizing_apart(&load->kinds[k]));
		if (!span)
			return;
		runs += sizing_apart(&load->kinds[k]);
		spans += span;
	}
	printf("%-38s %9zu %9zu %8zu %%\n", "for certain, a region for each kind",
	       runs, spans, 100 * sizing_asked(load) / spans);
}

static void print_kinds(const struct sizing_load *load)
{
	const struct sizing_kind *kind;
	size_t asked = sizing_asked(load), k;

	print_settings();
	printf("%9s %9s %9s %9s %9s\n", "size", "count", "bytes", "run", "hole");
	for (k = 0; k < load->nr; k++) {
		kind = &load->kinds[k];
		printf("%9zu %9zu %9zu %9zu %9zu\n", kind->size, kind->count,
		       kind->size * kind->count, sizing_run(kind->size),
		       sizing_hole(kind->size));
	}
	printf("%9s %9zu %9zu\n", "all", sizing_blocks(load), asked);
	print_head();
	print_row("if nothing is freed", sizing_kept(load), asked);
	print_row("as a rule", sizing_usual(load), asked);
	print_row("for certain, in any order", sizing_certain(load), asked);
	print_apart(load);
}

static void main_kinds(char **words)
{
	static struct sizing_kind kinds[KINDS_MOST];
	struct sizing_load load = { kinds, 0 };
	const char *text;
	size_t k;

	for (; *words; words++) {
		text = *words;
		if (load.nr == KINDS_MOST)
			refuse(*words, "too many kinds");
		kinds[load.nr].size = number(*words, &text, 'x');
		kinds[load.nr].count = number(*words, &text, '\0');
		if (kinds[load.nr].count > COUNT_MOST)
			refuse(*words, "out of range");
		for (k = 0; k < load.nr; k++)
			if (kinds[k].size == kinds[load.nr].size)
				refuse(*words, "this size came already");
		load.nr++;
	}
	print_kinds(&load);
}

/* ---- a range -------------------------------------------------------------------- */

static void print_doublings(const struct sizing_range *range)
{
	size_t low = range->least, runs = 0, spans = 0, span;
	struct sizing_kind kind;

	printf("\n%-15s %6s %6s %9s %9s\n", "a region for", "as", "count",
	       "for runs", "arena");
	while (low <= range->largest) {
		kind = sizing_doubling(range, low);
		span = sizing_span(sizing_apart(&kind));
		if (!span)
			return;
		printf("%6zu to %5zu %6zu %6zu %9zu %9zu\n", low, kind.size,
		       kind.size, kind.count, sizing_apart(&kind), span);
		runs += sizing_apart(&kind);
		spans += span;
		low = kind.size + 1;
	}
	printf("%-29s %9zu %9zu %8zu %%\n", "all, for certain", runs, spans,
	       100 * range->most / spans);
}

static void main_range(const char *word)
{
	struct sizing_range range;
	const char *text = word;

	range.most = number(word, &text, '@');
	range.least = number(word, &text, '-');
	range.largest = number(word, &text, '\0');
	if (range.least > range.largest || range.largest > range.most)
		refuse(word, "out of range");
	print_settings();
	printf("at most %zu bytes live, in blocks of %zu to %zu\n", range.most,
	       range.least, range.largest);
	print_head();
	print_row("if nothing is freed", sizing_range_kept(&range), range.most);
	print_row("as a rule", sizing_range_usual(&range), range.most);
	print_row("for certain, in any order", sizing_range_certain(&range),
		  range.most);
	print_doublings(&range);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		refuse("LOAD", "empty: try LOAD=\"32x100 200x10\" or LOAD=4096@16-256");
	if (argc == 2 && __builtin_strchr(argv[1], '@'))
		main_range(argv[1]);
	else
		main_kinds(argv + 1);
	return 0;
}

#else

int main(void)
{
	fprintf(stderr, "sizing: for one core on the tag layout only\n");
	return 2;
}

#endif
