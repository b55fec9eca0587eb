/* SPDX-License-Identifier: MIT */
/* mica's text, a piece with its length, to mimalloc's functions of text. */
#ifndef MICA_COMPAT_MIMALLOC_TEXT_H
#define MICA_COMPAT_MIMALLOC_TEXT_H

#include <stddef.h>
#include <mica/output.h>
#include "mimalloc.h"

struct mi_text {
	mi_output_fun *out;
	void *arg;
};

/* As write() of struct mica_output: @context is a struct mi_text. */
void mi_text_write(void *context, const char *text, size_t len)
	__attribute__((visibility("hidden")));

/* What @print prints goes to @out; NULL: where all text goes. */
void mi_print(int (*print)(const struct mica_output *to), mi_output_fun *out,
	      void *arg) __attribute__((visibility("hidden")));

/* One line to @out; NULL: where all text goes. */
void mi_line(mi_output_fun *out, void *arg, const char *line)
	__attribute__((visibility("hidden")));

#endif
