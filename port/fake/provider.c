/* SPDX-License-Identifier: MIT */
/*
 * The fake provider: scrambled spans, faults on demand, a record of all.
 *
 * A span lies inside a mapping of its own, at a random distance from its
 * start. The record of a span has one byte a granule: committed or not.
 * One lock orders the calls of all threads.
 */
#include <mica/port.h>
#include "fake.h"
#include "fake_private.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define GRANULE ((size_t)4096)
#define COARSE ((size_t)128 << 10)
#define SPANS_MAX 256
#define LOG_MAX 32
#define REFUSED (-12)
#define GARBAGE 0xdb

struct fake_span {
	uintptr_t base;
	size_t bytes;
	void *map;
	size_t map_bytes;
	unsigned char *committed;	/* one a granule of the mapping */
};

struct fake_entry {
	enum fake_hook hook;
	uintptr_t base;
	size_t bytes;
	bool failed;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct fake_span spans[SPANS_MAX];
static unsigned int calls[FAKE_HOOKS];
static unsigned int fail_first[FAKE_HOOKS], fail_count[FAKE_HOOKS];
static unsigned int nr_failed, advised[MICA_ADVICE_BACKED + 1];
static size_t reserved, committed;
static size_t limit = sizeof(void *) == 8 ? (size_t)1 << 29 : (size_t)1 << 28;
static struct fake_entry entries[LOG_MAX];
static unsigned int nr_entries;

static const char *const hook_names[FAKE_HOOKS] = {
	"reserve", "release", "commit", "decommit", "protect", "advise",
};

uint64_t fake_random(void)
{
	static uint64_t state = 0x853c49e6748fea9bULL;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dULL;
}

static size_t random_below(size_t n)
{
	return (size_t)(fake_random() % n);
}

/* ---- faults and the record ---- */

void fake_fail(enum fake_hook hook, unsigned int first, unsigned int count)
{
	fail_first[hook] = first ? calls[hook] + first : 0;
	fail_count[hook] = count;
	nr_failed = 0;
}

unsigned int fake_failed(void)
{
	return nr_failed;
}

unsigned int fake_calls(enum fake_hook hook)
{
	return calls[hook];
}

unsigned int fake_advised(enum mica_advice advice)
{
	return advised[advice];
}

size_t fake_committed(void)
{
	return committed;
}

size_t fake_limit(size_t bytes)
{
	size_t old = limit;

	limit = bytes;
	return old;
}

unsigned int fake_spans(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < SPANS_MAX; i++)
		n += spans[i].map != NULL;
	return n;
}

static struct fake_entry *log_add(enum fake_hook hook, uintptr_t base,
				  size_t bytes)
{
	struct fake_entry *e = &entries[nr_entries++ % LOG_MAX];

	*e = (struct fake_entry){ .hook = hook, .base = base, .bytes = bytes };
	return e;
}

void fake_log_print(void)
{
	unsigned int i = nr_entries > LOG_MAX ? nr_entries - LOG_MAX : 0;

	for (; i < nr_entries; i++) {
		const struct fake_entry *e = &entries[i % LOG_MAX];

		fprintf(stderr, "# %s 0x%zx bytes at 0x%zx%s\n",
			hook_names[e->hook], e->bytes, (size_t)e->base,
			e->failed ? ": failed" : "");
	}
}

/*
 * FAKE_FAIL="<hook> <first> <count>" is fake_fail() before the first call.
 * It is looked for once.
 */
static void fail_from_environment(void)
{
	static bool looked;
	const char *spec = fake_environment("FAKE_FAIL");
	unsigned int hook, first, count;

	if (looked)
		return;
	looked = true;
	if (spec && sscanf(spec, "%u %u %u", &hook, &first, &count) == 3 &&
	    hook < FAKE_HOOKS)
		fake_fail((enum fake_hook)hook, first, count);
}

/* Takes the lock. Returns true when this call is to fail. */
static bool enter(enum fake_hook hook, uintptr_t base, size_t bytes)
{
	unsigned int first, n;
	bool fails;

	fake_open(hook_names[hook]);
	pthread_mutex_lock(&lock);
	fail_from_environment();
	n = ++calls[hook];
	first = fail_first[hook];
	fails = first && n >= first && n - first < fail_count[hook];
	nr_failed += fails;
	log_add(hook, base, bytes)->failed = fails;
	return fails;
}

static int leave(int result)
{
	pthread_mutex_unlock(&lock);
	return result;
}

/* ---- memory ---- */

