/* SPDX-License-Identifier: MIT */
/* Lines of JSON; what does not fit is cut off, which no reader will take. */
#include <mica/port.h>
#include "line.h"

static void put(struct line *line, const char *text)
{
	while (*text && line->length < LINE_BYTES)
		line->text[line->length++] = *text++;
}

void line_open(struct line *line, const char *bench)
{
	line->length = 0;
	put(line, "{\"bench\":\"");
	put(line, bench);
	put(line, "\"");
}

static void put_key(struct line *line, const char *key)
{
	put(line, ",\"");
	put(line, key);
	put(line, "\":");
}

void line_word(struct line *line, const char *key, const char *value)
{
	put_key(line, key);
	put(line, "\"");
	put(line, value);
	put(line, "\"");
}

void line_number(struct line *line, const char *key, uint32_t value)
{
	char digits[11];
	char *at = digits + sizeof(digits) - 1;

	*at = 0;
	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put_key(line, key);
	put(line, at);
}

void line_close(struct line *line)
{
	put(line, "}\n");
	mica_port_console(line->text, line->length);
}
