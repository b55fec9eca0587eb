/* SPDX-License-Identifier: MIT */
/*
 * Geometry: shifts in, everything else derived, every relation asserted.
 *
 *   granule  alignment of every block
 *   slice    unit of a region; the tag layout counts in bytes
 *   page     blocks of one class; one or more slices
 *   unit     table layout: the address space one region takes
 *
 * Size classes: linear, a granule apart, up to 2^LINEAR_SHIFT bytes; from
 * there 2^CLASS_STEP_SHIFT classes for each doubling, so that rounding up
 * wastes less than an eighth.
 */
#ifndef MICA_CORE_GEOMETRY_H
#define MICA_CORE_GEOMETRY_H

#include <mica/mica.h>
#include "compiler.h"

#define LAYOUT_IS_TABLE (MICA_LAYOUT == MICA_LAYOUT_TABLE)
#define CONTEXT_IS_THREAD (MICA_CONTEXT == MICA_CONTEXT_THREAD)

/*
 * One core, one context: nobody else takes part but interrupts above the
 * guard, and of these only their frees (see solo.h). Tag layout.
 */
#define CONTEXT_IS_SOLO \
	(!CONTEXT_IS_THREAD && MICA_CORES == 1 && !LAYOUT_IS_TABLE)

/* Heaps beside the main one: where pages have an owner, or one core has them all. */
#define HEAPS_SHARED (MICA_HEAPS && !CONTEXT_IS_SOLO)
#define KEEPS_PAGES (MICA_KEEP_PAGES && CONTEXT_IS_SOLO)
#define HEAPS_SOLO (MICA_HEAPS && CONTEXT_IS_SOLO)

/* Contexts that begin and end: threads, and cores that start and stop. */
#define CONTEXT_ENDS \
	(CONTEXT_IS_THREAD || \
	 (MICA_CONTEXT == MICA_CONTEXT_CORE && MICA_CORES > 1))

#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))

#define SLICE_BYTES ((size_t)1 << MICA_SLICE_SHIFT)
#define PAGE_BYTES ((size_t)1 << MICA_PAGE_SHIFT)
#define PAGE_SLICES_SHIFT (MICA_PAGE_SHIFT - MICA_SLICE_SHIFT)

/*
 * The largest block of a class. Table layout: a page holds 8 of it. Tag
 * layout: eight granules, or more by MICA_CLASS_SHIFT, a page holds 7 or more of
 * it; larger pages go on to a 64th of their size.
 */
#define CLASS_BYTES_SHIFT \
	(LAYOUT_IS_TABLE ? MICA_SLICE_SHIFT : \
	 MAX_OF(MIN_OF(MICA_PAGE_SHIFT - 3, MICA_GRANULE_SHIFT + MICA_CLASS_SHIFT), \
		MICA_PAGE_SHIFT - 6))
#define CLASS_BYTES_MAX ((size_t)1 << CLASS_BYTES_SHIFT)

#define CLASS_STEP_SHIFT 3
#define LINEAR_SHIFT \
	(LAYOUT_IS_TABLE ? MICA_GRANULE_SHIFT + 4 : \
	 MIN_OF(MICA_GRANULE_SHIFT + MICA_CLASS_SHIFT, CLASS_BYTES_SHIFT))
#define LINEAR_BYTES ((size_t)1 << LINEAR_SHIFT)
#define LINEAR_CLASSES (1u << (LINEAR_SHIFT - MICA_GRANULE_SHIFT))
#define NR_CLASSES \
	(LINEAR_CLASSES + \
	 ((unsigned int)(CLASS_BYTES_SHIFT - LINEAR_SHIFT) << CLASS_STEP_SHIFT))

/* Slices of the longest page, and of a region at most. */
#define PAGE_SLICES_MAX (LAYOUT_IS_TABLE ? 8u : 1u << PAGE_SLICES_SHIFT)
#define REGION_SLICES_SHIFT \
	(LAYOUT_IS_TABLE ? (unsigned int)MICA_UNIT_SHIFT - MICA_SLICE_SHIFT : \
	 (unsigned int)MICA_REGION_SHIFT - MICA_SLICE_SHIFT)
/* Less one where the shift is all of an address. */
#define REGION_IS_ALL \
	(!LAYOUT_IS_TABLE && MICA_REGION_SHIFT == 32 && MICA_ADDRESS_BITS == 32)
#define REGION_SLICES_MAX \
	(((size_t)1 << REGION_SLICES_SHIFT / 2 \
		    << (REGION_SLICES_SHIFT - REGION_SLICES_SHIFT / 2)) - \
	 REGION_IS_ALL)
