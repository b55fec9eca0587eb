// SPDX-License-Identifier: MIT
/* Banks: what is free is switched off, what is wanted on; bank.h has the theory. */
#include <mica/mica.h>
#include "bank.h"
#include "held.h"
#include "part.h"
#include "purge.h"

#if LAYOUT_PURGES

size_t mica_banks_sleep(unsigned int budget)
{
	return budget ? purge_now(budget) : 0;
}

#else

#define BANK_LOOKS 8u		/* runs looked at in one guarded section */

static struct bank *ring;	/* where to look next */
static uintptr_t nr_banks;	/* on it */
static uintptr_t moving;	/* slices of held runs that are on none */
static uintptr_t asleep;	/* bytes decommitted */

/* ---- its lock ---------------------------------------------------------------- */

/* Outside the guard; inside it the lock is all that is wanted. */
static mica_port_guard_t ring_enter(void)
{
	mica_port_guard_t guard = mica_port_guard();

	regions_lock();
	return guard;
}

static void ring_leave(mica_port_guard_t guard)
{
	regions_unlock();
	mica_port_unguard(guard);
}

/* ---- the ring: guard and its lock held ------------------------------------------ */

static void ring_add(struct bank *bank)
{
	if (!ring) {
		ring = bank->next = bank->prev = bank;
	} else {
		bank->next = ring;
		bank->prev = ring->prev;
		bank->prev->next = bank;
		ring->prev = bank;
	}
	nr_banks++;
}

static void ring_remove(struct bank *bank)
{
	bank->next->prev = bank->prev;
	bank->prev->next = bank->next;
	if (ring == bank)
		ring = bank->next == bank ? NULL : bank->next;
	bank->prev = NULL;
	nr_banks--;
}

/* ---- to sleep ---------------------------------------------------------------------- */

/* The next list from @list down that has a run, or 0. Lock held. */
static unsigned int list_below(const struct runs *r, unsigned int list)
{
	unsigned int w = list / 32;
	uint32_t bits = r->list_map[w] & ~(uint32_t)0 >> (31 - list % 32);

	while (!bits) {
		if (!w--)
			return 0;
		bits = r->list_map[w];
	}
	return w * 32 + bit_highest(bits);
}

/* What is looked at next: on the ring, then in the lists of free runs. */
struct place {
	uintptr_t left;		/* of the ring */
	unsigned int list;	/* and those below it; 0: done */
};

/*
 * What lies behind held runs of @region, which then get longer. All locked.
 * Return: is there anything?
 */
static bool nap_from_ring(struct region *region, struct place *at,
			  struct nap *nap)
{
	struct runs *r = &region->runs;
	struct bank *bank;
	unsigned int looks;
	slice_t i;

	if (!ring)
		at->left = 0;
	for (looks = 0; looks < BANK_LOOKS && at->left; looks++) {
		at->left--;
		bank = ring;
		ring = bank->next;
		if (region_of((uintptr_t)bank) != region)
			continue;
		i = bank_run(region, bank);
		i += run_slices(r, i);
		if (i < runs_end(r) && run_kind(r, i) == RUN_FREE &&
		    nap_begin(region, i, bank, nap))
			return true;
	}
	return false;
}

/* The same from the next list of free runs. */
static bool nap_from_list(struct region *region, struct place *at,
			  struct nap *nap)
{
	struct runs *r = &region->runs;
	unsigned int looks;
	slice_t i;

	at->list = list_below(r, MIN_OF(at->list, runs_top(r)));
	if (at->list < runs_list((slice_t)bank_granule(region))) {
		at->list = 0;
		return false;
	}
	i = *runs_head(r, at->list);
	for (looks = 0; i && looks < BANK_LOOKS; looks++) {
		if (nap_begin(region, i, NULL, nap))
			return true;
		i = *run_link_next(r, i);
	}
	at->list--;
	return false;
}

/* Nobody but who is about to call the provider has it now. */
static void nap_claim(struct region *region, const struct nap *nap)
{
	if (nap->before)
		ring_remove(nap->bank);
	if (nap->after)
		ring_remove((struct bank *)run_address(&region->runs,
						       nap->after));
	nap->bank->prev = NULL;
	moving += nap->slices;
}

/* Ring and region locked. @done: the provider did it. */
static void nap_end(struct region *region, const struct nap *nap, bool done)
{
	moving -= nap->slices;
	if (done)
		asleep += nap->span.bytes;
	else
		nap_undo(region, nap);
	if (done || nap->before)
		ring_add(nap->bank);
	if (!done && nap->after)
		ring_add((struct bank *)run_address(&region->runs, nap->after));
}

