/* SPDX-License-Identifier: MIT */
/*
 * Memory that grows: by what is needed, as one with what was there, refused at
 * each call in turn, and with others that have it grow, too. Each test begins
 * with memory that has not grown yet.
 */
#include "memory.h"

#include "../model.h"
#include "../stress/load.h"
#include "core/large.h"

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)

extern char __heap_base[];

/* ---- as much as is needed --------------------------------------------------------- */

TEST(first_block_takes_a_page_at_most)
{
	void *p = mica_malloc(16);

	REQUIRE(p);
	CHECK((uintptr_t)p - (uintptr_t)__heap_base < WASM_PAGE);
	CHECK(memory_end() <= (((uintptr_t)__heap_base + WASM_PAGE - 1) &
			       ~(WASM_PAGE - 1)) + WASM_PAGE);
	mica_free(p);
}

/* Not more than the request, what cells may take, a 64th of all, and a page. */
TEST(growth_fits_the_need)
{
	static const size_t sizes[] = {
		100, 20 * KIB, WASM_PAGE - 4, WASM_PAGE, WASM_PAGE + 1, 200 * KIB,
		MIB, 10 * MIB, 100 * MIB, 300,
	};
	void *p[sizeof(sizes) / sizeof(sizes[0])];
	size_t k, nr = sizeof(sizes) / sizeof(sizes[0]);

	for (k = 0; k < nr; k++) {
		uintptr_t before = memory_end(), grown;

		p[k] = mica_malloc(sizes[k]);
		REQUIRE(p[k]);
		grown = memory_end() - before;
		CHECK(grown < sizes[k] + sizes[k] / 1024 + before / 60 +
			      2 * WASM_PAGE);
		CHECK_MICA();
	}
	while (k--)
		mica_free(p[k]);
}

/* Small blocks: what is not in them is a small part. */
TEST(growth_wastes_little)
{
	enum { NR = 60000, BYTES = 16 };
	uintptr_t begin = (uintptr_t)__heap_base;
	void **list = NULL, **p;

	for (unsigned int i = 0; i < NR; i++) {
		p = mica_malloc(BYTES);
		REQUIRE(p);
		*p = list;
		list = p;
	}
	CHECK(memory_end() - begin < (size_t)NR * BYTES / 100 * 115);
	while ((p = list)) {
		list = *p;
		mica_free(p);
	}
}

/* Invariant 2: what comes is one with the free run at the end. */
TEST(growth_joins_the_last_run)
{
	uintptr_t end;
	char *p, *q;

	mica_free(mica_malloc(16));
	end = memory_end();
	p = mica_malloc(WASM_PAGE);
	REQUIRE(p);
	CHECK_INV(2, (uintptr_t)p < end);
	CHECK(memory_end() - end <= WASM_PAGE);
	mica_free(p);
	end = memory_end();
	q = mica_malloc(2 * WASM_PAGE);
	CHECK_INV(2, q == p);
	CHECK(memory_end() - end <= WASM_PAGE);
	mica_free(q);
	CHECK_MICA();
}

/* The last block grows with the memory; cells are in its way now and then. */
TEST(growth_behind_a_block)
{
	unsigned int moved = 0;
	size_t size = 40 * KIB;
	uint32_t *p = mica_malloc(size), *q;

	REQUIRE(p);
	p[0] = 17;
	for (; size < 200 * MIB; size += size / 2) {
		p[size / 4 - 1] = (uint32_t)size;
		q = mica_realloc(p, size + size / 2);
		REQUIRE(q);
		moved += p != q;
		p = q;
		CHECK(p[0] == 17 && p[size / 4 - 1] == (uint32_t)size);
	}
	CHECK(moved < 10);
	CHECK(memory_end() < 2 * size);
	CHECK_MICA();
	mica_free(p);
}