static void granules_set(struct fake_span *s, uintptr_t base, size_t bytes,
			 unsigned char value)
{
	size_t first = (base - (uintptr_t)s->map) / GRANULE;
	size_t end = (base + bytes - (uintptr_t)s->map + GRANULE - 1) / GRANULE;

	for (size_t i = first; i < end; i++) {
		committed -= s->committed[i] ? GRANULE : 0;
		committed += value ? GRANULE : 0;
		s->committed[i] = value;
	}
}

static bool is_committed(const struct fake_span *s, uintptr_t at)
{
	return s->committed[(at - (uintptr_t)s->map) / GRANULE];
}

static int stretch_commit(uintptr_t from, uintptr_t to)
{
	void *p = (void *)from;

	if (from < to && mprotect(p, to - from, PROT_READ | PROT_WRITE))
		return REFUSED;
	if (from < to && fake_is("dirty"))
		memset(p, GARBAGE, to - from);
	return 0;
}

/* The granules of [@base, @base + @bytes) that are not committed yet. */
static int fake_commit_range(struct fake_span *s, uintptr_t base, size_t bytes)
{
	uintptr_t at = base & ~(GRANULE - 1), from = at;

	for (; at < base + bytes; at += GRANULE) {
		if (!is_committed(s, at))
			continue;
		if (stretch_commit(from, at))
			return REFUSED;
		from = at + GRANULE;
	}
	if (stretch_commit(from, at))
		return REFUSED;
	granules_set(s, base, bytes, 1);
	return 0;
}

/*
 * Content is lost: by a promise of zeroes at once; otherwise it is garbage
 * once it is committed again. In between nobody may look.
 */
static int fake_decommit_range(struct fake_span *s, uintptr_t base,
			       size_t bytes)
{
	void *p = (void *)base;

	if (madvise(p, bytes, MADV_DONTNEED) || mprotect(p, bytes, PROT_NONE))
		return REFUSED;
	granules_set(s, base, bytes, 0);
	return 0;
}

static struct fake_span *span_of(struct mica_span span)
{
	uintptr_t base = (uintptr_t)span.base;

	for (unsigned int i = 0; i < SPANS_MAX; i++)
		if (spans[i].map && base - spans[i].base < spans[i].bytes &&
		    span.bytes <= spans[i].bytes - (base - spans[i].base))
			return &spans[i];
	return NULL;
}

static struct fake_span *granules_of(struct mica_span span, const char *what)
{
	struct fake_span *s = span_of(span);

	if (s && span.bytes && !(((uintptr_t)span.base | span.bytes) &
				 (GRANULE - 1)))
		return s;
	fake_breach(what);
	return NULL;
}

/* ---- reserve and release ---- */

static struct fake_span *unused_span(void)
{
	for (unsigned int i = 0; i < SPANS_MAX; i++)
		if (!spans[i].map)
			return &spans[i];
	return NULL;
}

/*
 * A place in the mapping of @s with room for @bytes: the right remainder
 * when an alignment is asked for, else any, odd ones if spans are ragged.
 */
static void span_place(struct fake_span *s, size_t bytes, size_t align,
		       size_t lead)
{
	uintptr_t base = (uintptr_t)s->map;
	size_t slack = s->map_bytes - bytes;

	if (align > 1) {
		base = ((base + lead + align - 1) & ~(align - 1)) - lead;
		slack -= base - (uintptr_t)s->map;
		base += align < slack ? random_below(slack / align) * align : 0;
	} else if (fake_is("ragged")) {
		base += random_below(slack);
	} else {
		base += random_below(slack / GRANULE) * GRANULE;
	}
	s->base = base;
	s->bytes = bytes;
}

/* Any span will do: one of 64 to 256 KiB, or what is asked for if more. */
static size_t span_size(size_t bytes, size_t align)
{
	size_t extra = random_below(4) * GRANULE;

	if (align == 1 && MICA_LAYOUT == MICA_LAYOUT_TAG &&
	    bytes < ((size_t)64 << 10))
		return ((size_t)64 << 10) + random_below(48) * GRANULE;
	return ((bytes + GRANULE - 1) & ~(GRANULE - 1)) + extra;
}