/* Return: bytes switched off; 0: refused, and all is as before. */
static size_t nap_take_it(struct region *region, const struct nap *nap)
{
	const struct mica_provider *p = region->provider;
	bool done = !region_provider_failed(p->decommit(p->context, nap->span));
	mica_port_guard_t guard = 0;
	struct mica_part *part = held_enter(region, &guard);

	regions_lock();
	nap_end(region, nap, done);
	regions_unlock();
	held_leave(region, part, guard);
	if (!done)
		return 0;
	count_all(purges, 1);
	count_all(purged_bytes, nap->span.bytes);
	return nap->span.bytes;
}

/* The next that can sleep in @region, if there is one. Return: bytes. */
static size_t sleep_one(struct region *region, struct place *at)
{
	mica_port_guard_t guard = 0;
	struct mica_part *part = held_enter(region, &guard);
	struct nap nap;
	size_t bytes;
	bool found;

	at->list = part ? at->list : 0;
	if (context_refused(part))
		return 0;
	regions_lock();
	found = at->left ? nap_from_ring(region, at, &nap) :
			   nap_from_list(region, at, &nap);
	if (found)
		nap_claim(region, &nap);
	regions_unlock();
	held_leave(region, part, guard);
	bytes = found ? nap_take_it(region, &nap) : 0;
	if (found && !bytes)
		at->list = 0;
	return bytes;
}

/* Cost: see mica_banks_sleep(). */
static size_t banks_sleep(unsigned int budget)
{
	size_t k, n = load_acquire(&mica_nr_regions), bytes = 0, one;
	struct region *region;
	struct place at;

	for (k = 0; k < n; k++) {
		region = load_acquire(&mica_regions[k]);
		at.left = load_relaxed(&nr_banks);
		at.list = region_can_sleep(region) ? INDEX_LISTS - 1 : 0;
		while (at.list && budget) {
			one = sleep_one(region, &at);
			budget -= one != 0;
			bytes += one;
		}
	}
	return bytes;
}

/* ---- awake -------------------------------------------------------------------------- */

/* Bytes of granules at the front to commit for a run of @bytes and more. */
static size_t bank_want(struct region *region, const struct bank *bank,
			const struct mica_span *span, size_t bytes)
{
	size_t lead = (uintptr_t)span->base - (uintptr_t)bank;
	size_t need = bytes + BANK_HEAD_BYTES + MICA_GRANULE;

	need = need > lead ? align_up(need - lead, bank_granule(region)) : 0;
	return MAX_OF(need, bank_granule(region));
}

/*
 * Take one off the ring, for a run of @bytes: the smallest that has room,
 * of BANK_LOOKS; if @any, one that has not. *@left: how many of the ring are
 * still to be looked at.
 */
static struct bank *ring_take(size_t bytes, const struct region *only,
			      bool any, uintptr_t *left)
{
	mica_port_guard_t guard = ring_enter();
	struct bank *bank, *best = NULL;
	slice_t n, best_n = 0;
	struct region *region;
	unsigned int looks;

	if (!ring)
		*left = 0;
	for (looks = 0; looks < BANK_LOOKS && *left; looks++, --*left) {
		bank = ring;
		ring = bank->next;
		region = region_of((uintptr_t)bank);
		n = run_slices(&region->runs, bank_run(region, bank));
		if ((only && region != only) || bytes >= runs_size(&region->runs))
			continue;
		if ((any || n - TAG_BYTES >= bytes) && (!best || n < best_n)) {
			best = bank;
			best_n = n;
		}
	}
	if (best) {
		ring_remove(best);
		moving += best_n;
	}
	ring_leave(guard);
	return best;
}

/* Cost: BANK_LOOKS in a guarded section, for all that is held, twice. */
static struct bank *bank_take(size_t bytes, const struct region *only)
{
	uintptr_t left = load_relaxed(&nr_banks);
	struct bank *bank = NULL;

	while (left && !bank)
		bank = ring_take(bytes, only, false, &left);
	left = load_relaxed(&nr_banks);
	while (left && !bank)
		bank = ring_take(bytes, only, true, &left);
	return bank;
}

/* The first @bytes of @span are committed, of a bank that nobody else has. */
static void bank_wake(struct region *region, struct bank *bank,
		      const struct mica_span *span, size_t bytes)
{
	slice_t n = run_slices(&region->runs, bank_run(region, bank));
	mica_port_guard_t guard = 0;
	struct mica_part *part = held_enter(region, &guard);
	struct bank *rest = NULL;

	if (bytes < span->bytes)
		rest = bank_give_front(region, bank,
				       (uintptr_t)span->base + bytes);
	else
		bank_give(region, bank);
	regions_lock();
	moving -= n;
	asleep -= bytes;
	if (rest)
		ring_add(rest);
	regions_unlock();
	held_leave(region, part, guard);
	count_all(committed_bytes, bytes);
}

