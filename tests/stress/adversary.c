/* SPDX-License-Identifier: MIT */
/* Programs that try to make a malloc fail; adversary.h has the theory. */
#include "core/geometry.h"

#if CONTEXT_IS_SOLO	/* what the formulas are about */

#include "adversary.h"
#include "core/bank.h"

/* ---- the memory: one free run, all else is taken ---------------------------- */

#define WALLS 16u

static struct {
	void *wall[WALLS];	/* what holds the rest */
	unsigned int nr;
	struct runs *runs;
	slice_t begin, end;	/* the memory under test */
} field;

/* The longest free run of all regions. */
static slice_t longest_free(struct runs **runs, slice_t *at)
{
	slice_t i, n, most = 0;

	for (unsigned int k = 0; k < MAP_ENTRIES; k++) {
		struct runs *r = mica_map[k];

		for (i = r ? r->first_slice : 0; r && i < r->end; i += n) {
			n = run_slices(r, i);
			if (run_kind(r, i) != RUN_FREE || n <= most)
				continue;
			*runs = r;
			*at = i;
			most = n;
		}
	}
	return most;
}

static bool wall_up(size_t size)
{
	void *p = field.nr < WALLS ? mica_malloc(size) : NULL;

	field.wall[field.nr] = p;
	field.nr += p != NULL;
	return p != NULL;
}

static void field_end(void)
{
	while (field.nr)
		mica_free(field.wall[--field.nr]);
	mica_collect(false);
}

/* What sleeps is no free run, until a malloc would fail without it. */
static void field_wake(void)
{
	for (size_t bytes = REGION_BYTES_MAX; bytes; bytes /= 2)
		while (banks_wake(bytes, NULL))
			;
}

/*
 * Leave one free run of @bytes. Return: false, the memory is too small, or
 * in too many pieces.
 */
static bool field_begin(size_t bytes)
{
	slice_t at = 0, n;
	struct runs *r = NULL;
	void *hole = NULL;

	field.nr = 0;
	mica_collect(false);
	mica_free(mica_malloc(1));
	CHECK(!mica_malloc(REGION_BYTES_MAX));	/* all spans are regions now */
	field_wake();
	n = longest_free(&r, &at);
	if (n > bytes + 2 * CLASS_BYTES_MAX)
		wall_up(run_bytes(n - (slice_t)bytes));
	while ((n = longest_free(&r, &at)) && field.nr < WALLS) {
		if (n != bytes || hole) {
			if (!wall_up(run_bytes(n)))
				break;
			continue;
		}
		hole = mica_malloc(run_bytes(n));
		field.runs = r;
		field.begin = run_at(r, (uintptr_t)hole);
	}
	field.end = field.begin + (slice_t)bytes;
	mica_free(hole);
	if (!n && hole && run_slices(field.runs, field.begin) == bytes)
		return true;
	field_end();
	return false;
}

/* Bytes of it in free runs from which no run of @slices can be cut. */
static size_t field_lost(slice_t slices)
{
	size_t lost = 0;
	slice_t i, n;

	for (i = field.begin; i < field.end; i += n) {
		n = run_slices(field.runs, i);
		if (run_kind(field.runs, i) == RUN_FREE)
			lost += n % slices;
	}
	return lost;
}

/* ---- the blocks ---------------------------------------------------------------- */

static struct {
	void *block[BAG_BLOCKS];
	uint8_t kind[BAG_BLOCKS];
	unsigned int nr, live[KINDS];
	unsigned int refused;
	size_t lost;		/* the most there was */
	size_t bytes, most;	/* live, and what may: see struct trial */
	struct sizing_load load;
	struct random random;
} bag;

static unsigned int room_of(unsigned int kind)
{
	if (bag.most)
		return (unsigned int)((bag.most - bag.bytes) /
				      bag.load.kinds[kind].size);
	return (unsigned int)bag.load.kinds[kind].count - bag.live[kind];
}

