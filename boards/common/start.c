/* SPDX-License-Identifier: MIT */
/*
 * From reset to main(): .data is copied, .bss cleared, the command line cut
 * at blanks, constructors run. The arena above .bss is left as it was found.
 */
#include <stdint.h>
#include "board_io.h"

#define LINE_BYTES 256
#define WORDS_MAX 16

extern uint32_t board_data_start[], board_data_end[], board_data_load[];
extern uint32_t board_bss_start[], board_bss_end[];
extern void (*const board_init_start[])(void), (*const board_init_end[])(void);

void board_reset(void);

static void memory_prepare(void)
{
	const uint32_t *load = board_data_load;

	for (uint32_t *to = board_data_start; to < board_data_end; to++)
		*to = *load++;
	for (uint32_t *to = board_bss_start; to < board_bss_end; to++)
		*to = 0;
}

/* C++'s, and C's of that attribute; before them, what is in .preinit_array. */
static void constructors_run(void)
{
	for (void (*const *init)(void) = board_init_start;
	     init < board_init_end; init++)
		(*init)();
}

/* Words beyond WORDS_MAX are dropped; argv[] ends with a NULL as in C. */
static int words_split(char *line, char **argv)
{
	int argc = 0;

	while (*line && argc < WORDS_MAX) {
		if (*line == ' ') {
			*line++ = 0;
			continue;
		}
		argv[argc++] = line;
		while (*line && *line != ' ')
			line++;
	}
	if (*line)
		*line = 0;
	argv[argc] = NULL;
	return argc;
}

void board_reset(void)
{
	static char line[LINE_BYTES];
	static char *argv[WORDS_MAX + 1];

	memory_prepare();
	constructors_run();
	board_command_line(line, sizeof(line));
	board_exit(main(words_split(line, argv), argv));
}