TEST(growth_not_behind_a_block_among_others)
{
	char *p = mica_malloc(100 * KIB), *q = mica_malloc(KIB), *r;
	uintptr_t end = memory_end();

	REQUIRE(p && q);
	CHECK(!mica_expand(p, MIB));
	CHECK(memory_end() == end);
	CHECK(mica_expand(q, 3 * WASM_PAGE) == q);
	CHECK(memory_end() > end);
	memory_foreign(1);
	end = memory_end();
	CHECK(!mica_expand(q, 9 * WASM_PAGE));
	CHECK(memory_end() == end);
	r = mica_realloc(q, 9 * WASM_PAGE);
	CHECK(r && r != q);
	CHECK(memory_foreign_is_whole());
	mica_free(p);
	mica_free(r);
}

/* Pages in memory that cells had no room for at first. */
TEST(growth_has_cells_for_all_pages)
{
	enum { BYTES = 64 };
	size_t bytes = 0, most = 40 * MIB;
	void **list = NULL, **p;

	for (; bytes < most; bytes += BYTES) {
		p = mica_malloc(BYTES);
		REQUIRE(p);
		*p = list;
		list = p;
	}
	CHECK_MICA();
	for (bytes = 0; (p = list); bytes += BYTES) {
		list = *p;
		mica_free(p);
	}
	CHECK(bytes == most);
	CHECK_MICA();
}

/* ---- known to be zero ---------------------------------------------------------------- */

static uint64_t zero_known(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return stats.zero_known;
}

static bool is_zero(const char *p, size_t bytes)
{
	while (bytes--)
		if (p[bytes])
			return false;
	return true;
}

TEST(fresh_memory_is_known_to_be_zero)
{
	uint64_t before;
	char *p, *q;

	mica_free(mica_malloc(40 * KIB));
	before = zero_known();
	p = mica_calloc(1, 10 * MIB);
	q = mica_calloc(1, 300 * KIB);
	REQUIRE(p && q);
	CHECK(is_zero(p, 10 * MIB) && is_zero(q, 300 * KIB));
	CHECK(MICA_STATS < 2 || zero_known() >= before + 1);
	__builtin_memset(p, 0xff, 10 * MIB);
	mica_free(p);
	before = zero_known();
	p = mica_calloc(1, 9 * MIB);
	CHECK(p && is_zero(p, 9 * MIB));
	CHECK(zero_known() == before);
	mica_free(p);
	mica_free(q);
}

/* A free run's size lies in its last word, which is the block's if all is taken. */
TEST(all_of_a_fresh_run_is_zero)
{
	char *p, *q;
	size_t bytes;

	mica_free(mica_malloc(40 * KIB));
	p = mica_malloc(MIB);
	REQUIRE(p);
	bytes = mica_largest();
	CHECK(bytes > 2 * KIB);
	q = mica_calloc(1, bytes);
	REQUIRE(q);
	CHECK(is_zero(q, bytes) && mica_usable_size(q) == bytes);
	mica_free(p);
	mica_free(q);
}

/* What a block grew into and left is not fresh any more. */
TEST(memory_that_a_block_grew_into_is_not_zero)
{
	char *p, *q = mica_malloc(MIB);

	REQUIRE(q);
	CHECK(mica_expand(q, MIB + 300 * KIB) == q);
	__builtin_memset(q, 0xff, MIB + 300 * KIB);
	CHECK(mica_realloc(q, MIB) == q);
	p = mica_calloc(1, 200 * KIB);
	CHECK(p && is_zero(p, 200 * KIB));
	mica_free(p);
	mica_free(q);
}

/* Whatever was there before, in memory that grows all the time. */
TEST(zeroed_blocks_are_zero)
{
	enum { NR = 64 };
	struct random random = { .state = 11 };
	static struct { char *p; size_t bytes; } live[NR];
	uint32_t k;

	for (unsigned int i = test_scaled(20000); i-- && !test_failed();) {
		k = random_below(&random, NR);
		if (live[k].p) {
			__builtin_memset(live[k].p, 0x5a, live[k].bytes);
			mica_free(live[k].p);
		}
		live[k].bytes = random_size(&random, 16);
		if (random_below(&random, 4)) {
			live[k].p = mica_calloc(1, live[k].bytes);
			CHECK(live[k].p && is_zero(live[k].p, live[k].bytes));
		} else if (random_below(&random, 2)) {
			live[k].p = mica_zalloc_aligned(live[k].bytes, 64);
			CHECK(live[k].p && is_zero(live[k].p, live[k].bytes));
		} else {
			live[k].p = mica_malloc(live[k].bytes);
			CHECK(live[k].p);
		}
	}
	for (k = 0; k < NR; k++)
		mica_free(live[k].p);
}

