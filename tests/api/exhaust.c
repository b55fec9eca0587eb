/* SPDX-License-Identifier: MIT */
/* The end of memory: NULL, nothing lost, and all of it back afterwards. */
#include "../model.h"

struct link {
	struct link *next;
	size_t size;
};

/* Takes blocks of @size until there are no more; they chain themselves. */
static struct link *take_all(struct link *list, size_t size,
			     unsigned int *taken)
{
	struct link *l;

	while ((l = mica_malloc(size))) {
		l->next = list;
		l->size = size;
		fill(l + 1, size - sizeof(*l), (uint32_t)size);
		list = l;
		++*taken;
	}
	return list;
}

static void free_all(struct link *list)
{
	while (list) {
		struct link *next = list->next;
		size_t size = list->size;

		CHECK_INV(7, filled(list + 1, size - sizeof(*list),
				    (uint32_t)size));
		mica_free(list);
		list = next;
	}
}

/* Some of these fit, however small the memory. */
static size_t biggest(void)
{
	size_t size = MICA_LAYOUT == MICA_LAYOUT_TABLE ? 8 << 20 : 8 << 10;

	while (size > 64 && size > test_target.arena() / 4)
		size /= 2;
	return size;
}

/* What of the statistics is looked at; stacks are small. */
struct state {
	uint64_t failures;
	size_t live_blocks, used_bytes;
};

__attribute__((noinline)) static struct state state_now(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	return (struct state){
		stats.failures, stats.live_blocks, stats.used_bytes,
	};
}

TEST(exhaust_and_recover, .needs = TEST_FINITE)
{
	unsigned int first[40] = { 0 }, second, round = 0;
	struct state before, full, after;
	struct link *list = NULL;

	mica_collect(true);
	before = state_now();
	for (size_t size = biggest(); size >= 2 * sizeof(*list); size /= 2)
		list = take_all(list, size, &first[round++]);
	full = state_now();
	CHECK(first[0] > 0);
	CHECK(full.failures >= before.failures + round);
	CHECK_MICA();
	for (unsigned int i = 0; i < 10; i++)
		CHECK(!mica_malloc(biggest()));
	CHECK_MICA();
	free_all(list);
	mica_collect(true);
	after = state_now();
	CHECK_EQ(after.live_blocks, before.live_blocks);
	CHECK_EQ(after.used_bytes, before.used_bytes);
	CHECK_MICA();

	second = 0;
	free_all(take_all(NULL, biggest(), &second));
	CHECK(second >= first[0]);
}

/* With memory full, a block that is live can still shrink and be freed. */
TEST(exhausted_realloc, .needs = TEST_FINITE)
{
	unsigned int taken = 0;
	struct link *list = take_all(NULL, biggest() / 2, &taken);
	struct link *tail = take_all(NULL, 2 * sizeof(*list), &taken);
	void *p;

	REQUIRE(list && list->next);	/* what is left over may be nothing */
	CHECK(!mica_realloc(list, biggest() * 64));
	CHECK(!mica_expand(list, biggest() * 64));
	CHECK_INV(7, filled(list + 1, list->size - sizeof(*list),
			    (uint32_t)list->size));
	CHECK_MICA();
	p = mica_realloc(list->next, list->next->size);
	CHECK(p == list->next);
	p = mica_expand(list, list->size / 2);
	CHECK(p == list);
	CHECK_MICA();
	p = mica_expand(list, list->size);
	CHECK(p == list || mica_usable_size(list) >= list->size / 2);
	list->size = p ? list->size : list->size / 2;
	fill(list + 1, list->size - sizeof(*list), (uint32_t)list->size);
	free_all(list);
	free_all(tail);
}

/* What is before a block of @size bytes of a page: a run holds more or less. */
static struct link *in_a_page(struct link *list, size_t size)
{
	while (list && list->next && (list->next->size != size ||
				      mica_usable_size(list->next) != size))
		list = list->next;
	return list;
}

/* When its own class and runs are used up, a request takes a bigger block. */
TEST(exhausted_takes_a_bigger_class, .needs = TEST_FINITE | TEST_TAG)
{
	struct mica_stats before, after;
	struct link *list, *prev, *bigger;
	unsigned int taken = 0;
	void *p;

	mica_collect(true);
	list = take_all(NULL, 64, &taken);
	list = take_all(list, 16, &taken);
	prev = in_a_page(list, 64);
	REQUIRE(prev && prev->next);
	bigger = prev->next;
	prev->next = bigger->next;
	mica_stats(&before);
	mica_free(bigger);
	p = mica_malloc(24);
	mica_stats(&after);
	CHECK(p == bigger);
	CHECK_EQ(mica_usable_size(p), 64);
	CHECK_EQ(after.fallbacks, before.fallbacks + 1);
	CHECK_MICA();
	mica_free(p);
	free_all(list);
}

/* A size that is rare gets a run of its own, not a page. */
TEST(rare_sizes_are_single, .arena = 512, .needs = TEST_TAG)
{
	struct mica_stats before, after;
	void *p;

	mica_collect(true);
	mica_stats(&before);
	p = mica_malloc(40);
	mica_stats(&after);
	REQUIRE(p);
	CHECK_EQ(after.singles, before.singles + 1);
	CHECK_EQ(after.pages_opened, before.pages_opened);
	CHECK_EQ(after.runs_allocated, before.runs_allocated + 1);
	mica_free(p);
	mica_stats(&after);
	CHECK_EQ(after.runs_freed, before.runs_freed + 1);
}
