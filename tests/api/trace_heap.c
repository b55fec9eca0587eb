/* SPDX-License-Identifier: MIT */
/*
 * Tracing of heaps, and of everything at once: a ledger that knows blocks from
 * events alone agrees with the program at every step, whatever it calls.
 */
#include "heap.h"

#if MICA_TRACE

/* ---- the ledger -------------------------------------------------------------------- */

#define LEDGER_MAX 48u

static struct entry {
	void *block;
	size_t size;
	struct mica_heap *heap;
} ledger[LEDGER_MAX];

static unsigned int nr_failures, nr_events, nr_odd;

static struct entry *entry_of(const void *block)
{
	unsigned int k;

	for (k = 0; k < LEDGER_MAX; k++)
		if (ledger[k].block == block)
			return &ledger[k];
	return NULL;
}

static void enter(const struct mica_trace_event *event)
{
	struct entry *entry = entry_of(NULL);

	nr_odd += !event->block || entry_of(event->block);
	if (entry)
		*entry = (struct entry){ event->block, event->size, event->heap };
	nr_odd += !entry;
}

static void strike(const void *block)
{
	struct entry *entry = block ? entry_of(block) : NULL;

	nr_odd += !entry;
	if (entry)
		entry->block = NULL;
}

static void resize(const struct mica_trace_event *event)
{
	struct entry *entry = entry_of(event->block);

	nr_odd += !entry || event->old != event->block;
	if (entry)
		entry->size = event->size;
}

static void strike_heap(const struct mica_heap *heap)
{
	unsigned int k;

	for (k = 0; k < LEDGER_MAX; k++)
		if (ledger[k].heap == heap)
			ledger[k].block = NULL;
}

static void keep_books(void *context, const struct mica_trace_event *event)
{
	nr_odd += context != ledger;
	nr_events++;
	if (event->kind == MICA_TRACE_MOVE || event->kind == MICA_TRACE_FREE)
		strike(event->kind == MICA_TRACE_FREE ? event->block : event->old);
	if (event->kind == MICA_TRACE_MOVE || event->kind == MICA_TRACE_MALLOC)
		enter(event);
	if (event->kind == MICA_TRACE_RESIZE)
		resize(event);
	if (event->kind == MICA_TRACE_DESTROY)
		strike_heap(event->heap);
	nr_failures += event->kind == MICA_TRACE_FAILURE;
}

static const struct mica_tracer bookkeeper = { keep_books, ledger };

static void books_open(void)
{
	__builtin_memset(ledger, 0, sizeof(ledger));
	nr_failures = nr_events = nr_odd = 0;
	CHECK_EQ(mica_on_trace(&bookkeeper), 0);
}

static unsigned int books_live(void)
{
	unsigned int k, n = 0;

	for (k = 0; k < LEDGER_MAX; k++)
		n += ledger[k].block != NULL;
	return n;
}

/* ---- every way to get, change and free a block ---------------------------------------- */

static void *get(unsigned int way, size_t size)
{
	switch (way % 9) {
	case 0:
		return mica_malloc(size);
	case 1:
		return mica_zalloc(size);
	case 2:
		return mica_calloc(1, size);
	case 3:
		return mica_mallocn(size, 1);
	case 4:
		return mica_malloc_aligned(size, 32);
	case 5:
		return mica_zalloc_aligned(size, 64);
	case 6:
		return mica_malloc_attr(size, 0, 0);
	case 7:
		return mica_calloc_aligned_at(1, size, 32, 8);
	default:
		return mica_realloc(NULL, size);
	}
}

/* Return: what is to be kept instead of @p; it got @size bytes, or NULL: gone. */
static void *change(unsigned int way, void *p, size_t size, size_t *now)
{
	void *old = hide(p), *block;

	switch (way % 6) {
	case 0:
		block = mica_realloc(p, size);
		break;
	case 1:
		block = mica_expand(p, size);
		break;
	case 2:
		block = mica_realloc_aligned(p, size, 64);
		break;
	case 3:
		block = mica_realloc_attr(p, size, 8, 0);
		break;
	case 4:
		block = mica_reallocf_aligned(p, size, 32);
		*now = size;
		return block;
	default:
		block = mica_reallocf(p, size);
		*now = size;
		return block;
	}
	if (block)
		*now = size;
	return block ? block : old;
}

