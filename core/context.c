// SPDX-License-Identifier: MIT
/* Contexts begin and end; context.h has the theory. */
#include <mica/mica.h>
#include "context.h"
#include "heap.h"
#include "large.h"

static void (*begin_hook)(void);

#if !CONTEXT_IS_SOLO

#include "abandon.h"
#include "armed.h"
#include "owned.h"
#include "settle.h"

/* A context has begun with @part. */
static void context_begun(struct mica_part *part)
{
	void (*hook)(void) = load_acquire(&begin_hook);

	count_in(part, contexts_begun, 1);
	if (hook)
		hook();
}

/* Abandon the queued pages of a class; LISTED ones wait for their lister. */
static void class_abandon(struct mica_part *part, unsigned int class)
{
	struct page *page;

	page_put_current(part, class);
	while ((page = part->queue[class])) {
		page_dequeue(part, page);
		if (remote_state(load_relaxed(&page->remote)) == REMOTE_OWNED)
			page_abandon(part, page);
	}
}

#endif

#if MICA_CONTEXT == MICA_CONTEXT_THREAD

/* What a thread has before its first allocation: nothing, and no NULL. */
struct mica_part mica_part_none = { .own_tag = { ~(uintptr_t)0 } };

static uintptr_t all_parts;		/* struct mica_part * */
static uintptr_t parts_lock;

/* For reuse, by next_ended: those that have pages, or may; those that have none. */
static struct part_list {
	struct mica_part *first, *last;
} ended_parts, bare_parts;

void context_lock(void)
{
	unsigned int spins = 0;

	while (!fork_is_mine() && atomic_xchg(&parts_lock, 1))
		mica_port_relax(spins++);
}

void context_unlock(void)
{
	if (!fork_is_mine())
		store_seq(&parts_lock, 0);
}

struct mica_part *part_first(void)
{
	return word_to_ptr(load_acquire(&all_parts));
}

void *context_memory(size_t bytes)
{
	struct run_want want = {
		.slices = run_slices_for(bytes),
		.align = 1,
	};
	enum space_result result;
	struct space_run run;
	unsigned int spins = 0;
	void *memory;

	while ((result = space_take(&want, &run)) != SPACE_OK)
		if (!space_retry(result, bytes, &spins))
			return NULL;
	run_set_kind(&run.region->runs, run.i, RUN_HELD);
	memory = (void *)run_address(&run.region->runs, run.i);
	note_show(memory, bytes);
	return run.zero ? memory : __builtin_memset(memory, 0, bytes);
}

/* A part never goes: its memory is a run for good. */
struct mica_part *part_new(void)
{
	struct mica_part *part = context_memory(sizeof(*part));
	uintptr_t head = load_relaxed(&all_parts);

	if (!part)
		return NULL;
	part->own_tag[0] = ~(uintptr_t)0;
	part->ended = PART_LIVE;
	do {
		part->next = head;
	} while (!atomic_cas(&all_parts, &head, (uintptr_t)part));
	return part;
}

static void list_add(struct part_list *list, struct mica_part *part)
{
	part->next_ended = list->first;
	if (!list->first)
		list->last = part;
	list->first = part;
}

/* The first goes behind the others. */
static void list_turn(struct part_list *list)
{
	struct mica_part *part = list->first;

	list->last->next_ended = part;
	list->last = part;
	list->first = part->next_ended;
	part->next_ended = NULL;
}

/* The last part that ended, unless somebody is settling its pages. */
static struct mica_part *list_take(struct part_list *list)
{
	struct mica_part *part = list->first;
	uintptr_t life = PART_ENDED;

	while (part && !atomic_cas(&part->ended, &life, PART_LIVE))
		if (life != PART_ENDED)
			part = NULL;
	if (part || life == PART_VANISHED)	/* that one stays as it is */
		list->first = list->first->next_ended;
	return part;
}

/* Pages that somebody left are to be used: these parts come first. */
static struct mica_part *part_reuse(void)
{
	struct mica_part *part;

	context_lock();
	part = list_take(&ended_parts);
	if (!part)
		part = list_take(&bare_parts);
	context_unlock();
	return part;
}

/*
 * The pages of those on the other list may have gone since; all are looked at in
 * turn. So there are never many more than had pages at once.
 */
struct mica_part *part_reuse_bare(void)
{
	struct mica_part *part;
	unsigned int n;

	context_lock();
	part = list_take(&bare_parts);
	for (n = 0; n < PART_LOOKS && !part && ended_parts.first; n++) {
		if (part_is_bare(ended_parts.first))
			part = list_take(&ended_parts);
		else
			list_turn(&ended_parts);
	}
	context_unlock();
	return part;
}

void part_keep(struct mica_part *part)
{
	context_lock();
	part->ending = 0;
	list_add(part_is_bare(part) ? &bare_parts : &ended_parts, part);
	context_unlock();
}

struct mica_part *context_begin(void)
{
	struct mica_part *part = part_self();

	if (likely(part != &mica_part_none))
		return part;
	part = part_reuse();
	if (!part)
		part = part_new();
	if (!part)
		return NULL;
	*mica_port_part() = part;
	context_begun(part);
	return part;
}

/*
 * Pages listed until now are settled, queued and abandoned with the rest;
 * those listed after `ended` is set are settled by whoever lists them,
 * or here, whoever's exchange gets them.
 */
