/* SPDX-License-Identifier: MIT */
/*
 * Regions: memory handed to mica while the program runs, what kind it is,
 * and blocks of a kind.
 *
 * All of it is optional: a firmware that calls none of this has none of it.
 * mica.h includes this header.
 */
#ifndef MICA_REGION_H
#define MICA_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/mica.h>
#include <mica/provider.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is wrong, of the calls below; 0 is good. */
enum mica_error {
	MICA_ERROR_INVALID = -1,	/* NULL, an unknown bit, no such thing */
	MICA_ERROR_SMALL = -2,		/* no room for a head and a block */
	MICA_ERROR_OVERLAP = -3,	/* some of it is mica's already */
	MICA_ERROR_FULL = -4,		/* a table is full: see MICA_REGIONS_MAX */
	MICA_ERROR_UNKNOWN = -5,	/* no such region, or option */
	MICA_ERROR_BUSY = -6,		/* blocks live in it */
	MICA_ERROR_REFUSED = -7,	/* the provider did */
};

/**
 * mica_region_add() - hand over a span of memory
 * @base: where it begins
 * @bytes: how much it is
 * @attributes: enum mica_attribute, or 0
 *
 * The head of the region lies at the start of the span, a few hundred bytes
 * (mica_region_get() tells); the rest serves blocks from now on. The content
 * is overwritten. Requests without attributes take from regions in the order
 * in which they came; one that comes after another was taken back may take
 * that one's place.
 *
 * Tag layout: MICA_REGIONS_MAX spans of any size and alignment; of one over
 * 2^MICA_REGION_SHIFT bytes the end is left alone. Table layout: whole
 * slices of 64 KiB inside one unit (MICA_UNIT_SHIFT), where no other region
 * lies; of a span that crosses units the part in the first one is used.
 *
 * Context: any task. Cost: clearing the head.
 * Return: 0, or an enum mica_error, and nothing has changed.
 */
MICA_API int mica_region_add(void *base, size_t bytes, uint32_t attributes);

/* What memory that is reserved or handed over is to be. */
enum mica_region_flags {
	/* only heaps bound to it (struct mica_heap_setup) take from it */
	MICA_REGION_EXCLUSIVE = 1u << 0,
	/* all of it is committed now, not as it is used */
	MICA_REGION_COMMIT = 1u << 1,
	/* large pages of the MMU are asked for, as MICA_OPTION_HUGE_PAGES 2 does */
	MICA_REGION_HUGE = 1u << 2,
	MICA_REGION_FLAGS = (1u << 3) - 1,
};

/**
 * struct mica_region_setup - how; all zero is shared, and committed as it is used
 * @attributes: enum mica_attribute, beside the provider's
 * @flags: enum mica_region_flags
 * @provider: mica_reserve(): who is asked, NULL: the port's. mica_manage(): whose
 *	commit(), decommit(), advise() and release() serve this memory, and whose
 *	flags and granule tell of it (reserve() is not called); NULL: the memory is
 *	there, and stays. Must stay as it is while the memory is mica's
 */
struct mica_region_setup {
	uint32_t attributes;
	uint32_t flags;
	const struct mica_provider *provider;
};

/**
 * mica_manage() - hand over memory of any size, as an arena
 * @base: where it begins
 * @bytes: how much it is
 * @setup: NULL, or how
 *
 * As mica_region_add(), but all of a span that crosses units is used, in each a
 * region with a head of its own (some 0.2 %), and it may be had for some heaps
 * alone, and be committed and decommitted by callbacks. A heap is bound to all
 * of it by @base, and mica_region_remove(@base) takes back all of it or nothing.
 * No block is larger than what a region has.
 *
 * Context: any task. Cost: clearing the heads; regions, times units.
 * Return: 0; or an enum mica_error, and nothing has changed but for content:
 * MICA_ERROR_INVALID (NULL, unknown bits, exclusive where there are no heaps, a
 * granule that does not fit), MICA_ERROR_SMALL, MICA_ERROR_OVERLAP,
 * MICA_ERROR_FULL, or MICA_ERROR_REFUSED (commit() did).
 */
