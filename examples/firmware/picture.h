/* SPDX-License-Identifier: MIT */
/* The heap, drawn; and its statistics. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stdint.h>

/** picture_color() - use terminal colours from now on, or do not */
void picture_color(bool on);

/** picture_heap() - draw where the blocks of each owner lie */
void picture_heap(const char *title);

/** picture_statistics() - print mica_stats(), what is not zero of it */
void picture_statistics(void);

/** text() - print a word */
void text(const char *word);

/** number() - print a number, right-aligned in @width columns */
void number(uint32_t value, unsigned int width);

#endif
