/* SPDX-License-Identifier: MIT */
/* One line of JSON, put together and sent to the console. */
#ifndef CHIP_LINE_H
#define CHIP_LINE_H

#include <stddef.h>
#include <stdint.h>

#define LINE_BYTES 256

struct line {
	char text[LINE_BYTES];
	size_t length;
};

/** line_open() - begin a line with {"bench":"@bench" */
void line_open(struct line *line, const char *bench);

/** line_word() - append ,"@key":"@value" */
void line_word(struct line *line, const char *key, const char *value);

/** line_number() - append ,"@key":@value */
void line_number(struct line *line, const char *key, uint32_t value);

/** line_close() - append } and send the line */
void line_close(struct line *line);

#endif