static bool put(unsigned int kind)
{
	void *p;

	if (!room_of(kind))
		return true;
	p = mica_malloc(bag.load.kinds[kind].size);
	if (!p) {
		bag.refused++;
		return false;
	}
	bag.block[bag.nr] = p;
	bag.kind[bag.nr++] = (uint8_t)kind;
	bag.live[kind]++;
	bag.bytes += bag.load.kinds[kind].size;
	return true;
}

static void drop(unsigned int i)
{
	bag.live[bag.kind[i]]--;
	bag.bytes -= bag.load.kinds[bag.kind[i]].size;
	mica_free(bag.block[i]);
	bag.block[i] = bag.block[--bag.nr];
	bag.kind[i] = bag.kind[bag.nr];
}

static void bag_begin(const struct trial *trial, uint32_t seed)
{
	bag.load = trial->load;
	bag.most = trial->most;
	bag.random.state = 2 * (uint64_t)seed + 1;
	bag.refused = 0;
	bag.lost = 0;
}

static void bag_end(void)
{
	while (bag.nr)
		drop(bag.nr - 1);
}

/* ---- steps of a program ------------------------------------------------------- */

enum act { FILL, COMB, THIN, CHURN, LEAVE, ACTS };

struct step {
	uint8_t act, kind;
	uint16_t arg;
};

#define STEPS 20u

static void fill_kind(unsigned int kind, unsigned int percent)
{
	unsigned int n = room_of(kind) * percent / 100 + 1;

	while (n-- && put(kind))
		;
}

/* Of @kind only those stay that touch a byte at @off modulo @pitch. */
static void comb(unsigned int kind, size_t pitch, size_t off)
{
	size_t size = bag.load.kinds[kind].size, from;

	for (unsigned int i = bag.nr; i--;) {
		from = (uintptr_t)bag.block[i] - run_address(field.runs, field.begin) + off;
		if (bag.kind[i] == kind &&
		    (from + size - 1) / pitch == (from - 1) / pitch)
			drop(i);
	}
}

static void thin(unsigned int kind, unsigned int percent)
{
	for (unsigned int i = bag.nr; i--;)
		if (bag.kind[i] == kind &&
		    random_below(&bag.random, 100) < percent)
			drop(i);
}

static void churn(unsigned int n)
{
	unsigned int kinds = (unsigned int)bag.load.nr;

	while (n--)
		if (!bag.nr || random_below(&bag.random, 5) < 3)
			put(random_below(&bag.random, kinds));
		else
			drop(random_below(&bag.random, bag.nr));
}

/* The distances that a comb keeps: what would not fit between its teeth. */
static size_t pitch_of(unsigned int arg)
{
	unsigned int kind = arg % (unsigned int)bag.load.nr;
	size_t run = sizing_run(bag.load.kinds[kind].size);
	unsigned int more = arg / 8 % 8;

	return more == 7 ? PAGE_BYTES : run + more * MICA_GRANULE * (arg / 64 % 4);
}

static void step_do(const struct step *s)
{
	unsigned int kind = s->kind % (unsigned int)bag.load.nr;

	switch (s->act) {
	case FILL:
		fill_kind(kind, 100);
		break;
	case COMB:
		comb(kind, pitch_of(s->arg), 1 + s->arg / 256 * MICA_GRANULE);
		break;
	case THIN:
		thin(kind, s->arg % 100);
		break;
	case CHURN:
		churn(s->arg % 128);
		break;
	case LEAVE:
		fill_kind(kind, s->arg % 100);
		break;
	}
}

/* Holes count only for the largest kind, which comes last. */
static void program_run(const struct step *steps)
{
	unsigned int last = (unsigned int)bag.load.nr - 1;
	slice_t run = (slice_t)sizing_run(bag.load.kinds[last].size);

	for (unsigned int k = 0; k < STEPS && !bag.refused; k++) {
		step_do(&steps[k]);
		bag.lost = MAX_OF(bag.lost, field_lost(run));
	}
	for (unsigned int k = 0; k <= last && !bag.refused; k++)
		fill_kind(last - k, 100);
	bag_end();
}

