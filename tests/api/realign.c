/* SPDX-License-Identifier: MIT */
/* realloc of a block that does not have the alignment it shall have. */
#include "../harness.h"

#define TRIES 8

TEST(realloc_aligns_what_is_not, .arena = 1024)
{
	uintptr_t align = 8 * MICA_GRANULE;
	void *p[TRIES];

	for (unsigned int i = 0; i < TRIES; i++) {
		p[i] = mica_malloc(3 * MICA_GRANULE);
		REQUIRE(p[i]);
		__builtin_memset(p[i], (int)i, 3 * MICA_GRANULE);
	}
	for (unsigned int i = 0; i < TRIES; i++) {
		unsigned char *q = mica_realloc_aligned(p[i], 3 * MICA_GRANULE,
							align);

		REQUIRE(q);
		CHECK_INV(7, (uintptr_t)q % align == 0);
		CHECK(q[0] == i && q[3 * MICA_GRANULE - 1] == i);
		p[i] = q;
	}
	for (unsigned int i = 0; i < TRIES; i++)
		mica_free(p[i]);
}