static int span_map(struct fake_span *s, size_t bytes, size_t align,
		    size_t lead)
{
	size_t slop = (align > GRANULE ? align : GRANULE) + 16 * GRANULE;
	void *map;

	map = mmap(NULL, bytes + slop, PROT_NONE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		return REFUSED;
	s->committed = calloc((bytes + slop) / GRANULE + 1, 1);
	s->map = map;
	s->map_bytes = bytes + slop;
	span_place(s, bytes, align, lead);
	return 0;
}

static int fake_reserve(void *context, size_t bytes, size_t align, size_t lead,
			struct mica_span *span)
{
	bool fails = enter(FAKE_RESERVE, 0, bytes);
	struct fake_span *s = unused_span();

	(void)context;
	if (!align || (align & (align - 1)) || !bytes)
		fake_breach("reserve: alignment or size");
	if (fails || !s || bytes > limit)
		return leave(REFUSED);
	bytes = span_size(bytes, align);
	if (bytes > limit - reserved || reserved > limit ||
	    span_map(s, bytes, align, lead))
		return leave(REFUSED);
	if (fake_is("committed") && fake_commit_range(s, s->base, s->bytes))
		fake_breach("out of memory under the fake");
	reserved += bytes;
	span->base = (void *)s->base;
	span->bytes = s->bytes;
	return leave(0);
}

static int fake_release(void *context, struct mica_span span)
{
	bool fails = enter(FAKE_RELEASE, (uintptr_t)span.base, span.bytes);
	struct fake_span *s = span_of(span);

	(void)context;
	if (!s || s->base != (uintptr_t)span.base || s->bytes != span.bytes) {
		fake_breach("release: not what was reserved");
		return leave(REFUSED);
	}
	if (fails)
		return leave(REFUSED);
	granules_set(s, s->base, s->bytes, 0);
	reserved -= s->bytes;
	munmap(s->map, s->map_bytes);
	free(s->committed);
	memset(s, 0, sizeof(*s));
	return leave(0);
}

/* ---- commit, decommit, protect ---- */

static int fake_commit(void *context, struct mica_span span)
{
	bool fails = enter(FAKE_COMMIT, (uintptr_t)span.base, span.bytes);
	struct fake_span *s = granules_of(span, "commit: not within a span");

	(void)context;
	if (fails || !s)
		return leave(REFUSED);
	return leave(fake_commit_range(s, (uintptr_t)span.base, span.bytes));
}

static int fake_decommit(void *context, struct mica_span span)
{
	bool fails = enter(FAKE_DECOMMIT, (uintptr_t)span.base, span.bytes);
	struct fake_span *s = granules_of(span, "decommit: not within a span");

	(void)context;
	if (fails || !s)
		return leave(REFUSED);
	return leave(fake_decommit_range(s, (uintptr_t)span.base, span.bytes));
}

static int fake_protect(void *context, struct mica_span span, bool on)
{
	bool fails = enter(FAKE_PROTECT, (uintptr_t)span.base, span.bytes);
	struct fake_span *s = granules_of(span, "protect: not within a span");
	int access = on ? PROT_NONE : PROT_READ | PROT_WRITE;

	(void)context;
	if (fails || !s || mprotect(span.base, span.bytes, access))
		return leave(REFUSED);
	return leave(0);
}

/* What is reset is garbage once it is committed again, and no zeroes. */
static int fake_reset(struct fake_span *s, struct mica_span span)
{
	memset(span.base, GARBAGE, span.bytes);
	if (mprotect(span.base, span.bytes, PROT_NONE))
		return REFUSED;
	granules_set(s, (uintptr_t)span.base, span.bytes, 0);
	return 0;
}

static int fake_advise(void *context, struct mica_span span,
		       enum mica_advice advice)
{
	bool fails = enter(FAKE_ADVISE, (uintptr_t)span.base, span.bytes);
	struct fake_span *s = granules_of(span, "advise: not within a span");

	(void)context;
	if (fails || !s)
		return leave(REFUSED);
	advised[advice]++;
	return leave(advice == MICA_ADVICE_RESET ? fake_reset(s, span) : 0);
}

const struct mica_provider *mica_port_provider(void)
{
	static struct mica_provider provider = {
		.name = "fake",
		.granule = GRANULE,
		.reserve = fake_reserve,
		.release = fake_release,
		.commit = fake_commit,
		.decommit = fake_decommit,
		.protect = fake_protect,
		.advise = fake_advise,
	};

	fake_open("provider inside the guard");
	pthread_mutex_lock(&lock);
	if (!provider.flags) {
		provider.flags |= fake_is("committed") ? MICA_PROVIDER_COMMITTED
						       : 0;
		provider.flags |= fake_is("dirty") ? 0 : MICA_PROVIDER_ZEROED;
	}
	provider.granule = fake_is("coarse") ? COARSE : GRANULE;
	if (fake_is("keep")) {
		provider.commit = NULL;
		provider.decommit = NULL;
		provider.advise = NULL;
	}
	pthread_mutex_unlock(&lock);
	return &provider;
}