/* Runs come in multiples of this; a tag has room for less than the maximum. */
#define RUN_UNIT_BYTES (LAYOUT_IS_TABLE ? SLICE_BYTES : MICA_GRANULE)
#define REGION_BYTES_MAX \
	((REGION_SLICES_MAX + REGION_IS_ALL) * SLICE_BYTES - \
	 (LAYOUT_IS_TABLE ? 0 : MICA_GRANULE))
#define UNIT_BYTES ((size_t)1 << MICA_UNIT_SHIFT)
#define NR_UNITS ((size_t)1 << (MICA_ADDRESS_BITS - MICA_UNIT_SHIFT))

/* Over this, sizes are refused: differences of pointers would overflow. */
#define SIZE_LIMIT ((size_t)PTRDIFF_MAX)
/* So are runs, which are counted in slices of 32 bits. */
#define RUN_BYTES_MAX \
	(REGION_IS_ALL ? SIZE_LIMIT - 4 * MICA_GRANULE : SIZE_LIMIT)
#define ALIGN_LIMIT ((size_t)1 << (MICA_ADDRESS_BITS - 1))

/* Bounds of loops, each named where it is used. */
#define REGION_STEP ((size_t)1 << 16) /* tag layout: asked for beyond a need */
#define ROSTER_TRIES 8u		/* regions of one level tried for a run */
#define REGION_SCAN 32u		/* regions looked at for one run */
#define DRAIN_BUDGET 8u		/* remote runs or listed pages at a time */
#define GATHER_MAX 16u		/* remote blocks spliced into a local list */
#define RESERVE_WAIT 4096u	/* looks while another context reserves */
#define CLAIM_REGIONS 4u	/* regions searched for an abandoned page */

/*
 * What a debugger that reads the memory needs and no type says: see
 * tools/gdb/mica.py. It costs nothing but a line in the debug information.
 */
enum mica_geometry {
	GEOMETRY_TABLE = LAYOUT_IS_TABLE,
	GEOMETRY_SOLO = CONTEXT_IS_SOLO,
	GEOMETRY_THREAD = CONTEXT_IS_THREAD,
	GEOMETRY_GRANULE_SHIFT = MICA_GRANULE_SHIFT,
	GEOMETRY_SLICE_SHIFT = MICA_SLICE_SHIFT,
	GEOMETRY_PAGE_SHIFT = MICA_PAGE_SHIFT,
	GEOMETRY_UNIT_SHIFT = MICA_UNIT_SHIFT,
	GEOMETRY_REGION_SHIFT = MICA_REGION_SHIFT,
	GEOMETRY_LINEAR_SHIFT = LINEAR_SHIFT,
	GEOMETRY_STEP_SHIFT = CLASS_STEP_SHIFT,
	GEOMETRY_CLASSES = NR_CLASSES,
	GEOMETRY_ACCOUNTS = MICA_STATS || LAYOUT_IS_TABLE,
	GEOMETRY_HEAPS = MICA_HEAPS,
	GEOMETRY_VERSION = MICA_VERSION,
	GEOMETRY_CONTEXTS = MICA_CONTEXT,
	GEOMETRY_CORES = MICA_CORES,
	GEOMETRY_HARDEN = MICA_HARDEN,
	GEOMETRY_STEPS = LAYOUT_IS_TABLE ? 8 : 1 << MICA_INDEX_SHIFT, /* INDEX_STEPS of layout.h */
};

_Static_assert(MICA_GRANULE_SHIFT == 3 || MICA_GRANULE_SHIFT == 4,
	       "MICA_GRANULE_SHIFT: 3 or 4");
_Static_assert(MICA_GRANULE >= sizeof(void *), "a block must hold a link");
_Static_assert(LAYOUT_IS_TABLE || MICA_SLICE_SHIFT == 0,
	       "tag layout: MICA_SLICE_SHIFT is 0");
_Static_assert(!LAYOUT_IS_TABLE || MICA_SLICE_SHIFT == 16,
	       "table layout: MICA_SLICE_SHIFT is 16");
_Static_assert(!LAYOUT_IS_TABLE || MICA_PAGE_SHIFT == MICA_SLICE_SHIFT,
	       "table layout: the smallest page is a slice");
_Static_assert(LAYOUT_IS_TABLE ||
	       (MICA_PAGE_SHIFT >= 8 && MICA_PAGE_SHIFT <= 14),
	       "tag layout: MICA_PAGE_SHIFT is 8 to 14");
_Static_assert(LAYOUT_IS_TABLE ||
	       (MICA_REGION_SHIFT >= 10 && MICA_REGION_SHIFT <= 28) ||
	       (MICA_REGION_SHIFT == 32 && MICA_ADDRESS_BITS == 32 &&
		MICA_HEAPS == 0),
	       "MICA_REGION_SHIFT: 10 to 28; or 32, without heaps");
