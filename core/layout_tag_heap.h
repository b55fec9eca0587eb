/* SPDX-License-Identifier: MIT */
/*
 * A block that is a heap's has one word less: the last of its run, before the
 * next tag, is the heap's number. Where it is 0 again the block is the main
 * heap's, and no larger for that. On one core alone, two links lie before the
 * word: the heap's runs are on a list, so that who ends it looks at no other
 * (run_list.c).
 *
 * Part of layout_tag.h.
 */
#ifndef MICA_CORE_LAYOUT_TAG_HEAP_H
#define MICA_CORE_LAYOUT_TAG_HEAP_H

#define RUN_HEAP_LINKS (HEAPS_SOLO ? 2 * sizeof(uintptr_t) : 0)
#define RUN_HEAP_BYTES ((unsigned int)(TAG_BYTES + RUN_HEAP_LINKS))

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

/* One core: the addresses of a run's neighbours on the list of its heap; or 0. */
struct run_links {
	uintptr_t next, prev;
};

static inline struct run_links *run_heap_links(const struct runs *r, slice_t i)
{
	return (struct run_links *)run_heap_word(r, i) - 1;
}

/* One core: on the list of its heap, whose word is set; and off it. */
void run_list_join(struct runs *r, slice_t i) __internal;
void run_list_leave(struct runs *r, slice_t i) __internal;

/*
 * @number 0: it had one, and anybody may say so; else under the region's lock,
 * whose holder writes tags.
 */
static inline void run_set_heap(struct runs *r, slice_t i, unsigned int number)
{
	if (!MICA_HEAPS || (!number && !run_has_heap(r, i)))
		return;
	if (HEAPS_SOLO && run_heap(r, i))
		run_list_leave(r, i);
	tag_store(run_heap_word(r, i), number);
	if (!number)
		return;
	tag_store(run_tag(r, i), *run_tag(r, i) | TAG_HEAP);
	if (HEAPS_SOLO)
		run_list_join(r, i);
}

/* What is to be kept over a change of the run's bounds; ~0: nothing. */
static inline uint32_t run_heap_kept(struct runs *r, slice_t i)
{
	if (HEAPS_SOLO && run_heap(r, i))
		run_list_leave(r, i);
	return run_has_heap(r, i) ? tag_load(run_heap_word(r, i)) : ~(uint32_t)0;
}

static inline void run_keep_heap(struct runs *r, slice_t i, uint32_t kept)
{
	if (!MICA_HEAPS || kept == ~(uint32_t)0)
		return;
	tag_store(run_heap_word(r, i), kept);
	tag_store(run_tag(r, i), *run_tag(r, i) | TAG_HEAP);
	if (HEAPS_SOLO && kept)
		run_list_join(r, i);
}

#endif
