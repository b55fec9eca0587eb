/* SPDX-License-Identifier: MIT */
/*
 * Text: lines put together in a buffer of the caller's, and handed on one by
 * one. Nothing is allocated; what is longer than the buffer goes in pieces.
 */
#ifndef MICA_CORE_TEXT_H
#define MICA_CORE_TEXT_H

#include "output.h"

#define TEXT_LINE 128u

struct text {
	const struct mica_output *to;
	size_t column;			/* of the line, also of what went already */
	size_t len;			/* in the buffer */
	char line[TEXT_LINE];
};

/* @to: NULL for where all text goes. */
void text_begin(struct text *text, const struct mica_output *to) __internal;

/* Hand on what is in the buffer. */
void text_flush(struct text *text) __internal;

/* A newline hands the line on. */
void text_put(struct text *text, const char *string) __internal;

/* Blanks up to @column. */
void text_pad(struct text *text, size_t column) __internal;

/* Decimal, right-justified in @width; 0: as it is. */
void text_number(struct text *text, uint64_t value, size_t width) __internal;
void text_signed(struct text *text, long value) __internal;

/* As a string of JSON: what would end it, or is no ASCII, is left out. */
void text_json(struct text *text, const char *string) __internal;

#endif
