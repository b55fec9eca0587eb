/* SPDX-License-Identifier: MIT */
/*
 * Table layout: which slices are committed, and which free runs wait for a
 * purge, in the order in which they became free. One bit a slice says
 * committed, written by whoever has the run; the lists are the lock's.
 */
#ifndef MICA_CORE_LAYOUT_TABLE_COMMIT_H
#define MICA_CORE_LAYOUT_TABLE_COMMIT_H

/* ---- commit: one bit a slice, written by whoever has the run ----------------- */

/* The bits of [@i, @i + @n) that lie in word @w. */
static inline uintptr_t commit_mask(slice_t i, slice_t n, size_t w)
{
	size_t low = w * COMMIT_BITS, from = MAX_OF((size_t)i, low) - low;
	size_t to = MIN_OF((size_t)i + n, low + COMMIT_BITS) - low;
	uintptr_t all = ~(uintptr_t)0;

	return (all << from) & (all >> (COMMIT_BITS - to));
}

/* Mark slices committed or not. Return: how many changed. COMMIT_WORDS. */
static inline slice_t run_set_committed(struct runs *r, slice_t i, slice_t n,
					bool on)
{
	size_t w, last = (i + n - 1) / COMMIT_BITS;
	uintptr_t mask, old;
	slice_t changed = 0;

	for (w = i / COMMIT_BITS; w <= last; w++) {
		mask = commit_mask(i, n, w);
		old = load_relaxed(&r->committed[w]) & mask;
		if (old == (on ? mask : 0))
			continue;
		old = on ? ~atomic_or(&r->committed[w], mask) :
			   atomic_and(&r->committed[w], ~mask);
		changed += bits_count(old & mask);
	}
	if (changed)
		atomic_add(&r->nr_committed,
			   on ? changed : (uintptr_t)0 - changed);
	return changed;
}

/* Slices committed: as kept, and as counted. */
static inline size_t run_nr_committed(const struct runs *r)
{
	return load_relaxed(&r->nr_committed);
}

static inline size_t run_count_committed(const struct runs *r)
{
	size_t w, n = 0;

	for (w = 0; w < COMMIT_WORDS; w++)
		n += bits_count(r->committed[w]);
	return n;
}

/* The first slice of [@i, @end) that is committed, or not; or @end. */
static inline slice_t commit_find(const struct runs *r, slice_t i, slice_t end,
				  bool on)
{
	uintptr_t bits;

	while (i < end) {			/* COMMIT_WORDS at most */
		bits = load_relaxed(&r->committed[i / COMMIT_BITS]);
		bits = (on ? bits : ~bits) & ~(uintptr_t)0 << i % COMMIT_BITS;
		i = (slice_t)align_down(i, COMMIT_BITS);
		if (bits) {
			i += bit_lowest(bits);
			break;
		}
		i += (slice_t)COMMIT_BITS;
	}
	return i < end ? i : end;
}

/*
 * The first stretch of [*@i, *@i + @n) that is committed, or that is not.
 * Return: its length, beginning at *@i; 0 for none.
 */
static inline slice_t run_next_stretch(const struct runs *r, slice_t *i,
				       slice_t n, bool on)
{
	slice_t end = *i + n;

	*i = commit_find(r, *i, end, on);
	return commit_find(r, *i, end, !on) - *i;
}

/* ---- waiting for a purge -------------------------------------------------- */

static inline uint32_t run_dirty_since(const struct runs *r, slice_t i)
{
	return r->pages[i].dirty_since;
}

/* Append free run @i to those that wait, unless @since is 0 (clean). */
static inline void run_dirty_add(struct runs *r, slice_t i, uint32_t since)
{
	struct page *e = &r->pages[i];

	e->dirty_since = since;
	if (!since)
		return;
	e->dirty_next = 0;
	e->dirty_prev = r->dirty_tail;
	if (r->dirty_tail)
		r->pages[r->dirty_tail].dirty_next = i;
	else
		r->dirty_head = i;
	r->dirty_tail = i;
}

static inline void run_dirty_remove(struct runs *r, slice_t i)
{
	struct page *e = &r->pages[i];

	if (!e->dirty_since)
		return;
	if (e->dirty_prev)
		r->pages[e->dirty_prev].dirty_next = e->dirty_next;
	else
		r->dirty_head = e->dirty_next;
	if (e->dirty_next)
		r->pages[e->dirty_next].dirty_prev = e->dirty_prev;
	else
		r->dirty_tail = e->dirty_prev;
	e->dirty_since = 0;
}

/* Runs that are purged come back; nobody walks meanwhile. */
static inline bool run_is_held(const struct runs *r, slice_t i)
{
	(void)r;
	(void)i;
	return false;
}

#endif
