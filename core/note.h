/* SPDX-License-Identifier: MIT */
/*
 * Notes: what valgrind's memcheck, or AddressSanitizer, is told of blocks in a
 * build with MICA_ANNOTATE. In any other this is nothing.
 *
 * The program may touch the bytes that it asked for, of blocks that live. What
 * lies behind them, fences, free blocks and those not handed out yet it may not.
 * The size that was asked for is what the fence tells, so such a build is one
 * with MICA_HARDEN 2, and even a block that is full to its end has a fence to
 * run into.
 *
 * The core reads and writes links and fences there all the same: in functions
 * that say NOTE_QUIETLY, between note_hush() and note_talk(). All else of its
 * own lies where no block ever does.
 */
#ifndef MICA_CORE_NOTE_H
#define MICA_CORE_NOTE_H

#include <mica/config.h>
#include "compiler.h"

#if MICA_ANNOTATE

#include <mica/annotate.h>

#define NOTE_QUIETLY MICA_TELL_QUIETLY

static inline void note_hush(void)
{
	MICA_TELL_HUSH();
}

static inline void note_talk(void)
{
	MICA_TELL_TALK();
}

/* Nobody's, until they are given. */
static inline void note_hide(void *p, size_t bytes)
{
	MICA_TELL_HIDDEN(p, bytes);
}

/* A block of @room was asked for with @size bytes; their content is undefined. */
static inline void note_given(void *p, size_t size, size_t room)
{
	MICA_TELL_HIDDEN((char *)p + size, room - size);
	MICA_TELL_BLOCK(p, size);
}

/* @size bytes are zero that nobody wrote. */
static inline void note_zeroed(void *p, size_t size)
{
	MICA_TELL_WRITTEN(p, size);
}

static inline void note_resized(void *p, size_t old, size_t size, size_t room)
{
	if (old > room)
		MICA_TELL_HIDDEN((char *)p + room, old - room);
	MICA_TELL_RESIZED(p, old, size);
	MICA_TELL_HIDDEN((char *)p + size, room - size);
}

static inline void note_freed(void *p, size_t room)
{
	(void)room;
	MICA_TELL_GONE(p, room);
}

/* It is no block's from now on, and whose it is may use it. */
static inline void note_show(void *p, size_t bytes)
{
	MICA_TELL_SHOWN(p, bytes);
}

/* Memory of a provider's comes, and goes: its blocks may hold pointers. */
static inline void note_got(void *p, size_t bytes)
{
	MICA_TELL_ROOT(p, bytes);
}

static inline void note_gives_back(void *p, size_t bytes)
{
	MICA_TELL_SHOWN(p, bytes);
	MICA_TELL_NO_ROOT(p, bytes);
}

#else

#define NOTE_QUIETLY __always_inline

static __always_inline void note_hush(void)
{
}

static __always_inline void note_talk(void)
{
}

static __always_inline void note_hide(void *p, size_t bytes)
{
	(void)p, (void)bytes;
}

static __always_inline void note_given(void *p, size_t size, size_t room)
{
	(void)p, (void)size, (void)room;
}

static __always_inline void note_zeroed(void *p, size_t size)
{
	(void)p, (void)size;
}

static __always_inline void note_resized(void *p, size_t old, size_t size,
					 size_t room)
{
	(void)p, (void)old, (void)size, (void)room;
}

static __always_inline void note_freed(void *p, size_t room)
{
	(void)p, (void)room;
}

static __always_inline void note_show(void *p, size_t bytes)
{
	(void)p, (void)bytes;
}

static __always_inline void note_got(void *p, size_t bytes)
{
	(void)p, (void)bytes;
}

static __always_inline void note_gives_back(void *p, size_t bytes)
{
	(void)p, (void)bytes;
}

#endif

struct mica_heap;

/* All blocks of @heap go, which ends: each is told of. Cost: a visit. */
#if MICA_ANNOTATE && MICA_HEAPS
void note_destroyed(const struct mica_heap *heap) __internal;
#else
static __always_inline void note_destroyed(const struct mica_heap *heap)
{
	(void)heap;
}
#endif

#endif