void part_end(struct mica_part *part)
{
	unsigned int class;

	part->ending = 1;
	for (class = 0; class < NR_CLASSES; class++)
		class_abandon(part, class);
	store_seq(&part->ended, PART_ENDED);
	while (part->settling || load_seq(&part->listed))
		page_settle_listed(part);
	for (class = 0; class < NR_CLASSES; class++)
		class_abandon(part, class);
	/* Full pages stay, but others may settle them from now on. */
	part_wipe(part);
	part_forget_load(part);
	part_keep(part);
}

/*
 * Once it is on the list another thread may have the part. What this one frees
 * later has no context.
 */
void mica_context_end(void)
{
	struct mica_part *part = part_self();

	if (part == &mica_part_none)
		return;
	if (HARDEN_CONTENT)
		armed_collect();
	part = part_main(part);
	heap_context_ends(part);
	count_in(part, contexts_ended, 1);
	*mica_port_part() = &mica_part_none;
	part_end(part);
}

static bool some_vanished;

bool context_is_fork(void)
{
	return some_vanished;
}

/* The parts of threads that do not exist here stay as they were found. */
static void parts_vanish(void)
{
	struct mica_part *part = part_first(), *self = part_self();

	for (; part; part = part_next(part)) {
		if (part == part_main(self) || part_is_beside(self, part) ||
		    part_is_nobodys(part) ||
		    (part->ended == PART_ENDED && !part->ending))
			continue;
		store_relaxed(&part->ended, PART_VANISHED);
		some_vanished = true;
	}
}

#else

struct mica_part mica_parts[NR_PARTS];
#if HEAPS_SHARED
uintptr_t mica_part_now[MICA_CORES];
#endif

void context_lock(void)
{
}

void context_unlock(void)
{
}

struct mica_part *part_first(void)
{
	return mica_parts;
}

#if CONTEXT_IS_SOLO	/* the one and only is always there */

struct mica_part *context_begin(void)
{
	return part_self();
}

void mica_context_end(void)
{
}

#else

/*
 * A core's part is begun by one compare-and-swap; whoever settles what was
 * listed on it meanwhile is waited for. An interrupt may come first.
 */
struct mica_part *context_begin(void)
{
	struct mica_part *part = part_self();
	uintptr_t life = PART_ENDED;
	unsigned int spins = 0;

	if (likely(!part_is_idle(part)))
		return part;
	while (!atomic_cas(&part->ended, &life, PART_LIVE)) {
		if (life == PART_LIVE)
			return part;
		if (life != PART_ENDED)
			mica_port_relax(spins++);
		life = PART_ENDED;
	}
	context_begun(part);
	return part;
}

#if HEAPS_SHARED

void part_abandon(struct mica_part *part)
{
	unsigned int class;

	while (part->settling || load_seq(&part->listed))
		page_settle_listed(part);
	for (class = 0; class < NR_CLASSES; class++)
		class_abandon(part, class);
}

#endif

/*
 * Inside the guard, class by class: abandon all. Settled is before the first:
 * a page that came back later could be of a class that is done with.
 */
static void core_abandon(void)
{
	mica_port_guard_t guard;
	struct mica_part *part;
	unsigned int class;

	for (class = 0; class < NR_CLASSES; class++) {
		part = context_enter(&guard);
		if (context_refused(part))
			return;
		while (!class && (part->settling || load_seq(&part->listed)))
			page_settle_listed(part);
		class_abandon(part, class);
		context_leave(part, guard);
	}
}

/* As for a thread, see above; the part stays the core's. */
void mica_context_end(void)
{
	struct mica_part *part = part_main(part_self());

	if (!CONTEXT_ENDS || part_is_idle(part))
		return;
	if (HARDEN_CONTENT)
		armed_collect();
	heap_context_ends(part);
	core_abandon();
	store_seq(&part->ended, PART_ENDED);
	core_abandon();
	count_in(part, contexts_ended, 1);
}

#endif

static void parts_vanish(void)
{
}

bool context_is_fork(void)
{
	return false;
}

#endif

void mica_on_context_begin(void (*hook)(void))
{
	store_release(&begin_hook, hook);
}

/* ---- fork ------------------------------------------------------------------ */

/* How many regions mica_fork_prepare() has locked. */
static size_t fork_regions;

void mica_fork_prepare(void)
{
	struct region *region;
	unsigned int spins = 0;
	size_t k;

	context_lock();
	regions_lock();
	fork_regions = load_acquire(&mica_nr_regions);
	for (k = 0; k < fork_regions; k++) {
		region = load_acquire(&mica_regions[k]);
		while (region && !region_try_lock(region))
			mica_port_relax(spins++);
	}
	fork_hold(true);
}

void mica_fork_parent(void)
{
	struct region *region;
	size_t k;

	fork_hold(false);
	for (k = 0; k < fork_regions; k++) {
		region = load_acquire(&mica_regions[k]);
		if (region)
			region_unlock(region);
	}
	regions_unlock();
	context_unlock();
}

void mica_fork_child(void)
{
	parts_vanish();
	if (LAYOUT_IS_TABLE)	/* whoever held one is not here */
		store_relaxed(&mica_huge_held, 0);
	mica_fork_parent();
}