/* ---- refused -------------------------------------------------------------------------- */

/* Blocks of some size, each twice as large as the last: most need memory. */
static unsigned int take_doubling(void **p, unsigned int nr)
{
	unsigned int refused = 0;

	for (unsigned int k = 0; k < nr; k++) {
		p[k] = mica_malloc(WASM_PAGE << k);
		refused += !p[k];
		CHECK_MICA();
	}
	return refused;
}

/* Invariant 8: NULL, and nothing else; later requests are served. */
TEST(growth_refused_at_each_call)
{
	enum { NR = 8 };
	void *p[NR], *q;

	for (unsigned int n = 1; n <= 2 * NR && !test_failed(); n++) {
		memory = (struct memory){ .refuse_at = n, .refuse_more = 1 };
		memory_foreign(1);	/* so that there is no run at the end */
		CHECK_INV(8, take_doubling(p, NR) <= 2);
		q = mica_malloc(100);
		CHECK_INV(8, q);
		mica_free(q);
		memory = (struct memory){ 0 };
		for (unsigned int k = 0; k < NR; k++) {
			p[k] = mica_realloc(p[k], (WASM_PAGE << k) + n * WASM_PAGE);
			CHECK(p[k]);
		}
		for (unsigned int k = 0; k < NR; k++)
			mica_free(p[k]);
		CHECK(memory_foreign_is_whole());
	}
}

/* The memory that there is serves what fits, and the block is as it was. */
TEST(growth_refused_for_good)
{
	uintptr_t end;
	uint32_t *p;
	void *q;

	memory = (struct memory){ .refuse_at = 1, .refuse_more = ~0u };
	p = mica_malloc(300);
	REQUIRE(p);
	p[0] = 5;
	end = memory_end();
	CHECK_INV(8, !mica_malloc(MIB));
	CHECK_INV(8, !mica_calloc(1, MIB));
	CHECK_INV(8, !mica_malloc_aligned(MIB, 4096));
	CHECK_INV(8, !mica_realloc(p, MIB));
	CHECK(memory_end() == end && p[0] == 5);
	q = mica_malloc(200);
	CHECK(q);
	mica_free(q);
	memory = (struct memory){ 0 };
	p = mica_realloc(p, MIB);
	CHECK(p && p[0] == 5);
	mica_free(p);
}

/* Not even the first page: the next time is another. */
TEST(growth_refused_at_first)
{
	unsigned int n = 1;
	void *p;

	memory = (struct memory){ .refuse_at = 1, .refuse_more = ~0u };
	while ((p = mica_malloc(KIB)) && n < 100)
		n++;
	CHECK(!p && n < 100);
	test_expects_lost();
	memory = (struct memory){ 0 };
	p = mica_malloc(KIB);
	CHECK(p);
	mica_free(p);
}

/* ---- others --------------------------------------------------------------------------- */

TEST(foreign_memory_before_the_first_block)
{
	void *p[64];
	unsigned int k;

	memory_foreign(3);
	for (k = 0; k < 64; k++) {
		p[k] = mica_malloc(4 * KIB);
		REQUIRE(p[k]);
		CHECK(!memory_is_foreign(p[k], 4 * KIB));
		__builtin_memset(p[k], 0, 4 * KIB);
	}
	CHECK(memory_foreign_is_whole());
	while (k--)
		mica_free(p[k]);
}

/* Invariant 7, with a gap before each of the calls in turn. */
TEST(foreign_memory_before_each_call)
{
	enum { NR = 7 };
	void *p[NR];

	for (unsigned int n = 1; n <= NR && !test_failed(); n++) {
		memory = (struct memory){ .foreign_at = n, .foreign_pages = n };
		CHECK(!take_doubling(p, NR));
		for (unsigned int k = 0; k < NR; k++) {
			CHECK_INV(7, !memory_is_foreign(p[k], WASM_PAGE << k));
			__builtin_memset(p[k], 0, WASM_PAGE << k);
		}
		CHECK_INV(7, memory_foreign_is_whole());
		for (unsigned int k = NR; k--;)
			mica_free(p[k]);
		CHECK_MICA();
		/* Next time there is need for more again. */
		memory_foreign(1);
		p[0] = mica_malloc(WASM_PAGE << (NR + n));
		CHECK(p[0]);
		mica_free(p[0]);
	}
}

