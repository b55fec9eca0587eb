/* SPDX-License-Identifier: MIT */
/* core/abandon.h from inside: state and bit of a page say the same. */
#include "core/geometry.h"

#if !CONTEXT_IS_SOLO

#include "../harness.h"
#include "../threads.h"
#include "core/page.h"

#define SIZE PAGED(112)
#define BLOCKS 40	/* tag layout: the first ones are runs */
#define WORD_BITS (sizeof(uintptr_t) * 8)

static void *left[BLOCKS];

static struct page *page_of(const void *p)
{
	struct runs *r = p ? map_find((uintptr_t)p) : NULL;

	return r ? page_at(r, (uintptr_t)p) : NULL;
}

static void leave(void *arg)
{
	int i = BLOCKS - 1;

	(void)arg;
	for (int k = 0; k < BLOCKS; k++)
		CHECK(left[k] = mica_malloc(SIZE));
	/* Lest the last page is full: full ones are not abandoned. */
	while (i-- > 0 && page_of(left[i]) == page_of(left[BLOCKS - 1]))
		;
	if (i + 1 < BLOCKS - 1) {
		mica_free(left[i + 1]);
		left[i + 1] = NULL;
	}
}

static bool bit_of(struct page *page)
{
	struct runs *r = page_runs(page);
	size_t idx = abandoned_idx(r, page);

	return *abandoned_word(r, page->class, idx / WORD_BITS) >>
	       idx % WORD_BITS & 1;
}

static struct page *leave_page(void)
{
	struct thread t;

	mica_free(mica_malloc(SIZE));	/* a context may claim, others not */
	if (!CHECK(thread_start(&t, leave, NULL)))
		return NULL;
	thread_join(&t);
	return page_of(left[BLOCKS - 1]);
}

TEST(abandoned_bit_comes_and_goes, .contexts = 2, .arena = ARENA_OF(4 << 20, 64 << 10))
{
	struct page *page = leave_page();

	REQUIRE(page);
	CHECK_EQ(remote_state(page->remote), REMOTE_ABANDONED);
	CHECK(bit_of(page));
	CHECK(!page_owner(page));
	mica_free(left[BLOCKS - 1]);
	CHECK(!bit_of(page));
	CHECK_EQ(remote_state(page->remote), REMOTE_OWNED);
	CHECK(page_owner(page) == part_self());
	for (int i = 0; i < BLOCKS - 1; i++)
		mica_free(left[i]);
	mica_collect(true);
}

#endif