static bool books_agree(void *const *blocks, const size_t *sizes, unsigned int n)
{
	struct entry *entry;
	unsigned int k, live = 0;

	for (k = 0; k < n; k++) {
		if (!blocks[k])
			continue;
		entry = entry_of(blocks[k]);
		live++;
		if (!entry || entry->size != sizes[k])
			return false;
	}
	return live == books_live() && !nr_odd;
}

/* Sizes from none to more than there is: some of it fails. */
static size_t some_size(unsigned int k)
{
	unsigned int x = k * 2654435761u;

	return x >> 24 ? (x >> 8) % 200 : hide_size(SIZE_MAX / 4);
}

TEST(trace_books_balance_whatever_is_called, .arena = 16384)
{
	void *blocks[12] = { NULL };
	size_t sizes[12] = { 0 };
	unsigned int k, i, n = test_scaled(3000);

	books_open();
	for (k = 0; k < n; k++) {
		i = (k * 7 + k / 12) % 12;
		sizes[i] = blocks[i] ? sizes[i] : some_size(k);
		if (!blocks[i]) {
			blocks[i] = get(k / 5, sizes[i]);
		} else if (k % 3) {
			blocks[i] = change(k / 7, blocks[i], some_size(k),
					   &sizes[i]);
		} else {
			mica_free(blocks[i]);
			blocks[i] = NULL;
		}
		if (!CHECK(books_agree(blocks, sizes, 12)))
			break;
	}
	for (i = 0; i < 12; i++)
		mica_free(blocks[i]);
	mica_on_trace(NULL);
	CHECK(nr_failures && !books_live() && !nr_odd);
}

/* ---- heaps ---------------------------------------------------------------------------- */

#if MICA_HEAPS

#define NR_OF(array) (sizeof(array) / sizeof(*(array)))

typedef void *heap_call(struct mica_heap *heap, void *p);

static void *via_malloc(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_heap_malloc(h, 20);
}

static void *via_zalloc(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_heap_zalloc(h, 20);
}

static void *via_calloc(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_heap_calloc(h, 4, 5);
}

static void *via_mallocn(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_heap_mallocn(h, 5, 4);
}

static void *via_realloc(struct mica_heap *h, void *p)
{
	return mica_heap_realloc(h, p, 20);
}

static void *via_reallocn(struct mica_heap *h, void *p)
{
	return mica_heap_reallocn(h, p, 4, 5);
}

static void *via_reallocf(struct mica_heap *h, void *p)
{
	return mica_heap_reallocf(h, p, 20);
}

static void *via_malloc_aligned(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_heap_malloc_aligned(h, 20, 64);
}

static void *via_malloc_at(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_heap_malloc_aligned_at(h, 20, 64, 8);
}

static void *via_zalloc_aligned(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_heap_zalloc_aligned(h, 20, 64);
}

static void *via_zalloc_at(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_heap_zalloc_aligned_at(h, 20, 64, 8);
}

static void *via_calloc_aligned(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_heap_calloc_aligned(h, 4, 5, 64);
}

static void *via_calloc_at(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_heap_calloc_aligned_at(h, 4, 5, 64, 8);
}

static void *via_realloc_aligned(struct mica_heap *h, void *p)
{
	return mica_heap_realloc_aligned(h, p, 20, 64);
}

static void *via_realloc_at(struct mica_heap *h, void *p)
{
	return mica_heap_realloc_aligned_at(h, p, 20, 64, 8);
}

static void *via_part_malloc(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_part_malloc(h ? mica_heap_part(h) : NULL, 20);
}

static void *via_part_zalloc(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_part_zalloc(h ? mica_heap_part(h) : NULL, 20);
}

static void *via_part_calloc(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_part_calloc(h ? mica_heap_part(h) : NULL, 4, 5);
}

static void *via_part_aligned(struct mica_heap *h, void *p)
{
	(void)p;
	return mica_part_malloc_aligned(h ? mica_heap_part(h) : NULL, 20, 64);
}

static void *via_part_realloc(struct mica_heap *h, void *p)
{
	return mica_part_realloc(h ? mica_heap_part(h) : NULL, p, 20);
}

