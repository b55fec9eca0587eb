/* SPDX-License-Identifier: MIT */
/*
 * Banks of the port's own provider: what is off cannot be touched here, and
 * the Nth decommit or commit is refused in turn. Invariants 6, 7 and 8.
 */
#include "../model.h"
#include "port/fake/fake.h"

#define SIZE_MOST_BITS 13	/* up to two banks */
#define ROUNDS 12u

static size_t books_ahead(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return fake_committed() - stats.committed;
}

/* Blocks until there is no memory; then all of them go. */
static void tide(struct random *r)
{
	struct model *m = &model_main;
	size_t size;
	void *p;

	model_reset(m);
	do {
		size = random_size(r, SIZE_MOST_BITS);
		p = mica_malloc(size);
	} while (p && model_add(m, p, size, MICA_GRANULE) &&
		 m->nr + 1 < MODEL_BLOCKS);
	mica_free(m->nr + 1 < MODEL_BLOCKS ? p : NULL);
	model_verify_all(m);
	CHECK_MICA();
	while (m->nr)
		mica_free(model_take(m, random_below(r, m->nr)));
}

TEST(banks_of_the_port, .needs = TEST_TAG)
{
	unsigned int calls = fake_calls(FAKE_COMMIT), n, refused = 0;
	struct random r = { 77 };
	size_t ahead, limit;

	mica_free(mica_malloc(200000));
	limit = fake_limit(0);
	ahead = books_ahead();
	for (n = 1; n <= ROUNDS; n++) {
		fake_fail(FAKE_DECOMMIT, n / 2, 1);
		mica_banks_sleep(n % 3 ? ~0u : 2);
		refused += fake_failed();
		fake_fail(FAKE_DECOMMIT, 0, 0);
		CHECK_INV(6, books_ahead() == ahead);
		CHECK_MICA();
		fake_fail(FAKE_COMMIT, n, 1);
		tide(&r);
		refused += fake_failed();
		fake_fail(FAKE_COMMIT, 0, 0);
		CHECK_INV(6, books_ahead() == ahead);
	}
	if (!fake_is("keep"))
		CHECK(refused > 1 && fake_calls(FAKE_COMMIT) > calls + ROUNDS);
	CHECK_EQ(fake_breaches(), 0);
	fake_limit(limit);
}
