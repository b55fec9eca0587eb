// SPDX-License-Identifier: MIT
/*
 * Text without a libc, and without a division: 64-bit ones would be calls of
 * the compiler's library on a 32-bit CPU.
 */
#include <mica/output.h>
#include "text.h"

#define DIGITS 20	/* of 2^64 - 1 */

void text_begin(struct text *text, const struct mica_output *to)
{
	text->to = output_or_own(to);
	text->column = 0;
	text->len = 0;
}

void text_flush(struct text *text)
{
	if (text->len)
		text->to->write(text->to->context, text->line, text->len);
	text->len = 0;
}

static void text_char(struct text *text, char c)
{
	text->line[text->len++] = c;
	text->column = c == '\n' ? 0 : text->column + 1;
	if (c == '\n' || text->len == TEXT_LINE)
		text_flush(text);
}

void text_put(struct text *text, const char *string)
{
	while (*string)
		text_char(text, *string++);
}

void text_json(struct text *text, const char *string)
{
	text_char(text, '"');
	for (; *string; string++)
		if (*string >= ' ' && *string < 0x7f && *string != '"' &&
		    *string != '\\')
			text_char(text, *string);
	text_char(text, '"');
}

void text_pad(struct text *text, size_t column)
{
	while (text->column < column)
		text_char(text, ' ');
}

/* Powers of ten; each digit is found by at most nine subtractions. */
static const uint64_t powers[DIGITS] = {
	10000000000000000000u, 1000000000000000000u, 100000000000000000u,
	10000000000000000u, 1000000000000000u, 100000000000000u,
	10000000000000u, 1000000000000u, 100000000000u, 10000000000u,
	1000000000u, 100000000u, 10000000u, 1000000u, 100000u, 10000u, 1000u,
	100u, 10u, 1u,
};

void text_number(struct text *text, uint64_t value, size_t width)
{
	size_t k = 0;
	char digit;

	while (k < DIGITS - 1 && value < powers[k])
		k++;
	if (width > DIGITS - k)
		text_pad(text, text->column + width - (DIGITS - k));
	for (; k < DIGITS; k++) {
		for (digit = '0'; value >= powers[k]; digit++)
			value -= powers[k];
		text_char(text, digit);
	}
}

void text_signed(struct text *text, long value)
{
	if (value < 0)
		text_char(text, '-');
	text_number(text, value < 0 ? 0 - (unsigned long)value :
				      (unsigned long)value, 0);
}
