/* SPDX-License-Identifier: MIT */
/* What malloc would still find: mica_largest() is to be had, and no more. */
#include "../model.h"
#include "core/large.h"
#include "core/largest.h"

#define TABLE (MICA_LAYOUT == MICA_LAYOUT_TABLE)
#define SOLO CONTEXT_IS_SOLO

static uint64_t nr_reserved(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return stats.regions_reserved;
}

/* Does malloc() of @size succeed, and without new memory? */
static bool is_there(size_t size)
{
	uint64_t before = nr_reserved();
	void *p = mica_malloc(size);
	bool there = p && nr_reserved() == before;

	mica_free(p);
	return there;
}

/* A block of a larger class would do, but a new region serves it better. */
static bool may_be_new(size_t size)
{
	return TABLE && size <= CLASS_BYTES_MAX &&
	       largest_run() < class_page_slices(class_of(size));
}

/* Banks that sleep are not promised, and malloc wakes them before it fails. */
static bool all_awake(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return stats.committed == stats.reserved;
}

static void check_largest(struct random *r, unsigned int bits)
{
	size_t largest = mica_largest(), size = random_size(r, bits);
	bool fits = mica_failure_reason(size) == MICA_REASON_NONE;
	bool exact = SOLO && all_awake();

	if (largest)
		CHECK(is_there(largest));
	if (exact && largest < REQUEST_LIMIT)
		CHECK(!is_there(largest + 1));
	if (fits ? !may_be_new(size) : exact)
		CHECK_EQ(is_there(size), fits);
}

/* In random states, nearly full ones too where memory ends. */
TEST(largest_is_to_be_had)
{
	static void *p[48];
	struct random r = { .state = 11 };
	unsigned int bits = TABLE ? 20 : 5, i;

	while (!TABLE && (size_t)16 << bits < test_target.arena())
		bits++;
	for (unsigned int n = 0; n < test_scaled(2000); n++) {
		i = random_below(&r, 48);
		mica_free(p[i]);
		p[i] = n % 512 < 448 || i & 1 ? mica_malloc(random_size(&r, bits)) :
						NULL;
		if (n % 4 == 0)
			check_largest(&r, bits + 4);
	}
	for (i = 0; i < 48; i++) {
		mica_free(p[i]);
		p[i] = NULL;
	}
}

/* Unlink a block of more than @bytes that lies in a page: a tag takes a word. */
static void **paged(void ***list, size_t bytes)
{
	void **p;

	for (; (p = *list); list = (void ***)p)
		if (mica_usable_size(p) > bytes &&
		    mica_usable_size(p) % MICA_GRANULE == 0) {
			*list = *p;
			return p;
		}
	return NULL;
}

/* With all but one block in use, that block is what can be had. */
TEST(largest_of_full_memory, .needs = TEST_FINITE)
{
	size_t size = TABLE ? (size_t)8 << 20 : test_within(8 << 10, 8);
	size_t bytes = size / 4;
	void *spare = mica_malloc(bytes), **list = NULL, **p;
	unsigned int n;

	REQUIRE(spare);
	/* A class that is not rare has pages; a run counts for the whole class. */
	for (n = 0; n < 100 && (p = mica_malloc(32)); n++) {
		*p = list;
		list = p;
	}
	for (; size >= sizeof(*p); size /= 2)
		while ((p = mica_malloc(size))) {
			*p = list;
			list = p;
		}
	CHECK(mica_largest() < bytes / 2);
	/* Modules with threads tell of a last run of one granule that nobody gets. */
	CHECK(!mica_largest() || is_there(mica_largest()) ||
	      (MICA_WASM && mica_largest() < MICA_GRANULE));
	p = paged(&list, mica_largest());
	if (CHECK(p)) {
		bytes = mica_usable_size(p);
		mica_free(p);
		CHECK(mica_largest() >= bytes);
		CHECK(is_there(mica_largest()));
	}
	bytes = mica_usable_size(spare);
	mica_free(spare);
	CHECK(mica_largest() >= bytes);
	CHECK(is_there(mica_largest()));
	while ((p = list)) {
		list = *p;
		mica_free(p);
	}
}

/* ---- of a kind of memory ---------------------------------------------------------------- */

#if MICA_LAYOUT == MICA_LAYOUT_TABLE || MICA_REGIONS_MAX > 1

#define SPAN_BYTES ((size_t)(TABLE ? 1 << 21 : 3 << 10))

#if TABLE
static _Alignas(1 << 16) char pool[1 << MICA_UNIT_SHIFT];
#else
static char pool[SPAN_BYTES];
#endif

TEST(largest_of_a_kind, .needs = TEST_ROOM)
{
	static const uint32_t kinds[] = { MICA_FAST, MICA_FAST | MICA_DMA };
	struct random r = { .state = 12 };
	void *p[8] = { NULL }, *q;
	size_t n;

	REQUIRE(!mica_region_add(pool, SPAN_BYTES, MICA_FAST | MICA_DMA));
	CHECK_EQ(mica_largest_attr(MICA_FAST | MICA_EXECUTABLE), 0);
	CHECK_EQ(mica_largest_attr(MICA_ATTRIBUTES + 1), 0);
	for (unsigned int round = 0; round < test_scaled(200); round++) {
		unsigned int i = random_below(&r, 8);

		mica_free(p[i]);
		p[i] = mica_malloc_attr(random_size(&r, TABLE ? 19 : 9),
					kinds[round % 2], 0);
		n = mica_largest_attr(kinds[round / 2 % 2]);
		q = n ? mica_malloc_attr(n, kinds[round / 2 % 2], 0) : NULL;
		CHECK(q || !n);
		mica_free(q);
		n = mica_largest_attr(MICA_FAST);
		CHECK(!mica_malloc_attr(n + 1, MICA_FAST, 0));
	}
	for (unsigned int i = 0; i < 8; i++)
		mica_free(p[i]);
	CHECK_EQ(mica_region_remove(pool), 0);
}

#endif
