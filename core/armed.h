/* SPDX-License-Identifier: MIT */
/*
 * Armed: malloc and free at MICA_HARDEN 2 and 3, around the engine's.
 *
 * malloc asks the engine for a fence more and puts it up. free looks at all
 * that can be wrong before anything is changed, so that the call can be dropped,
 * marks the block as freed, and hands it on. All of it is outside the guard.
 *
 * Level 3: free fills what was freed with a pattern, and lets it wait in
 * quarantine; the pattern is compared when a block leaves that, and again when
 * malloc gets it.
 */
#ifndef MICA_CORE_ARMED_H
#define MICA_CORE_ARMED_H

#include "fence.h"
#include "locate.h"

void *armed_malloc(size_t size) __internal;
void armed_free(void *p) __internal;

/*
 * @p, new from the engine and asked for with @size bytes, is a program's from
 * now on. NULL stays NULL. Return: @p.
 */
void *armed_open(void *p, size_t size) __internal;

/* locate(), and all that can be known of a block. */
enum fault armed_locate(const void *p, struct location *at) __internal;

/* Bytes that were asked for, of a block in which all is in order. */
size_t armed_size(const void *p, const struct location *at) __internal;

/* The block at @p, of @old bytes, has @size from now on, and room for them. */
void armed_resize(void *p, struct location *at, size_t old,
		  size_t size) __internal;

/* Bytes that the block could have without moving. */
size_t armed_room(const struct location *at) __internal;

/* Is the block at @p, which the engine has given out, in quarantine? */
bool armed_is_freed(const void *p) __internal;

/* Free for good what waits. Return: was there any? */
bool armed_collect(void) __internal;

#endif
