// SPDX-License-Identifier: MIT
/* malloc and free at levels 2 and 3; armed.h has the theory. */
#include <mica/mica.h>
#include "armed.h"
#include "context.h"
#include "engine.h"
#include "guarded.h"
#include "heap.h"

#if HARDEN_BLOCKS

/* What is asked of it. Its fence aside, a run is as its heap is. */
static inline unsigned int location_level(const struct location *at)
{
	return at->page ? page_level(at->page) :
			  heap_level(heap_at_location(at));
}

/* Has it no fence? */
static __always_inline bool is_plain(const struct location *at)
{
	return HEAPS_SHARED && at->page && unlikely(page_level(at->page) < 2);
}

/* The block's whole room: what was asked for, padding, fence. */
static __always_inline size_t location_room(const struct location *at)
{
	return at->page ? page_block_bytes(at->page) :
			  large_usable(at->region, at->i);
}

size_t armed_room(const struct location *at)
{
	return location_room(at) -
	       (is_guarded(at) || is_plain(at) ? 0 : FENCE_BYTES);
}

static __always_inline bool is_interior(const void *p, const struct location *at)
{
	return !shape_divides(&mica_class_shapes[at->page->class],
			      (uint32_t)((uintptr_t)p - page_start(at->page)));
}

#if MICA_LAYOUT == MICA_LAYOUT_TABLE

static __always_inline struct page *page_soon(uintptr_t address)
{
	return page_quick(address);
}

#else

/* The page of a block at @address in the first region; NULL: look again. */
static __always_inline struct page *page_soon(uintptr_t address)
{
	struct runs *r = map_load(&mica_map[0]);
	struct page *page;

	if (unlikely(!r) || unlikely(!runs_hold(r, address)) ||
	    unlikely(address & (MICA_GRANULE - 1)) || !cell_is_page(r, address))
		return NULL;
	page = page_around(address);
	return likely(address - page_start(page) < page_extent(page)) ? page :
								       NULL;
}

#endif

static __noinline enum fault find_slowly(const void *p, struct location *at)
{
	return locate(p, at);
}

/* locate(), sooner where there is a shorter way. */
static __always_inline enum fault find(const void *p, struct location *at)
{
	at->page = page_soon((uintptr_t)p);
	return likely(at->page) ? FAULT_NONE : find_slowly(p, at);
}

static __always_inline enum fault armed_look(const void *p, struct location *at,
					     uintptr_t mix, size_t *room)
{
	enum fault fault = find(p, at);
	uintptr_t pad;

	if (unlikely(fault))
		return fault;
	*room = location_room(at);
	if (is_plain(at))
		return FAULT_NONE;
	if (at->page && unlikely(is_interior(p, at)))
		return FAULT_INTERIOR;
	if (is_guarded(at))
		return guarded_look(p, at);
	return fence_is_whole(p, *room, mix, &pad) ? FAULT_NONE :
						     fence_fault(pad);
}

enum fault armed_locate(const void *p, struct location *at)
{
	size_t room;

	return armed_look(p, at, fence_mix(p), &room);
}

size_t armed_size(const void *p, const struct location *at)
{
	size_t room = location_room(at);

	if (is_guarded(at))
		return guarded_size(at);
	if (is_plain(at))
		return room;
	return room - FENCE_BYTES - fence_read(p, room, fence_mix(p));
}

void armed_resize(void *p, struct location *at, size_t old, size_t size)
{
	size_t room = location_room(at);

	if (is_guarded(at))
		guarded_resize(p, at, size ? size : 1);
	else if (!is_plain(at))
		fence_put(p, room, size);
	note_resized(p, old, size, room);
}

/* ---- what becomes of the content: level 3 ------------------------------------ */

#define POISON (MICA_FREE_ZERO ? 0 : 0xdb)

static inline size_t poison_bytes(size_t room)
{
	return MIN_OF(room - FENCE_BYTES, (size_t)MICA_POISON_BYTES);
}