static heap_call *const gets[] = {
	via_malloc, via_zalloc, via_calloc, via_mallocn, via_realloc,
	via_reallocn, via_reallocf, via_malloc_aligned, via_malloc_at,
	via_zalloc_aligned, via_zalloc_at, via_calloc_aligned, via_calloc_at,
	via_realloc_aligned, via_realloc_at, via_part_malloc, via_part_zalloc,
	via_part_calloc, via_part_aligned, via_part_realloc,
};

static heap_call *const changes[] = {
	via_realloc, via_reallocn, via_realloc_aligned, via_realloc_at,
	via_part_realloc,
};

/* Twice: a page is there the second time, and the quick ways are taken. */
TEST(trace_tells_once_of_each_heap_call, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	struct entry *entry;
	size_t k;
	void *p;

	REQUIRE(heap && mica_heap_part(heap));
	books_open();
	for (k = 0; k < 2 * NR_OF(gets); k++) {
		nr_events = 0;
		p = gets[k % NR_OF(gets)](heap, NULL);
		entry = entry_of(p);
		CHECK_EQ(nr_events, 1);
		if (CHECK(p && entry)) {
			CHECK_EQ(entry->size, 20);
			CHECK(entry->heap == heap);
			CHECK(mica_heap_of(p) == heap);
		}
		mica_free(p);
		CHECK_EQ(nr_events, 2);
	}
	CHECK(!books_live() && !nr_odd && !nr_failures);
	mica_on_trace(NULL);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* What a heap that is none refuses is one failure, and the old block stays. */
TEST(trace_tells_of_heaps_that_are_none, .arena = 4096)
{
	size_t k;
	void *p = NULL;

	books_open();
	for (k = 0; k < NR_OF(gets); k++) {
		CHECK(!gets[k](NULL, NULL));
		CHECK_EQ(nr_events, k + 1);
		CHECK_EQ(nr_failures, k + 1);
	}
	p = mica_malloc(8);
	nr_events = nr_failures = 0;
	for (k = 0; k < NR_OF(changes); k++) {
		CHECK(!changes[k](NULL, p));
		CHECK_EQ(nr_failures, k + 1);
		CHECK_EQ(nr_events, k + 1);
	}
	CHECK(!via_reallocf(NULL, p));	/* a failure, and it is freed */
	CHECK_EQ(nr_events, k + 2);
	CHECK(!books_live() && !nr_odd);
	mica_on_trace(NULL);
}

/* Moved by a heap's realloc it is that heap's. */
TEST(trace_tells_whose_a_moved_block_is, .arena = 8192)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	void *p = NULL;

	REQUIRE(heap);
	books_open();
	p = mica_malloc(8);
	CHECK(p && entry_of(p)->heap == mica_heap_main());
	p = mica_heap_realloc_aligned(heap, p, 400, 256);
	CHECK(p && entry_of(p) && entry_of(p)->heap == heap);
	CHECK(!nr_odd);
	mica_free(p);
	mica_on_trace(NULL);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

/* Invariant 3, as seen from outside: all blocks go, and one event says so. */
TEST(trace_tells_of_a_destroyed_heap, .arena = 16384)
{
	struct mica_heap *heap = mica_heap_new(NULL), *other = mica_heap_new(NULL);
	unsigned int k;
	void *p;

	REQUIRE(heap && other);
	books_open();
	for (k = 0; k < 8; k++)
		CHECK(mica_heap_malloc(heap, 30));
	p = mica_heap_malloc(other, 30);
	nr_events = 0;
	CHECK_EQ(mica_heap_delete(other), 0);
	CHECK_EQ(nr_events, 0);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_EQ(nr_events, 1);
	CHECK_EQ(books_live(), 1);
	CHECK_EQ(mica_heap_destroy(heap), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_destroy(NULL), MICA_ERROR_INVALID);
	CHECK_EQ(mica_heap_destroy(mica_heap_main()), MICA_ERROR_INVALID);
	CHECK_EQ(nr_events, 1);
	mica_free(p);
	CHECK(!books_live() && !nr_odd);
	mica_on_trace(NULL);
}

#endif

#endif
