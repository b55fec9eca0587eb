/* SPDX-License-Identifier: MIT */
/* A region that grows beside others, which never lie where it may grow. */
#include "memory.h"

#if MICA_REGIONS_MAX > 1

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)

/* Others' memory may lie in it: it cannot be taken back. */
TEST(growing_region_stays)
{
	struct mica_region region;
	void *p;

	mica_free(mica_malloc(16));
	REQUIRE(mica_region_get(0, &region));
	CHECK_EQ(mica_region_remove(region.base), MICA_ERROR_BUSY);
	p = mica_malloc(MIB);
	REQUIRE(p && mica_region_get(0, &region));
	CHECK((uintptr_t)region.base + region.bytes == memory_end());
	mica_free(p);
	CHECK_EQ(mica_region_remove(region.base), MICA_ERROR_BUSY);
	p = mica_malloc(4 * MIB);
	CHECK(p);
	mica_free(p);
}

/* What lies above its base will be a gap of its own. */
TEST(nothing_is_added_above_the_base)
{
	uintptr_t end = memory_end();
	void *p;

	memory_foreign(2);
	CHECK_EQ(mica_region_add((void *)end, WASM_PAGE, 0), MICA_ERROR_OVERLAP);
	CHECK_EQ(mica_region_add((void *)(end + WASM_PAGE), WASM_PAGE, 0),
		 MICA_ERROR_OVERLAP);
	CHECK(memory_foreign_is_whole());
	p = mica_malloc_attr(100 * KIB, 0, MICA_FAST);
	CHECK(p && !memory_is_foreign(p, 100 * KIB));
	mica_free(p);
	p = mica_aligned_attr(MIB, 4096, 0, 0);
	CHECK(p && (uintptr_t)p % 4096 == 0);
	mica_free(p);
}

static unsigned int nr_released;

static int above_reserve(void *context, size_t bytes, size_t align, size_t lead,
			 struct mica_span *span)
{
	(void)context, (void)bytes, (void)align, (void)lead;
	span->base = (void *)memory_end();
	span->bytes = 4 * WASM_PAGE;
	return __builtin_wasm_memory_grow(0, 4) == (size_t)-1 ? -1 : 0;
}

static int above_release(void *context, struct mica_span span)
{
	(void)context, (void)span;
	nr_released++;
	return 0;
}

TEST(no_provider_gives_memory_above_the_base)
{
	static const struct mica_provider above = {
		.name = "above", .flags = MICA_PROVIDER_COMMITTED,
		.reserve = above_reserve, .release = above_release,
	};

	CHECK_EQ(mica_provider_add(&above), 0);
	memory = (struct memory){ .refuse_at = 1, .refuse_more = ~0u };
	CHECK(!mica_malloc(100 * KIB));
	CHECK_EQ(nr_released, 1);
	memory = (struct memory){ 0 };
}

TEST(growing_region_among_others)
{
	static char pool[20 << 10];
	void *p[3];

	CHECK_EQ(mica_region_add(pool, sizeof(pool), 0), 0);
	for (unsigned int k = 0; k < 3; k++) {
		p[k] = mica_malloc((size_t)15 << (10 + 3 * k));
		REQUIRE(p[k]);
		CHECK(((uintptr_t)p[k] - (uintptr_t)pool < sizeof(pool)) == !k);
	}
	CHECK_MICA();
	for (unsigned int k = 0; k < 3; k++)
		mica_free(p[k]);
	CHECK_EQ(mica_region_remove(pool), 0);
}

#endif
