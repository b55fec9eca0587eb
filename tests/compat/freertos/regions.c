/* SPDX-License-Identifier: MIT */
/* vPortDefineHeapRegions(): several memories, and no array beside them. */
#include "FreeRTOS.h"
#include "tests/compat/freertos/seen.h"
#include "tests/harness.h"

static uint8_t regions_memory[2][16384];

/* A kernel's main() defines them before it creates the first task. */
__attribute__((constructor)) static void regions_define(void)
{
	static const HeapRegion_t regions[] = {
		{ regions_memory[0], sizeof(regions_memory[0]) },
		{ regions_memory[1], sizeof(regions_memory[1]) },
		{ NULL, 0 },
	};

	vPortDefineHeapRegions(regions);
}

static int region_of(const void *p)
{
	for (int i = 0; i < 2; i++)
		if ((const uint8_t *)p >= regions_memory[i] &&
		    (const uint8_t *)p < regions_memory[i] + 16384)
			return i;
	return -1;
}

TEST(freertos_regions_are_all_there)
{
	struct mica_stats stats;

	mica_stats(&stats);
	CHECK_EQ(stats.regions, 2);
	CHECK_EQ(stats.reserved, sizeof(regions_memory));
	CHECK(xPortGetFreeHeapSize() > 28 * 1024);
	CHECK_EQ(seen.asserts, 0);
}

TEST(freertos_regions_are_all_used)
{
	void *p = pvPortMalloc(hide_size(12000));
	void *q = pvPortMalloc(hide_size(12000));

	CHECK(p && q);
	CHECK_EQ(region_of(p) + region_of(q), 1);
	CHECK(!pvPortMalloc(hide_size(12000)));
	vPortFree(p);
	vPortFree(q);
}

/* One more than MICA_REGIONS_MAX has room for is an assertion. */
TEST(freertos_regions_too_many)
{
	static uint8_t more[MICA_REGIONS_MAX][1024];
	HeapRegion_t regions[MICA_REGIONS_MAX + 1] = { { NULL, 0 } };

	for (int i = 0; i < MICA_REGIONS_MAX - 2; i++)
		regions[i] = (HeapRegion_t){ more[i], sizeof(more[i]) };
	vPortDefineHeapRegions(regions);
	CHECK_EQ(seen.asserts, 0);
	regions[0] = (HeapRegion_t){ more[MICA_REGIONS_MAX - 1], 1024 };
	regions[1] = (HeapRegion_t){ NULL, 0 };
	vPortDefineHeapRegions(regions);
	CHECK_EQ(seen.asserts, 1);
}