static struct step step_random(struct random *r)
{
	return (struct step){
		(uint8_t)random_below(r, ACTS),
		(uint8_t)random_below(r, KINDS),
		(uint16_t)random_next(r),
	};
}

/*
 * Robson's: fill with a kind, keep one in each stretch of the next kind's
 * size, go on to that one; the large ones go to make room for small teeth.
 */
static void program_robson(struct step *steps, unsigned int kinds,
			   unsigned int off)
{
	for (unsigned int k = 0; k < STEPS; k += 2) {
		unsigned int kind = k / 2 % kinds, next = (kind + 1) % kinds;

		steps[k] = (struct step){ FILL, (uint8_t)kind, 0 };
		steps[k + 1] = (struct step){
			kind == kinds - 1 ? THIN : COMB, (uint8_t)kind,
			(uint16_t)(kind == kinds - 1 ? 99 : next + off * 256),
		};
	}
}

/* Did it make a malloc fail? */
static bool breaks(const struct trial *trial, const struct step *steps,
		   uint32_t seed)
{
	bag_begin(trial, seed);
	program_run(steps);
	return bag.refused;
}

static bool robson_breaks(const struct trial *trial)
{
	struct step steps[STEPS];

	for (unsigned int off = 0; off < 8; off++) {
		program_robson(steps, (unsigned int)trial->load.nr, off);
		if (breaks(trial, steps, trial->seed + off))
			return true;
	}
	return false;
}

/* Climb towards more lost bytes; begin anew after each 64 steps. */
static bool found_breaks(const struct trial *trial, unsigned int tries)
{
	struct random r = { .state = 2 * (uint64_t)trial->seed + 1 };
	struct step best[STEPS], now[STEPS];
	size_t most = 0;

	for (unsigned int t = 0; t < tries; t++) {
		if (t % 64 == 0)
			most = 0;
		for (unsigned int k = 0; k < STEPS; k++)
			now[k] = !most || !random_below(&r, STEPS / 2) ?
				 step_random(&r) : best[k];
		if (breaks(trial, now, trial->seed))
			return true;
		if (bag.lost < most)
			continue;
		most = bag.lost;
		__builtin_memcpy(best, now, sizeof(best));
	}
	return false;
}

/* ---- trials --------------------------------------------------------------------- */

/* Is there room for the memory, and for what is known of its blocks? */
static bool trial_begin(const struct trial *trial)
{
	size_t blocks = trial->most ?
		trial->most / trial->load.kinds[0].size :
		sizing_blocks(&trial->load);

	return blocks <= BAG_BLOCKS && field_begin(trial->bytes);
}

static enum outcome trial_end(bool refused)
{
	bag_end();
	CHECK_MICA();
	field_end();
	return refused ? REFUSED : SERVED;
}

enum outcome trial_attack(const struct trial *trial, unsigned int tries)
{
	if (!trial_begin(trial))
		return NO_ROOM;
	return trial_end(robson_breaks(trial) || found_breaks(trial, tries));
}

enum outcome trial_churn(const struct trial *trial, unsigned int steps)
{
	if (!trial_begin(trial))
		return NO_ROOM;
	bag_begin(trial, trial->seed);
	churn(steps);
	return trial_end(bag.refused);
}

enum outcome trial_fill(const struct trial *trial)
{
	unsigned int kinds = (unsigned int)trial->load.nr, kind;

	if (!trial_begin(trial))
		return NO_ROOM;
	bag_begin(trial, trial->seed);
	while (bag.nr < sizing_blocks(&bag.load) && !bag.refused) {
		kind = random_below(&bag.random, kinds);
		fill_kind(kind, random_below(&bag.random, 101));
	}
	return trial_end(bag.refused);
}

#endif
