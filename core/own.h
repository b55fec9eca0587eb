/* SPDX-License-Identifier: MIT */
/*
 * A part's cache of its own pages: slice number -> list that free pushes on.
 *
 * The tag is the address rotated right by the granule and shifted to the
 * slice, so that an address that is misaligned has a tag that no slice has.
 * Only pages of one slice are entered. Slot 0 begins as ~0, so that NULL
 * misses too. Table layout; the tag layout finds pages without a cache.
 */
#ifndef MICA_CORE_OWN_H
#define MICA_CORE_OWN_H

#include "part.h"

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

/*
 * A deferred hook that comes makes others wipe the tags. Whatever is read is
 * right then; a relaxed load, which the thread sanitizer wants to see, cannot
 * be the operand of a compare and would cost each free an instruction.
 */
#ifdef __SANITIZE_THREAD__
#define own_tag_read(tag) load_relaxed(tag)
#else
#define own_tag_read(tag) (*(tag))
#endif

static __always_inline uintptr_t own_tag_of(uintptr_t address)
{
	return rotate_right(address, MICA_GRANULE_SHIFT) >>
	       (MICA_SLICE_SHIFT - MICA_GRANULE_SHIFT);
}

/* The list that the owner's free of @address pushes on. Return: known? */
static __always_inline bool own_find(struct mica_part *part, uintptr_t address,
				     struct list **list)
{
	uintptr_t tag = own_tag_of(address);
	unsigned int slot = tag & (OWN_SLOTS - 1);

	if (unlikely(own_tag_read(&part->own_tag[slot]) != tag))
		return false;
	*list = part->own_list[slot];
	return true;
}

static inline void own_forget(struct mica_part *part, struct page *page)
{
	uintptr_t tag;

	tag = own_tag_of(page_start(page));
	if (own_tag_read(&part->own_tag[tag & (OWN_SLOTS - 1)]) == tag)
		store_relaxed(&part->own_tag[tag & (OWN_SLOTS - 1)],
			      ~(uintptr_t)0);
}

#if HARDEN_BLOCKS

/* In place of a block's bytes, more than a page has: it is level 1. */
#define OWN_PLAIN ((uint32_t)1 << 30)

static inline void own_set_shape(struct mica_part *part, unsigned int slot,
				 const struct page *page)
{
	struct class_shape *shape = &part->own_shape[slot];

	*shape = mica_class_shapes[page->class];
	if (page_level(page) < 2)
		shape->bytes = OWN_PLAIN;
}

/* A block, as far as that can be seen, of a page at level 1. */
static __always_inline bool own_is_plain(struct mica_part *part,
					 uintptr_t address)
{
	unsigned int slot = own_tag_of(address) & (OWN_SLOTS - 1);
	struct list *list;

	return MICA_HEAPS && own_find(part, address, &list) &&
	       part->own_shape[slot].bytes == OWN_PLAIN;
}

/* The same as own_find(), and *@room: where alone a block can begin, as such. */
static __always_inline bool own_find_block(struct mica_part *part,
					   uintptr_t address,
					   struct list **list, size_t *room)
{
	uint32_t offset = (uint32_t)(address & (SLICE_BYTES - 1));
	const struct class_shape *shape;

	if (!own_find(part, address, list))
		return false;
	shape = &part->own_shape[own_tag_of(address) & (OWN_SLOTS - 1)];
	*room = shape->bytes;
	return likely(shape_divides(shape, offset)) &&
	       likely(offset + shape->bytes <= SLICE_BYTES);
}

#else

static inline void own_set_shape(struct mica_part *part, unsigned int slot,
				 const struct page *page)
{
	(void)part, (void)slot, (void)page;
}

#endif

/* With a deferred hook nothing is entered: see heartbeat.h. */
static inline void own_set(struct mica_part *part, struct page *page)
{
	uintptr_t tag;

	if (class_page_slices(page->class) > 1 ||
	    (HARDEN_CONTENT && page_level(page) >= 3))
		return;		/* whose free takes a longer way */
	tag = own_tag_of(page_start(page));
	store_relaxed(&part->own_tag[tag & (OWN_SLOTS - 1)], tag);
	part->own_list[tag & (OWN_SLOTS - 1)] = page->list;
	own_set_shape(part, tag & (OWN_SLOTS - 1), page);
	if (HEARTBEAT_DIVERTS && unlikely(heartbeat_is_on()))
		own_forget(part, page);
}


#else

/* The first region's bounds and one byte find the page; it knows its list. */
static __always_inline bool own_find(struct mica_part *part, uintptr_t address,
				     struct list **list)
{
	struct runs *r = load_acquire(&mica_map[0]);
	struct page *page;

	if (unlikely(!r || !runs_hold(r, address) ||
		     address & (MICA_GRANULE - 1) || !cell_is_page(r, address)))
		return false;
	page = page_around(address);
	if (part_is_idle(part) ||
	    load_relaxed(&page->part) != (uintptr_t)part)
		return false;
	*list = page->list;
	return true;
}

static inline void own_set(struct mica_part *part, struct page *page)
{
	(void)part;
	(void)page;
}

static inline void own_forget(struct mica_part *part, struct page *page)
{
	(void)part;
	(void)page;
}

#endif

#endif
