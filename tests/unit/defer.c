/* SPDX-License-Identifier: MIT */
/* core/region.h: runs freed while their region is busy all come back. */
#include "../threads.h"
#include "core/space.h"

#define RUNS 20u

/* Slices of runs in use, as a walk finds them. */
static slice_t slices_used(const struct runs *r)
{
	slice_t i, n = 0;

	for (i = r->first_slice; i < runs_end(r); i += run_slices(r, i))
		n += run_kind(r, i) == RUN_FREE ? 0 : run_slices(r, i);
	return n;
}

TEST(deferred_runs_come_back, .contexts = 2,
     .arena = ARENA_OF(16 << 20, 512 << 10))
{
	size_t size = MICA_LAYOUT == MICA_LAYOUT_TABLE ? 300000 : 1500;
	struct region *region;
	unsigned int n = 0;
	slice_t used, deferred = 0;
	void *p[RUNS];

	for (unsigned int i = 0; i < RUNS; i++) {
		p[i] = mica_malloc(size);
		REQUIRE(p[i]);
	}
	region = region_of((uintptr_t)p[0]);
	used = slices_used(&region->runs);
	REQUIRE(region_try_lock(region));
	for (unsigned int i = 0; i < RUNS; i++) {
		if (region_of((uintptr_t)p[i]) == region) {
			n++;
			deferred += run_slices(&region->runs,
				run_at(&region->runs, (uintptr_t)p[i]));
		}
		mica_free(p[i]);
	}
	CHECK_EQ(slices_used(&region->runs), used);
	region_unlock(region);
	CHECK(n > 2 * DRAIN_BUDGET || n < RUNS);
	for (unsigned int i = 0; region_has_deferred(region) && i < RUNS; i++) {
		REQUIRE(space_enter(region));
		space_leave(region);
	}
	CHECK_EQ(slices_used(&region->runs), used - deferred);
	CHECK_MICA();
}
