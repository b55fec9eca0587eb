/* SPDX-License-Identifier: MIT */
/* Contexts begin, end and fork; part.h has the theory of what they own. */
#ifndef MICA_CORE_CONTEXT_H
#define MICA_CORE_CONTEXT_H

#include "part.h"

/*
 * The calling thread's part; in its first call a new one, whose begin hook
 * is called. Return: NULL when there is no memory for a part.
 */
struct mica_part *context_begin(void) __internal;

/* The first of all parts, for statistics and checks; then part->next. */
struct mica_part *part_first(void) __internal;

/* One that has ended, without a page, for a heap. Cost: PART_LOOKS. */
struct mica_part *part_reuse_bare(void) __internal;

/* It has ended: the next context, or heap, gets it. */
void part_keep(struct mica_part *part) __internal;

/* A new part; memory that never goes. Return: NULL if there is none. */
struct mica_part *part_new(void) __internal;
void *context_memory(size_t bytes) __internal;

/* Inside the guard: settle and abandon what @part has, but for full pages. */
void part_abandon(struct mica_part *part) __internal;

/* Nobody has it any more: abandon its pages; the next context gets the part. */
void part_end(struct mica_part *part) __internal;

/* Is it one of them? Cost: contexts. */
static inline bool part_exists(const struct mica_part *part)
{
	struct mica_part *p = part_first();

	while (p && p != part)
		p = part_next(p);
	return p;
}

/* Is at @address one of them, or what one keeps in a run of its own? */
static inline bool part_keeps(uintptr_t address)
{
	struct mica_part *p = part_first();

	while (p && (uintptr_t)p != address && part_table(p) != address)
		p = part_next(p);
	return p;
}

/* Fork: hold, and let go of, what context_begin() and _end() share. */
void context_lock(void) __internal;
void context_unlock(void) __internal;

/*
 * Is this the child of a fork that left threads behind? One of them may have
 * been about to account for what it took.
 */
bool context_is_fork(void) __internal;

#endif