/* Cells of all that lies between must fit into a page that comes behind. */
TEST(foreign_memory_of_a_gigabyte)
{
	void *p[300];
	unsigned int k;

	mica_free(mica_malloc(16));
	memory_foreign(16384);
	for (k = 0; k < 300; k++) {
		p[k] = mica_malloc(KIB);
		REQUIRE(p[k]);
		CHECK(!memory_is_foreign(p[k], KIB));
	}
	CHECK(memory_foreign_is_whole());
	CHECK_MICA();
	while (k--)
		mica_free(p[k]);
}

/* ---- the end ---------------------------------------------------------------------------- */

/* All that there is: 4 GiB less the last granule, which no tag could close. */
TEST(memory_grows_to_its_end)
{
	size_t large = (size_t)1 << 29, bytes = 0, n;
	void **list = NULL, **p;

	for (n = large; n >= KIB; n /= 2)
		while ((p = mica_malloc(n))) {
			*p = list;
			list = p;
			bytes += n;
		}
	CHECK(memory_end() == 0);
	CHECK(bytes > (size_t)0 - 8 * MIB);
	CHECK(!mica_malloc(WASM_PAGE));
	CHECK_MICA();
	while ((p = list)) {
		list = *p;
		mica_free(p);
	}
	CHECK_MICA();
	for (unsigned int k = 0; k < 2; k++) {	/* one run again */
		p = mica_malloc(RUN_BYTES_MAX);
		CHECK_INV(2, p);
		mica_free(p);
	}
}

/* No block is over 2 GiB: differences of pointers would overflow. */
TEST(sizes_near_all_memory)
{
	static const size_t sizes[] = {
		RUN_BYTES_MAX + 1, (size_t)1 << 31, ((size_t)1 << 31) + 1,
		(size_t)3 << 30, (size_t)0 - 2 * WASM_PAGE, (size_t)0 - WASM_PAGE,
		(size_t)0 - 33, (size_t)0 - 16, (size_t)0 - 4, (size_t)0 - 1,
	};
	uint32_t *p = mica_malloc(100);
	uintptr_t end = memory_end();

	REQUIRE(p);
	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		size_t size = hide_size(sizes[k]);

		CHECK(!mica_malloc(size));
		CHECK(!mica_calloc(size, 1));
		CHECK(!mica_malloc_aligned(size, 64));
		CHECK(!mica_realloc(p, size));
		CHECK(!mica_expand(p, size));
		CHECK_MICA();
	}
	CHECK(!mica_malloc_aligned(16, hide_size((size_t)1 << 31)));
	CHECK(memory_end() == end);
	p = mica_realloc(p, RUN_BYTES_MAX);
	REQUIRE(p);
	CHECK(mica_usable_size(p) >= RUN_BYTES_MAX);
	mica_free(p);
	CHECK_MICA();
}

/* ---- all of it ---------------------------------------------------------------------------- */

/* A random load, while others come, and every third call is refused. */
TEST(growth_among_others)
{
	struct load load = {
		.model = &model_main, .random = { .state = 3 }, .size_bits = 17,
		.max_bytes = 24 * MIB, .max_blocks = MODEL_BLOCKS,
	};

	model_reset(&model_main);
	for (unsigned int round = 0; round < 200 && !test_failed(); round++) {
		memory = (struct memory){ .foreign_at = 1, .foreign_pages = 1,
					  .refuse_at = 2 + round % 2,
					  .refuse_more = round % 2 };
		load_run(&load, test_scaled(200));
		CHECK_INV(7, memory_foreign_is_whole());
		CHECK_MICA();
	}
	CHECK(load.refused);
	load_end(&load);
}