/* Have banks of @bank committed. Return: false, refused. */
static bool bank_try(struct bank *bank, size_t bytes)
{
	struct region *region = region_of((uintptr_t)bank);
	const struct mica_provider *p = region->provider;
	slice_t i = bank_run(region, bank);
	struct mica_span span = bank_span(region, i,
					  run_slices(&region->runs, i));
	struct mica_span part = span;

	part.bytes = MIN_OF(bank_want(region, bank, &span, bytes), span.bytes);
	if (p->commit &&
	    region_provider_failed(p->commit(p->context, part)))
		return false;
	bank_wake(region, bank, &span, part.bytes);
	return true;
}

/* Those that were refused sleep on. They are linked by `next`. */
static void banks_put_back(struct bank *bank)
{
	struct bank *next;
	mica_port_guard_t guard;

	for (; bank; bank = next) {
		next = bank->next;
		guard = ring_enter();
		moving -= run_slices(map_find((uintptr_t)bank),
				     bank_run(region_of((uintptr_t)bank), bank));
		ring_add(bank);
		ring_leave(guard);
	}
}

/*
 * Perhaps another context is just switching the one that is wanted: look
 * again while it does. One core alone would wait for itself.
 */
static struct bank *bank_await(size_t bytes, const struct region *only)
{
	struct bank *bank = bank_take(bytes, only);
	unsigned int spins = 0;

	while (!bank && REGION_LOCKS && load_relaxed(&moving) &&
	       spins < RESERVE_WAIT) {
		mica_port_relax(spins++);
		bank = bank_take(bytes, only);
	}
	return bank;
}

/* Cost: a provider call; one more for each bank that refuses. */
static bool banks_wake_for(size_t bytes, const struct region *only)
{
	struct bank *refused = NULL, *bank = bank_await(bytes, only);

	while (bank && !bank_try(bank, bytes)) {
		bank->next = refused;
		refused = bank;
		bank = bank_take(bytes, only);
	}
	banks_put_back(refused);
	return bank;
}

static bool banks_more(size_t bytes)
{
	return banks_wake_for(bytes, NULL);
}

/* ---- a region goes; figures ------------------------------------------------------------ */

/* Inside the guard, ring and region locked. Cost: runs. */
static bool region_sleeps(struct region *region)
{
	struct runs *r = &region->runs;
	slice_t i;

	for (i = r->first_slice; i < runs_end(r); i += run_slices(r, i))
		if (run_kind(r, i) != RUN_FREE && !run_is_held(r, i))
			return false;
	return !moving;
}

/* Its held runs join the ring or leave it; both are locked. Cost: runs. */
static void region_on_ring(struct region *region, bool on)
{
	struct runs *r = &region->runs;
	slice_t i, n;

	for (i = r->first_slice; i < runs_end(r); i += n) {
		n = run_slices(r, i);
		if (!run_is_held(r, i))
			continue;
		(on ? ring_add : ring_remove)((struct bank *)run_address(r, i));
		asleep += (on ? 1 : (size_t)-1) * bank_span(region, i, n).bytes;
	}
}

static bool banks_forget(struct region *region)
{
	bool done;

	regions_lock();
	done = region_sleeps(region);
	if (done)
		region_on_ring(region, false);
	regions_unlock();
	return done;
}

/* It sleeps on: it was forgotten for a release that was refused. */
static void banks_recall(struct region *region)
{
	mica_port_guard_t guard = ring_enter();

	region_on_ring(region, true);
	ring_leave(guard);
}

static size_t banks_asleep(void)
{
	return load_relaxed(&asleep);
}

static int banks_check(size_t held)
{
	struct bank *bank = ring;
	struct region *region;
	size_t slices = moving, bytes = 0, left;
	slice_t i, n;

	for (left = nr_banks; left; left--, bank = bank->next) {
		region = bank ? region_of((uintptr_t)bank) : NULL;
		i = region ? bank_run(region, bank) : 0;
		if (!region || !run_is_held(&region->runs, i) ||
		    bank->next->prev != bank)
			return 2;
		n = run_slices(&region->runs, i);
		slices += n;
		bytes += bank_span(region, i, n).bytes;
	}
	if (slices != held || bank != ring)
		return 2;
	return moving || bytes == asleep ? 0 : 6;
}

static const struct bank_ops bank_ops = {
	.wake = banks_wake_for,
	.sleep = banks_sleep,
	.forget = banks_forget,
	.recall = banks_recall,
	.asleep = banks_asleep,
	.check = banks_check,
};

/* Providers that are registered ask first whether a bank can be woken. */
size_t mica_banks_sleep(unsigned int budget)
{
	mica_port_guard_t guard = ring_enter();

	if (!mica_more_memory)
		store_release(&mica_more_memory, banks_more);
	store_release(&mica_banks, &bank_ops);
	ring_leave(guard);
	return banks_sleep(budget);
}

#endif