MICA_API int mica_manage(void *base, size_t bytes,
			 const struct mica_region_setup *setup);

/**
 * mica_reserve() - reserve memory ahead, as an arena
 * @bytes: how much, heads and all; more than 0
 * @setup: NULL, or how
 * @base: NULL, or where is written what a heap is bound by, and what
 *	mica_region_remove() takes
 *
 * The provider is asked once for all of it. Requests take from it before more is
 * asked for. Tag layout: it is one region, of the size that the provider gives;
 * where the port has a table of spans, the next of these.
 *
 * Context: any task. Cost: as mica_manage(), and what the provider takes.
 * Return: 0; or as mica_manage(), and nothing has changed: MICA_ERROR_REFUSED is
 * also that reserve() did, or gave what was not asked for: misaligned, too small,
 * or mica's already.
 */
MICA_API int mica_reserve(size_t bytes, const struct mica_region_setup *setup,
			  void **base);

enum {
	MICA_NODE_ANY = -1,		/* whichever the system takes */
	MICA_NODE_INTERLEAVE = -2,	/* one page a node, in turn */
};

/**
 * struct mica_huge_setup - which large pages, and where; all zero: 1 GiB, on node 0
 * @page_bytes: of one; a power of two of 64 KiB and more that the system has, as
 *	2 MiB or 1 GiB. 0: 1 GiB
 * @node: number of a NUMA node, or one of the two above
 * @nodes: MICA_NODE_INTERLEAVE: the first so many; 0: all
 * @timeout_ms: no page is asked for when so much time has passed; 0: no limit
 * @only: large pages or nothing
 * @attributes, @flags: as struct mica_region_setup has them
 */
struct mica_huge_setup {
	size_t page_bytes;
	int node;
	unsigned int nodes;
	unsigned int timeout_ms;
	bool only;
	uint32_t attributes;
	uint32_t flags;
};

/**
 * mica_reserve_huge() - reserve large pages that the system sets aside, as an arena
 * @pages: how many, more than 0
 * @setup: NULL: pages of 1 GiB on any node; or which
 * @got: NULL, or where is written how many there are
 * @base: NULL, or as of mica_reserve()
 *
 * On Linux these are the pages of hugetlbfs, of which the administrator says how
 * many there are. They are backed at once, and never purged. Fewer than @pages,
 * for want of them or of time, is a warning, and the arena is so much smaller. If
 * there is none, as much is reserved in pages as they are, with transparent
 * large ones asked for, unless @only.
 *
 * Context: any task. Cost: as mica_manage(); clearing all of it.
 * Return: 0; MICA_ERROR_INVALID (no pages, a size that is none, a node below
 * MICA_NODE_INTERLEAVE, unknown bits) or as mica_reserve(), and nothing has
 * changed, *@got and *@base neither.
 */
MICA_API int mica_reserve_huge(size_t pages, const struct mica_huge_setup *setup,
			       size_t *got, void **base);

/**
 * mica_reserve_by_options() - what MICA_OPTION_RESERVE_... say, once
 *
 * The hosted libraries do this before main(). What is not to be had is a warning.
 *
 * Context: tasks. Cost: as mica_reserve() and mica_reserve_huge().
 * Return: how many arenas were reserved.
 */
MICA_API unsigned int mica_reserve_by_options(void);

/**
 * mica_region_remove() - take a region back whose blocks are all free
 * @base: where the span began that was handed over, or that a provider gave
 *
 * Empty pages that mica keeps in it do not count as blocks. A provider's
 * span goes back to that provider by release(), if it has one. While that is
 * at work the region is not there; if it refuses, the region is back before
 * this returns, what slept (mica_banks_sleep()) sleeping on.
 *
 * Context: any task. One core: interrupts may allocate and free meanwhile.
 * Several cores, or threads: none of the others may be in a call of mica.
 * Cost: as mica_collect(true).
 * Return: 0; or an enum mica_error, and the region is there as before:
 * MICA_ERROR_INVALID (NULL), MICA_ERROR_UNKNOWN, MICA_ERROR_BUSY, or
 * MICA_ERROR_REFUSED (release() did).
 */
