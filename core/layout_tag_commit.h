/* SPDX-License-Identifier: MIT */
/*
 * Tag layout: memory is there as a whole, committed with its region, and no
 * run waits for a purge. What is decommitted by and by is a held run: bank.h.
 */
#ifndef MICA_CORE_LAYOUT_TAG_COMMIT_H
#define MICA_CORE_LAYOUT_TAG_COMMIT_H

/* ---- commit: a region's memory is committed as a whole ----------------------- */

static inline slice_t run_set_committed(struct runs *r, slice_t i, slice_t n,
					bool on)
{
	(void)r, (void)i, (void)n, (void)on;
	return 0;
}

static inline slice_t run_next_stretch(const struct runs *r, slice_t *i,
				       slice_t n, bool on)
{
	(void)r;
	(void)i;
	return on ? n : 0;
}

/* Slices committed, kept and counted: all of them. */
static inline size_t run_nr_committed(const struct runs *r)
{
	return r->bytes;
}

static inline size_t run_count_committed(const struct runs *r)
{
	return r->bytes;
}

/* ---- waiting for a purge: static memory does not -------------------------- */

static inline uint32_t run_dirty_since(const struct runs *r, slice_t i)
{
	(void)r;
	(void)i;
	return 0;
}

static inline void run_dirty_add(struct runs *r, slice_t i, uint32_t since)
{
	(void)r, (void)i, (void)since;
}

static inline void run_dirty_remove(struct runs *r, slice_t i)
{
	(void)r;
	(void)i;
}

/* ---- held runs: see bank.h --------------------------------------------------- */

/* Run @i, in use, is held: no block any more, as its check bits say. */
static inline void run_set_held(struct runs *r, slice_t i)
{
	tag_store(run_tag(r, i),
		  (*run_tag(r, i) ^ TAG_CHECK_MASK) | TAG_HELD);
}

static inline bool run_is_held(const struct runs *r, slice_t i)
{
	return tag_load(run_tag(r, i)) & TAG_HELD;
}

/* The tag behind all runs is new memory. The run before it is in use. */
static inline void runs_set_end(struct runs *r)
{
	tag_store(run_tag(r, r->end), tag_make(r->end, 0, 0));
}

#endif
