/* SPDX-License-Identifier: MIT */
/* What a board has, for the port of chips in a process: two spans, a console. */
#include <mica/mica.h>
#include <mica/port.h>
#include <unistd.h>

void board_console(const char *text, size_t len);
void board_exit(int status);

static char first[5 << 10], second[(64 << 10) + 5];

const struct mica_span *mica_arena_spans(void)
{
	static const struct mica_span spans[] = {
		{ first, sizeof(first) }, { second + 3, sizeof(second) - 3 },
		{ NULL, 0 },
	};

	return spans;
}

void board_console(const char *text, size_t len)
{
	if (write(STDERR_FILENO, text, len) < 0)
		_exit(2);
}

void board_exit(int status)
{
	_exit(status);
}
