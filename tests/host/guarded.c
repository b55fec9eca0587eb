/* SPDX-License-Identifier: MIT */
/* Blocks that end at a guard page, and the moats of regions: MICA_HARDEN 3. */
#include "../harness.h"

#if MICA_HARDEN >= 3

#include "core/guarded.h"
#include "core/region.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE ((size_t)4096)

/* ---- does it fault, and where? --------------------------------------------------- */

static sigjmp_buf back;
static const volatile char *volatile fault_at;

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)number, (void)context;
	fault_at = info->si_addr;
	siglongjmp(back, 1);
}

/* Read, or write, the byte at @p. Return: where that faulted; NULL: it did not. */
static const volatile char *touch(const volatile char *p, bool write)
{
	struct sigaction mine = { .sa_sigaction = on_fault,
				  .sa_flags = SA_SIGINFO | SA_NODEFER }, was;

	fault_at = NULL;
	sigaction(SIGSEGV, &mine, &was);
	if (!sigsetjmp(back, 1)) {
		if (write)
			*(volatile char *)p = *p ^ 0;
		else
			(void)*p;
	}
	sigaction(SIGSEGV, &was, NULL);
	return fault_at;
}

static bool faults(const volatile char *p)
{
	return touch(p, false) == p && touch(p, true) == p;
}

/* ---- guarded blocks ------------------------------------------------------------------ */

static void sample(long every)
{
	CHECK_EQ(mica_option_set(MICA_OPTION_GUARD_SAMPLE, every), 0);
	CHECK_EQ(mica_option_set(MICA_OPTION_GUARD_LEAST, 0), 0);
}

static bool block_is_guarded(const void *p)
{
	struct location at;

	return p && !locate(p, &at) && is_guarded(&at);
}

TEST(guarded_ends_where_memory_ends)
{
	char *p;

	sample(1);
	for (size_t size = 16; size < 300000; size += (size / 32 + 1) * 16) {
		p = mica_malloc(size);
		REQUIRE(block_is_guarded(p));
		memset(p, 7, size);
		CHECK(faults(p + size));
		CHECK(faults(p + size + PAGE - 1));
		CHECK(!touch(p + size - 1, true));
		CHECK_EQ(mica_usable_size(p), size);
		mica_free(p);
		CHECK(!touch(p + size, true));	/* it is anybody's again */
	}
	sample(0);
	CHECK_MICA();
}

TEST(guarded_is_sampled)
{
	unsigned int n = 0;
	char *p[50];

	sample(10);
	for (unsigned int i = 0; i < 50; i++) {
		p[i] = mica_malloc(24);
		n += block_is_guarded(p[i]);
	}
	CHECK_EQ(n, 5);
	for (unsigned int i = 0; i < 50; i++)
		mica_free(p[i]);
	mica_option_set(MICA_OPTION_GUARD_SAMPLE, 1);
	mica_option_set(MICA_OPTION_GUARD_LEAST, 100);
	p[0] = mica_malloc(99);
	p[1] = mica_malloc(100);
	CHECK(!block_is_guarded(p[0]) && block_is_guarded(p[1]));
	sample(0);
	p[2] = mica_malloc(100);
	CHECK(!block_is_guarded(p[2]));
	for (unsigned int i = 0; i < 3; i++)
		mica_free(p[i]);
	CHECK_EQ(mica_option_set(MICA_OPTION_GUARD_SAMPLE, -1),
		 MICA_ERROR_INVALID);
}

TEST(guarded_changes_its_size)
{
	char *p, *q;

	sample(1);
	p = mica_malloc(100);
	sample(0);
	REQUIRE(block_is_guarded(p));
	memset(p, 5, 100);
	CHECK_EQ(mica_expand(p, 108), p);
	CHECK_EQ(mica_usable_size(p), 108);
	CHECK(!mica_expand(p, 200));
	CHECK_EQ(mica_realloc(p, 101), p);
	CHECK_EQ(mica_usable_size(p), 101);
	q = mica_realloc(p, 5000);
	REQUIRE(q && q != p);
	CHECK(q[0] == 5 && q[99] == 5);
	CHECK_EQ(mica_usable_size(q), 5000);
	mica_free(q);
	sample(1);
	p = mica_malloc(5000);
	memset(p, 6, 5000);
	q = mica_realloc(p, 40);
	REQUIRE(block_is_guarded(q));
	CHECK(q[0] == 6 && q[39] == 6);
	CHECK_EQ(mica_usable_size(q), 40);
	mica_free(q);
	sample(0);
	CHECK_MICA();
}