static void poison_fill(void *p, const struct location *at, size_t room)
{
	size_t bytes = location_level(at) >= 3 ? poison_bytes(room) : 0;

	if (MICA_FREE_ZERO)
		bytes = room - FENCE_BYTES;
	__builtin_memset(p, POISON, bytes);
}

/* Is it all there, from @from on? */
static bool poison_is_whole(const void *p, size_t from, size_t bytes)
{
	const unsigned char *at = (const unsigned char *)p + from;
	const unsigned char *end = (const unsigned char *)p + bytes;
	const uintptr_t whole = POISON * (~(uintptr_t)0 / 255);
	uintptr_t word = whole;

	for (; word == whole && at + sizeof(word) <= end; at += sizeof(word))
		__builtin_memcpy(&word, at, sizeof(word));
	while (word == whole && at < end && *at == POISON)
		at++;
	return word == whole && at >= end;
}

/* A freed block, whose first @from bytes the core has used since. */
static void poison_check(const void *p, const struct location *at, size_t from)
{
	size_t room = location_room(at);

	if (location_level(at) >= 3 &&
	    (fence_read(p, room, fence_mix(p)) != FENCE_FREED ||
	     !poison_is_whole(p, from, poison_bytes(room))))
		report_fault(FAULT_WRITTEN, "free", p);
}

/* ---- quarantine ----------------------------------------------------------------- */

#if HARDEN_QUARANTINE

/* Put @p, which may be NULL, in the place of the oldest. Return: that one. */
static void *quarantine_swap(void *p)
{
	mica_port_guard_t guard = 0;
	struct mica_part *entered = context_enter(&guard);
	struct mica_part *part = part_or_null(entered);
	struct quarantine *q;

	if (context_refused(entered))
		return p;
	if (part) {
		void *oldest;

		q = &part_main(part)->quarantine;
		oldest = q->blocks[q->oldest];
		q->blocks[q->oldest] = p;
		q->oldest = (uint16_t)((q->oldest + 1) % MICA_QUARANTINE);
		p = oldest;
	}
	context_leave(entered, guard);
	return p;
}

/* What leaves has not been the engine's since. */
static void quarantine_leave(void *p)
{
	struct location at;

	if (!p)
		return;
	if (find(p, &at)) {	/* somebody wrote where it cannot be */
		engine_free(p);
		return;
	}
	poison_check(p, &at, 0);
	engine_free_at(p, &at);
}

/* Blocks of a heap do not wait: it may be destroyed before they leave. */
static inline bool quarantine_takes(const struct location *at, size_t room)
{
	return location_level(at) >= 3 && room <= MICA_QUARANTINE_BYTES &&
	       !heap_at_location(at);
}

bool armed_collect(void)
{
	bool any = GUARD_PAGES && guarded_collect();
	unsigned int k;
	void *p;

	for (k = 0; k < MICA_QUARANTINE; k++) {
		p = quarantine_swap(NULL);
		any |= p != NULL;
		quarantine_leave(p);
	}
	return any;
}

#else

static void *quarantine_swap(void *p)
{
	return p;
}

static void quarantine_leave(void *p)
{
	engine_free(p);
}

static inline bool quarantine_takes(const struct location *at, size_t room)
{
	(void)at, (void)room;
	return false;
}

bool armed_collect(void)
{
	return GUARD_PAGES && guarded_collect();
}

#endif

bool armed_is_freed(const void *p)
{
	struct location at;

	return !find(p, &at) && !is_guarded(&at) && !is_plain(&at) &&
	       fence_read(p, location_room(&at), fence_mix(p)) == FENCE_FREED;
}

/* ---- malloc and free -------------------------------------------------------------- */

static void *open_block(void *p, size_t size)
{
	struct location at;
	size_t room;

	harden_tell();
	if (unlikely(!p) || find(p, &at) || is_plain(&at))
		return p;
	room = location_room(&at);
	if (HARDEN_CONTENT && at.page && fence_read(p, room, fence_mix(p)) != FENCE_FRESH)
		poison_check(p, &at, sizeof(struct block));
	fence_put(p, room, size);
	note_given(p, size, room);
	return p;
}

