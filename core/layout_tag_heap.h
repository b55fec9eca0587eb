/* SPDX-License-Identifier: MIT */
/*
 * A block that is a heap's has one word less: the last of its run, before the
 * next tag, is the heap's number. Where it is 0 again the block is the main
 * heap's, and no larger for that.
 *
 * Part of layout_tag.h.
 */
#ifndef MICA_CORE_LAYOUT_TAG_HEAP_H
#define MICA_CORE_LAYOUT_TAG_HEAP_H

#define RUN_HEAP_BYTES ((unsigned int)TAG_BYTES)

static inline uint32_t *run_heap_word(const struct runs *r, slice_t i)
{
	return run_tag(r, i + run_slices(r, i)) - 1;
}

static inline bool run_has_heap(const struct runs *r, slice_t i)
{
	return MICA_HEAPS && tag_load(run_tag(r, i)) & TAG_HEAP;
}

static inline unsigned int run_heap(const struct runs *r, slice_t i)
{
	return run_has_heap(r, i) ? tag_load(run_heap_word(r, i)) : 0;
}

/* @number 0: it had one. */
static inline void run_set_heap(struct runs *r, slice_t i, unsigned int number)
{
	if (!MICA_HEAPS || (!number && !run_has_heap(r, i)))
		return;
	tag_store(run_heap_word(r, i), number);
	if (number)
		tag_store(run_tag(r, i), *run_tag(r, i) | TAG_HEAP);
}

/* What is to be kept over a change of the run's bounds; ~0: nothing. */
static inline uint32_t run_heap_kept(const struct runs *r, slice_t i)
{
	return run_has_heap(r, i) ? tag_load(run_heap_word(r, i)) : ~(uint32_t)0;
}

static inline void run_keep_heap(struct runs *r, slice_t i, uint32_t kept)
{
	if (!MICA_HEAPS || kept == ~(uint32_t)0)
		return;
	tag_store(run_heap_word(r, i), kept);
	tag_store(run_tag(r, i), *run_tag(r, i) | TAG_HEAP);
}

#endif
