/* SPDX-License-Identifier: MIT */
/* A printf of fifteen conversions less than the real one, without a libc. */
#include "harness.h"

#include <stdarg.h>
#include <mica/port.h>

#define LINE_BYTES 80

/* What is being printed: one buffer, one console write for most lines. */
struct line {
	char text[LINE_BYTES];
	size_t len;
};

static void put_char(struct line *line, char c)
{
	if (line->len == LINE_BYTES) {
		mica_port_console(line->text, line->len);
		line->len = 0;
	}
	line->text[line->len++] = c;
}

static void put_string(struct line *line, const char *s)
{
	while (*s)
		put_char(line, *s++);
}

static void put_number(struct line *line, uintmax_t value, unsigned int base)
{
	char digits[3 * sizeof(value)];
	size_t n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (n)
		put_char(line, digits[--n]);
}

static void put_signed(struct line *line, int value)
{
	if (value < 0)
		put_char(line, '-');
	put_number(line, value < 0 ? -(uintmax_t)value : (uintmax_t)value, 10);
}

/* Prints one conversion and returns the address of its last character. */
static const char *put_value(struct line *line, const char *f, va_list *args)
{
	unsigned int base = 10;
	uintmax_t value;

	if (f[0] == 'z') {
		value = va_arg(*args, size_t);
		f++;
	} else if (f[0] == 'l' && f[1] == 'l') {
		value = va_arg(*args, unsigned long long);
		f += 2;
	} else {
		value = va_arg(*args, unsigned int);
	}
	if (*f == 'x')
		base = 16;
	put_number(line, value, base);
	return f;
}

static const char *put_any(struct line *line, const char *f, va_list *args)
{
	switch (*f) {
	case '%':
		put_char(line, '%');
		return f;
	case 'c':
		put_char(line, (char)va_arg(*args, int));
		return f;
	case 's':
		put_string(line, va_arg(*args, const char *));
		return f;
	case 'd':
		put_signed(line, va_arg(*args, int));
		return f;
	case 'p':
		put_string(line, "0x");
		put_number(line, (uintptr_t)va_arg(*args, void *), 16);
		return f;
	default:
		return put_value(line, f, args);
	}
}

void test_print(const char *format, ...)
{
	struct line line;
	va_list args;

	line.len = 0;
	va_start(args, format);
	for (const char *f = format; *f; f++) {
		if (*f == '%')
			f = put_any(&line, f + 1, &args);
		else
			put_char(&line, *f);
	}
	va_end(args);
	mica_port_console(line.text, line.len);
}