void *armed_open(void *p, size_t size)
{
	return open_block(p, size);
}

/* What waits is freed before a request fails for good. */
static __noinline void *malloc_slowly(size_t size)
{
	size_t bytes = fence_request(size);
	void *p = GUARD_PAGES ? guarded_malloc(size, 1) : NULL;

	if (GUARD_PAGES && unlikely(p))
		return p;
	p = engine_malloc(bytes);
	if (HARDEN_CONTENT && unlikely(!p) && armed_collect())
		p = engine_malloc(bytes);
	return open_block(p, size);
}

/* At level 3, and where tools are told, there is more to do than can be done soon. */
static __always_inline bool malloc_is_long(void)
{
	return MICA_ANNOTATE || (HARDEN_CONTENT && heap_level(heap_now()) >= 3);
}

/*
 * No linear size: the class's own list, or a longer way. At level 1 the fence
 * that is put up is one that nobody looks at.
 */
static __noinline void *malloc_other_size(size_t size)
{
	unsigned int class;
	void *p;

	if (malloc_is_long() || size - 1 >= CLASS_BYTES_MAX - FENCE_BYTES)
		return malloc_slowly(size);
	class = class_of(size + FENCE_BYTES);
	p = engine_pop(class);
	if (unlikely(!p))
		return malloc_slowly(size);
	fence_set(p, mica_class_shapes[class].bytes, size);
	return p;
}

/* A block that the list of a linear class has is just as long as asked for. */
void *armed_malloc(size_t size)
{
	size_t below;	/* the largest size of the class before */
	void *p;

	if (malloc_is_long() || unlikely(size - 1 >= LINEAR_BYTES - FENCE_BYTES))
		return malloc_other_size(size);
	below = align_down(size + FENCE_BYTES - 1, MICA_GRANULE);
	p = engine_pop(class_of_linear(below + 1));
	if (unlikely(!p))
		return malloc_slowly(size);
	fence_set(p, below + MICA_GRANULE, size);
	return p;
}

static __noinline void free_slowly(void *p)
{
	uintptr_t mix = fence_mix(p);
	struct location at;
	enum fault fault;
	size_t room;

	if (!p)
		return;
	fault = armed_look(p, &at, mix, &room);
	if (unlikely(fault)) {
		report_fault(fault, "free", p);
		return;
	}
	if (is_guarded(&at)) {
		guarded_free(p, &at);
		return;
	}
	if (is_plain(&at)) {
		engine_free_at(p, &at);
		harden_tell();
		return;
	}
	fence_write(p, room, mix, FENCE_FREED);
	if (HARDEN_CONTENT || MICA_FREE_ZERO)
		poison_fill(p, &at, room);
	note_freed(p, room);
	if (HARDEN_CONTENT && quarantine_takes(&at, room))
		quarantine_leave(quarantine_swap(p));
	else
		engine_free_at(p, &at);
	harden_tell();
}

#if CONTEXT_IS_THREAD && MICA_LAYOUT == MICA_LAYOUT_TABLE

/* Not this thread's own at level 2, or not all in order. */
static __noinline void free_other_level(void *p)
{
	if (own_is_plain(part_self(), (uintptr_t)p))
		engine_free(p);
	else
		free_slowly(p);
}

/* This thread's own, and all in order: no guard, and the cache has it all. */
void armed_free(void *p)
{
	struct mica_part *part = part_self();
	uintptr_t mix = fence_mix(p), pad;
	struct list *list;
	size_t room;

	if (MICA_FREE_ZERO || MICA_ANNOTATE ||
	    unlikely(!own_find_block(part, (uintptr_t)p, &list, &room)) ||
	    unlikely(!fence_is_whole(p, room, mix, &pad))) {
		free_other_level(p);
		return;
	}
	fence_write(p, room, mix, FENCE_FREED);
	if (unlikely(list_push_sound(list, p)))
		free_event(part, p);
}

#else

void armed_free(void *p)
{
	free_slowly(p);
}

#endif

#endif