TEST(guarded_keeps_an_alignment)
{
	char *p;

	sample(1);
	for (size_t align = 16; align <= PAGE; align *= 2) {
		p = mica_malloc_aligned(align, align);
		REQUIRE(block_is_guarded(p));
		CHECK_INV(7, ((uintptr_t)p & (align - 1)) == 0);
		CHECK(faults(p + align));
		p = mica_realloc_aligned(p, 3 * align, align);
		REQUIRE(p);
		CHECK_INV(7, ((uintptr_t)p & (align - 1)) == 0);
		CHECK(faults(p + 3 * align));
		mica_free(p);
	}
	p = mica_calloc(3, 7);
	REQUIRE(block_is_guarded(p));
	for (unsigned int i = 0; i < 21; i++)
		CHECK(!p[i]);
	mica_free(p);
	sample(0);
}

/* More than there may be: the others are blocks like any. */
TEST(guarded_are_only_so_many, .arena = 64 << 20)
{
	static void *p[MICA_GUARDED_BLOCKS + 50];
	unsigned int n = 0, k;

	sample(1);
	for (k = 0; k < ARRAY_SIZE(p); k++) {
		p[k] = mica_malloc(32);
		REQUIRE(p[k]);
		n += block_is_guarded(p[k]);
	}
	CHECK(n > MICA_GUARDED_BLOCKS / 2 && n <= MICA_GUARDED_BLOCKS);
	for (k = 0; k < ARRAY_SIZE(p); k++)
		mica_free(p[k]);
	p[0] = mica_malloc(32);
	CHECK(block_is_guarded(p[0]));
	mica_free(p[0]);
	sample(0);
	CHECK_MICA();
}

/* Destroyed, it leaves no guard behind; deleted, its blocks live on. */
TEST(guarded_of_a_heap)
{
	struct mica_heap *heap = mica_heap_new(NULL);
	char *p, *q;

	REQUIRE(heap);
	sample(1);
	p = mica_heap_malloc(heap, 64);
	q = mica_malloc(64);
	REQUIRE(block_is_guarded(p) && block_is_guarded(q));
	CHECK(mica_heap_of(p) == heap);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK(!touch(p + 64, true));
	CHECK(faults(q + 64));
	mica_free(q);
	heap = mica_heap_new(NULL);
	REQUIRE(heap);
	p = mica_heap_malloc(heap, 64);
	CHECK_EQ(mica_heap_delete(heap), 0);
	CHECK(block_is_guarded(p) && faults(p + 64));
	mica_free(p);
	CHECK(!touch(p + 64, true));
	sample(0);
	CHECK_MICA();
}

TEST(guarded_is_of_level_3)
{
	struct mica_heap_setup setup = { .harden = 2 };
	struct mica_heap *heap = mica_heap_new(&setup);

	REQUIRE(heap);
	sample(1);
	CHECK(!block_is_guarded(mica_heap_malloc(heap, 64)));
	CHECK(!block_is_guarded(mica_heap_malloc_aligned(heap, 64, 64)));
	sample(0);
	CHECK_EQ(mica_heap_destroy(heap), 0);
}

DEATH(guarded_overflow_before_the_guard,
      "mica: written behind the end of a block: %p")
{
	char *p;

	sample(1);
	p = mica_malloc(13);
	sample(0);
	*(char *)hide(p + 13) ^= 0x55;
	dies_at(p);
	mica_free(p);
}