MICA_API int mica_region_remove(void *base);

/**
 * mica_provider_add() - register another source of memory
 * @provider: how to get it; must stay as it is from now on
 *
 * Providers are asked, in the order of their registration, when memory runs
 * out and the port's own source has no more; or at once by a request that
 * prefers or requires their attributes. None is ever taken back, but
 * mica_region_remove() releases what one gave.
 *
 * Context: any task. Cost: constant; it is not asked yet.
 * Return: 0, or MICA_ERROR_INVALID (NULL, no reserve(), unknown attributes,
 * a granule that is no power of two, registered already) or MICA_ERROR_FULL
 * (MICA_PROVIDERS_MAX).
 */
MICA_API int mica_provider_add(const struct mica_provider *provider);

/**
 * struct mica_region - what there is to know of one region
 * @base, @bytes: the span, as it was handed over or came from a provider,
 *	whether its banks are awake or sleep
 * @head_bytes: of it, what is not for blocks
 * @attributes: enum mica_attribute
 * @provider: its name; NULL if the span was handed over
 * @arena: the span that mica_region_remove() and struct mica_heap_setup know it by,
 *	from its first byte: this one, or that of mica_manage() or mica_reserve(),
 *	of which it is a part
 * @exclusive: MICA_REGION_EXCLUSIVE
 */
struct mica_region {
	void *base;
	size_t bytes;
	size_t head_bytes;
	uint32_t attributes;
	const char *provider;
	struct mica_span arena;
	bool exclusive;
};

/**
 * mica_region_get() - look at the regions there are
 * @index: 0, 1 ...; numbers change when a region is taken back
 * @region: filled in
 *
 * Context: any. Cost: constant on the tag layout.
 * Return: false, there is no such region.
 */
MICA_API bool mica_region_get(size_t index, struct mica_region *region);

/**
 * mica_malloc_attr() - allocate a block of a kind of memory
 * @size: bytes wanted
 * @require: enum mica_attribute; the block has all of these
 * @prefer: enum mica_attribute; as many of these as can be had
 *
 * The order of fallback: regions and then providers that have all that is
 * required and all that is preferred; the same with one preferred attribute
 * fewer, and so on to none; then NULL. Among equals the region or provider
 * that came first is first. A provider is asked for a new region.
 *
 * The block is a run of its own: on the table layout it takes at least
 * 64 KiB. If MICA_DMA or MICA_NONCOHERENT is required it fills whole lines of
 * 2^MICA_LINE_SHIFT bytes, that it shares with nothing else.
 *
 * Context: as mica_malloc(). Cost: regions and providers, times the number
 * of attributes preferred; mica_free() frees the block.
 * Return: the block, or NULL.
 */
MICA_API __attribute__((malloc, warn_unused_result))
void *mica_malloc_attr(size_t size, uint32_t require, uint32_t prefer);

/**
 * mica_aligned_attr() - mica_malloc_attr() with an alignment
 * @align: a power of two, up to half the address space
 */
MICA_API __attribute__((malloc, warn_unused_result))
void *mica_aligned_attr(size_t size, size_t align, uint32_t require,
			uint32_t prefer);

/**
 * mica_realloc_attr() - change the size of a block, keeping its kind
 * @p: a live block, or NULL
 * @size: new size in bytes
 * @align: a power of two that the block is aligned to, moved or not
 * @require: attributes that the block has, moved or not
 *
 * Return: as mica_realloc(): NULL on failure, and @p is live and unchanged.
 */
MICA_API __attribute__((warn_unused_result))
void *mica_realloc_attr(void *p, size_t size, size_t align, uint32_t require);

/** mica_attributes() - of the region that @p lies in; 0 if it is not mica's */
MICA_API uint32_t mica_attributes(const void *p);

#ifdef __cplusplus
}
#endif
#endif
