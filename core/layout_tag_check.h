/* SPDX-License-Identifier: MIT */
/*
 * Tag layout: is what lies before an address a tag? The answer is no more than
 * likely: check bits, size, place and what follows agree, or do not.
 */
#ifndef MICA_CORE_LAYOUT_TAG_CHECK_H
#define MICA_CORE_LAYOUT_TAG_CHECK_H

/* The bits that a tag of a run in use at @i would not have: none is sound. */
static __always_inline uint32_t tag_fault(uint32_t tag, slice_t i)
{
	return (tag ^ i >> TAG_CHECK_SHIFT) &
	       (TAG_CHECK_MASK | TAG_FREE |
		(TAG_IS_FULL ? TAG_HELD : 0));
}

/*
 * Full tags have next to no check bits. What lies behind the run must look like a tag,
 * and agree on whether this one is free.
 */
static __always_inline bool tag_ends_well(const struct runs *r, uint32_t tag,
					  slice_t end)
{
	uint32_t next;

	if (!TAG_IS_FULL)
		return true;
	next = *run_tag(r, end);
	return (next & TAG_HELD || !(tag_fault(next, end) & TAG_CHECK_MASK)) &&
	       !(next & TAG_PREV_FREE) == !(tag & TAG_FREE) &&
	       tag_slices(next) <= r->end - end;
}

/*
 * The run whose block is at @address: RUN_BLOCK, or what is there instead.
 * A tag is believed only if its check bits, size and end agree.
 */
static inline enum run_kind run_of_block(struct runs *r, uintptr_t address,
					 slice_t *i)
{
	uint32_t tag;
	slice_t n;

	*i = run_at(r, address);
	if (*i < r->first_slice)
		return RUN_META;
	tag = tag_load(run_tag(r, *i));
	n = tag_slices(tag);
	if (tag_fault(tag, *i) & ~(uint32_t)TAG_FREE || n < RUN_MIN_SLICES ||
	    n > r->end - *i || !tag_ends_well(r, tag, *i + n))
		return RUN_META;
	return tag & TAG_FREE ? RUN_FREE : RUN_BLOCK;
}

#endif
