/* SPDX-License-Identifier: MIT */
/* What MICA_HARDEN 2 and 3 do to blocks where nothing is wrong. */
#include "../harness.h"

#if MICA_HARDEN >= 2

#define BLOCKS 60

#define FIRST 100	/* of a class that is rare, which are runs on a chip */

/* Of fresh blocks, which lie one behind the other without it. */
TEST(harden_order_is_random, .arena = 12000)
{
	char *p[FIRST + BLOCKS];
	unsigned int behind = 0;

	for (unsigned int i = 0; i < FIRST + BLOCKS; i++)
		REQUIRE(p[i] = mica_malloc(24));
	for (unsigned int i = FIRST; i < FIRST + BLOCKS; i++)
		behind += p[i] > p[i - 1] && p[i] - p[i - 1] < 64;
	CHECK(behind < BLOCKS * 3 / 4);
	for (unsigned int i = 0; i < FIRST + BLOCKS; i++)
		mica_free(p[i]);
}

/* All sizes, and every way in which a block changes its size. */
TEST(harden_usable_is_what_was_asked_for, .arena = 9000)
{
	for (size_t size = 1; size < 300; size++) {
		char *p = mica_malloc(size);

		REQUIRE(p);
		CHECK_EQ(mica_usable_size(p), size);
		__builtin_memset(p, 1, size);
		p = mica_realloc(p, size + 7);
		REQUIRE(p);
		CHECK_EQ(mica_usable_size(p), size + 7);
		__builtin_memset(p, 2, size + 7);
		if (mica_expand(p, size + 8))
			CHECK_EQ(mica_usable_size(p), size + 8);
		p = mica_realloc(p, size / 2 + 1);
		REQUIRE(p);
		CHECK_EQ(mica_usable_size(p), size / 2 + 1);
		mica_free(p);
	}
}

#if MICA_HARDEN >= 3 && MICA_QUARANTINE > 1

/* Its address does not come back before others did. */
TEST(harden_freed_blocks_wait, .arena = 3000)
{
	char *p = mica_malloc(40), *q[MICA_QUARANTINE - 1];

	mica_free(p);
	for (unsigned int i = 0; i < MICA_QUARANTINE - 1; i++) {
		q[i] = mica_malloc(40);
		CHECK(q[i] != p);
		mica_free(q[i]);
	}
}

/* What waits is freed before a request fails. */
TEST(harden_quarantine_is_no_loss, .arena = 4000, .needs = TEST_FINITE)
{
	size_t size = 64;
	void *p[4];

	for (unsigned int i = 0; i < 4; i++)
		REQUIRE(p[i] = mica_malloc(size));
	for (unsigned int i = 0; i < 4; i++)
		mica_free(p[i]);
	mica_collect(false);
	for (unsigned int i = 0; i < 4; i++)
		REQUIRE(p[i] = mica_malloc(size));
	for (unsigned int i = 0; i < 4; i++)
		mica_free(p[i]);
}

#endif
#endif
