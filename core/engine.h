/* SPDX-License-Identifier: MIT */
/*
 * The engine of malloc and free: one for builds in which several contexts
 * take part, one for a single core on the tag layout. The rest of the core
 * is written against what both define:
 *
 *	engine_malloc(size), engine_free(p)
 *		all of mica_malloc() and mica_free()
 *	page_used(), page_carved(), page_free_list() ...
 *		what checks and statistics ask of a page
 */
#ifndef MICA_CORE_ENGINE_H
#define MICA_CORE_ENGINE_H

#include "large.h"
#include "part.h"

/* Count a trip through a slow path; now and then, purge. */
void engine_beat(struct mica_part *part) __internal;

/* Give back what this context keeps for later. */
void engine_collect(void) __internal;

/*
 * At most @budget units of the same, a guarded section each. Return: how many
 * there were; fewer than @budget: there is no more.
 */
unsigned int engine_tick(unsigned int budget) __internal;

/* large_alloc(), and if that fails, once more with what pages keep. */
struct large_block large_alloc_or_trim(const struct large_want *want) __internal;

#if CONTEXT_IS_SOLO
#include "solo.h"
#else
#include "shared.h"
#endif

#endif