_Static_assert(MICA_CLASS_SHIFT >= 3 && MICA_CLASS_SHIFT <= 5,
	       "MICA_CLASS_SHIFT: 3 to 5");
_Static_assert(MICA_INDEX_SHIFT >= 2 && MICA_INDEX_SHIFT <= 4,
	       "MICA_INDEX_SHIFT: 2 to 4");
_Static_assert(!KEEPS_PAGES || MICA_HEAPS == 0,
	       "MICA_KEEP_PAGES: 0 with MICA_HEAPS");
_Static_assert(MICA_UNIT_SHIFT >= 22 && MICA_UNIT_SHIFT <= 30,
	       "MICA_UNIT_SHIFT: 22 to 30");
_Static_assert(MICA_REGIONS_MAX >= 1 && MICA_REGIONS_MAX <= 8,
	       "MICA_REGIONS_MAX: 1 to 8");
_Static_assert(MICA_PROVIDERS_MAX >= 1 && MICA_PROVIDERS_MAX <= 32,
	       "MICA_PROVIDERS_MAX: 1 to 32");
_Static_assert(MICA_LINE_SHIFT >= 0 && MICA_LINE_SHIFT <= 12,
	       "MICA_LINE_SHIFT: 0 to 12");
_Static_assert(MICA_CORES >= 1, "MICA_CORES: at least 1");
_Static_assert(MICA_CONTEXT >= MICA_CONTEXT_SINGLE &&
	       MICA_CONTEXT <= MICA_CONTEXT_THREAD, "MICA_CONTEXT: 0 to 2");
_Static_assert(MICA_HEAPS >= 0 && MICA_HEAPS <= 65535, "MICA_HEAPS: 0 to 65535");
_Static_assert(!HEAPS_SOLO || MICA_HEAPS <= 255,
	       "one core on the tag layout: MICA_HEAPS is 0 to 255");
_Static_assert(MICA_HEAP_DEPTH >= 1 && MICA_HEAP_DEPTH <= 32,
	       "MICA_HEAP_DEPTH: 1 to 32");
_Static_assert(MICA_DEFERRED == 0 || MICA_DEFERRED == 1,
	       "MICA_DEFERRED: 0 or 1");
_Static_assert(MICA_STATS >= 0 && MICA_STATS <= 2, "MICA_STATS: 0 to 2");
_Static_assert(MICA_HARDEN >= 0 && MICA_HARDEN <= 3, "MICA_HARDEN: 0 to 3");
_Static_assert(MICA_POISON_BYTES >= 0 && MICA_POISON_BYTES <= 1 << 20,
	       "MICA_POISON_BYTES: 0 to 2^20");
_Static_assert(MICA_FREE_ZERO == 0 || (MICA_FREE_ZERO == 1 && MICA_HARDEN >= 2),
	       "MICA_FREE_ZERO: 0, or 1 with MICA_HARDEN 2 or 3");
_Static_assert(MICA_QUARANTINE >= 0 && MICA_QUARANTINE <= 4096,
	       "MICA_QUARANTINE: 0 to 4096");
_Static_assert(MICA_ANNOTATE >= 0 && MICA_ANNOTATE <= 2, "MICA_ANNOTATE: 0 to 2");
_Static_assert(!MICA_ANNOTATE || (LAYOUT_IS_TABLE && MICA_HARDEN == 2 &&
				  !MICA_FREE_ZERO),
	       "MICA_ANNOTATE: table layout, MICA_HARDEN 2, MICA_FREE_ZERO 0");
_Static_assert(MICA_TRACE == 0 || MICA_TRACE == 1, "MICA_TRACE: 0 or 1");
_Static_assert(MICA_SAMPLE_SLOTS >= 8 && MICA_SAMPLE_SLOTS <= 1 << 20 &&
	       (MICA_SAMPLE_SLOTS & (MICA_SAMPLE_SLOTS - 1)) == 0,
	       "MICA_SAMPLE_SLOTS: a power of two, 8 to 2^20");
_Static_assert(LAYOUT_IS_TABLE || (MICA_RARE_BYTES >= 0 &&
	       MICA_RARE_BYTES <= 1 << 24), "MICA_RARE_BYTES: 0 to 2^24");
_Static_assert(MICA_CARVE_BLOCKS >= 1, "MICA_CARVE_BLOCKS: at least 1");
_Static_assert(CLASS_BYTES_SHIFT >= LINEAR_SHIFT, "classes end too early");
_Static_assert(NR_CLASSES <= 255, "a class is one byte");

#endif
