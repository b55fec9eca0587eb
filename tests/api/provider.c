/* SPDX-License-Identifier: MIT */
/* A provider that the program registers: it counts, and refuses by switch. */
#include "../model.h"
#include "core/region.h"

#if MICA_LAYOUT == MICA_LAYOUT_TAG && MICA_REGIONS_MAX > 1

static char memory[4096];
static unsigned int reserved, released;
static bool willing;

static int give(void *context, size_t bytes, size_t align, size_t lead,
		struct mica_span *span)
{
	(void)bytes, (void)lead;
	if (context != memory || align != 1 || !willing || reserved > released)
		return -1;
	reserved++;
	*span = (struct mica_span){ memory, sizeof(memory) };
	return 0;
}

static int take(void *context, struct mica_span span)
{
	CHECK(context == memory && span.base == memory &&
	      span.bytes == sizeof(memory));
	released++;
	return 0;
}

static const struct mica_provider counting = {
	.name = "counting",
	.context = memory,
	.flags = MICA_PROVIDER_COMMITTED,
	.attributes = MICA_RETAINED,
	.granule = 1,
	.reserve = give,
	.release = take,
};

TEST(provider_refuses_bad_input)
{
	struct mica_provider bad = counting;

	CHECK_EQ(mica_provider_add(NULL), MICA_ERROR_INVALID);
	bad.reserve = NULL;
	CHECK_EQ(mica_provider_add(&bad), MICA_ERROR_INVALID);
	bad = counting;
	bad.attributes = MICA_ATTRIBUTES + 1;
	CHECK_EQ(mica_provider_add(&bad), MICA_ERROR_INVALID);
	bad = counting;
	bad.granule = 3;
	CHECK_EQ(mica_provider_add(&bad), MICA_ERROR_INVALID);
}

TEST(provider_is_asked_by_attribute)
{
	struct mica_region info = { 0 };
	size_t n = 0;
	void *p;

	mica_free(mica_malloc(1));
	while (mica_region_get(n, &info))
		n++;
	if (n == NR_REGIONS)
		return;
	CHECK(!mica_malloc_attr(100, MICA_RETAINED, 0));
	CHECK_EQ(mica_provider_add(&counting), 0);
	CHECK_EQ(mica_provider_add(&counting), MICA_ERROR_INVALID);
	CHECK_EQ(reserved, 0);
	CHECK(!mica_malloc_attr(100, MICA_RETAINED, 0));	/* it refuses */
	willing = true;
	CHECK(!mica_malloc_attr(100, MICA_RETAINED | MICA_FAST, 0));
	CHECK_EQ(reserved, 0);
	p = mica_malloc_attr(100, MICA_RETAINED, 0);
	willing = false;
	REQUIRE(p);
	CHECK_EQ(reserved, 1);
	CHECK((uintptr_t)p - (uintptr_t)memory < sizeof(memory));
	CHECK_EQ(mica_region_remove(memory), MICA_ERROR_BUSY);
	CHECK_EQ(released, 0);
	mica_free(p);
	CHECK_EQ(mica_region_remove(memory), 0);
	CHECK_EQ(released, 1);
	CHECK_MICA();
}

#endif
