/* SPDX-License-Identifier: MIT */
/* A list of readings, printed: newlib's malloc, printf and asprintf on mica. */
#include <mica/mica.h>
#include <stdio.h>
#include <stdlib.h>

int asprintf(char **text, const char *format, ...);

struct reading {
	struct reading *next;
	char *text;
};

static struct reading *reading_add(struct reading *list, int value)
{
	struct reading *reading = malloc(sizeof(*reading));

	if (!reading || asprintf(&reading->text, "reading %d", value) < 0)
		abort();
	reading->next = list;
	return reading;
}

int main(void)
{
	struct reading *list = NULL, *next;
	struct mica_stats stats;

	for (int i = 1; i <= 10; i++)
		list = reading_add(list, i * i);
	mica_stats(&stats);
	printf("%s; %u blocks live, all mica's: %s\n", list->text,
	       (unsigned int)stats.live_blocks,
	       mica_owns(list) && mica_owns(list->text) ? "yes" : "no");
	for (; list; list = next) {
		next = list->next;
		free(list->text);
		free(list);
	}
	return mica_check();
}
