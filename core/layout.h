/* SPDX-License-Identifier: MIT */
/*
 * How bounds are kept: one accessor header a layout, nobody else knows.
 *
 * Both define struct page (the header of a page) and struct runs (the runs
 * of one region: bounds, free links, index, and what finds them from an
 * address), and the same accessors over them; run.h states their contract.
 */
#ifndef MICA_CORE_LAYOUT_H
#define MICA_CORE_LAYOUT_H

#include "block.h"
#include "count.h"
#include "size_class.h"

struct mica_part;

/* A run is named by the index of its first slice; 0 is no run. */
typedef uint32_t slice_t;

enum run_kind {
	RUN_META,	/* the region's own head and end; never a run's first */
	RUN_FREE,	/* in the index of free runs */
	RUN_BLOCK,	/* one block */
	RUN_PAGE,	/* blocks of one class */
	RUN_INSIDE,	/* table layout: not the first slice of a page */
	RUN_DEFERRED,	/* table layout: freed while the region was busy */
	RUN_HELD,	/* taken out by the allocator itself, while purged */
};

/* Two-level index: lists by power of two, each cut in so many. */
#define INDEX_STEP_SHIFT (LAYOUT_IS_TABLE ? 3 : MICA_INDEX_SHIFT)
#define INDEX_STEPS (1u << INDEX_STEP_SHIFT)
_Static_assert(GEOMETRY_STEPS == INDEX_STEPS, "as debuggers know it");
#define INDEX_LEAST_SHIFT (LAYOUT_IS_TABLE ? 3 : 4) /* the first doubling */
#define INDEX_LISTS \
	((REGION_SLICES_SHIFT - INDEX_LEAST_SHIFT + 1) * INDEX_STEPS)
#define INDEX_WORDS ((INDEX_LISTS + 31) / 32)

/*
 * What both layouts' page headers hold. PAGE_SHARED_FIELDS are read, and
 * `remote` and `listed_next` written, by contexts that free its blocks; the
 * others are the owner's alone.
 */
#define PAGE_LIST_FIELDS						\
	struct list local;	/* freed while not current */		\
	struct list *list;	/* where the owner's free pushes */

#define PAGE_QUEUE_FIELDS						\
	struct page *next, *prev; /* queue of the class, a ring */

#define PAGE_FLAGS_FIELD \
	uint8_t flags;		/* enum page_flags */

/* In the table's order. */
#define PAGE_OWN_FIELDS PAGE_LIST_FIELDS PAGE_QUEUE_FIELDS PAGE_FLAGS_FIELD

#if HARDEN_BLOCKS && HEAPS_SHARED
#define PAGE_LEVEL_FIELD uint8_t level;	/* of hardening: its heap's */
#define page_level(page) ((unsigned int)(page)->level)
#define page_set_level(page, l) ((void)((page)->level = (uint8_t)(l)))
#else
#define PAGE_LEVEL_FIELD
#define page_level(page) ((void)(page), (unsigned int)MICA_HARDEN)
#define page_set_level(page, l) ((void)(page), (void)(l))
#endif

#define PAGE_SHARED_FIELDS						\
	uintptr_t part;		/* owner: struct mica_part * */		\
	uintptr_t remote;	/* see remote.h */			\
	struct page *listed_next;					\
	uint16_t carved;						\
	uint16_t capacity;						\
	uint8_t class;

#if MICA_LAYOUT == MICA_LAYOUT_TABLE
#include "layout_table.h"
#include "layout_grow.h"
#else
#include "layout_tag.h"
#endif

#endif