DEATH(guarded_freed_twice, "mica: block freed twice: %p")
{
	char *p;

	sample(1);
	p = mica_malloc(13);
	sample(0);
	mica_free(p);
	dies_at(p);
	mica_free(hide(p));
}

DEATH(guarded_freed_inside, "mica: free of a pointer that is not mica's: %p")
{
	char *p;

	sample(1);
	p = mica_malloc(64);
	sample(0);
	dies_at(p + 16);
	mica_free(hide(p + 16));
}

/* ---- a provider that does not forbid, or does not allow again ------------------- */

static struct mica_provider lent;
static int refuse_on, refuse_off;	/* so many times */

static int lent_protect(void *context, struct mica_span span, bool on)
{
	int *refuse = on ? &refuse_on : &refuse_off;

	if (*refuse && (*refuse)--)
		return -12;
	return mica_port_provider()->protect(context, span, on);
}

static struct mica_heap *heap_of_lent(void)
{
	struct mica_heap_setup setup = { .provider = &lent };

	lent = *mica_port_provider();
	lent.protect = lent_protect;
	return mica_heap_new(&setup);
}

TEST(guarded_without_protection, .arena = 160 << 20)
{
	struct mica_heap *heap;
	char *p;

	refuse_on = 1000;
	heap = heap_of_lent();
	REQUIRE(heap);
	sample(1);
	p = mica_heap_malloc(heap, 64);
	REQUIRE(p);
	CHECK(!touch(p + 64, true));
	CHECK_EQ(mica_usable_size(p), 64);
	mica_free(p);
	refuse_on = 0;
	sample(0);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_MICA();
}

/* It is freed all the same, as soon as that can be. */
TEST(guarded_not_opened_again, .arena = 160 << 20)
{
	struct mica_heap *heap = heap_of_lent();
	size_t before;
	char *p;

	REQUIRE(heap);
	mica_free(mica_heap_malloc(heap, 1));
	before = mica_used();
	sample(1);
	p = mica_heap_malloc(heap, 64);
	sample(0);
	REQUIRE(block_is_guarded(p));
	refuse_off = 1;
	mica_free(p);
	CHECK(faults(p + 64));
	CHECK(mica_used() > before);
	mica_collect(false);
	CHECK(!touch(p + 64, true));
	CHECK(mica_used() <= before);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK_MICA();
}

TEST(guarded_not_opened_when_its_heap_goes, .arena = 160 << 20)
{
	struct mica_heap *heap = heap_of_lent();
	char *p;

	REQUIRE(heap);
	sample(1);
	p = mica_heap_malloc(heap, 64);
	sample(0);
	REQUIRE(block_is_guarded(p));
	refuse_off = 1;
	CHECK_EQ(mica_heap_destroy(heap), 0);
	CHECK(faults(p + 64));
	mica_collect(false);
	CHECK(!touch(p + 64, true));
	CHECK_MICA();
}

/* ---- moats ---------------------------------------------------------------------------------- */

TEST(moat_around_a_region)
{
	struct region *region;
	const char *first;
	void *p = mica_malloc(1);

	REQUIRE(p);
	region = region_of((uintptr_t)p);
	first = (const char *)run_address(&region->runs,
					  region->runs.first_slice);
	CHECK(faults(first - 1));
	CHECK(faults(first - PAGE));
	CHECK(!touch((const char *)region, false));
	CHECK(faults((const char *)region->span.base + region->span.bytes - 1));
	CHECK(faults((const char *)run_address(&region->runs,
					       runs_end(&region->runs))));
	mica_free(p);
}

TEST(moat_around_a_huge_block, .arena = 256 << 20)
{
	size_t size = 2 * UNIT_BYTES;
	char *p;

	sample(0);
	p = mica_malloc(size);
	REQUIRE(p);
	CHECK(faults(p - 1));
	CHECK(!touch(p + mica_usable_size(p), false));	/* its fence */
	CHECK(faults((char *)((uintptr_t)(p + size + PAGE) & ~(PAGE - 1))));
	mica_free(p);
	CHECK_MICA();
}

#endif
