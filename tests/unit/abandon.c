/* SPDX-License-Identifier: MIT */
/* core/abandon.h from inside: state and bit of a page say the same. */
#include "core/geometry.h"

#if !CONTEXT_IS_SOLO

#include "../harness.h"
#include "../threads.h"
#include "core/page.h"

#define SIZE 112
#define WORD_BITS (sizeof(uintptr_t) * 8)

static void *left, *other;

static void leave_two(void *arg)
{
	(void)arg;
	left = mica_malloc(SIZE);
	other = mica_malloc(SIZE);
	CHECK(left && other);
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
	struct runs *r;
	struct thread t;

	mica_free(mica_malloc(SIZE));	/* a context may claim, others not */
	if (!CHECK(thread_start(&t, leave_two, NULL)))
		return NULL;
	thread_join(&t);
	r = left ? map_find((uintptr_t)left) : NULL;
	return r ? page_at(r, (uintptr_t)left) : NULL;
}

TEST(abandoned_bit_comes_and_goes, .contexts = 2, .arena = 4 << 20)
{
	struct page *page = leave_page();

	REQUIRE(page);
	CHECK_EQ(remote_state(page->remote), REMOTE_ABANDONED);
	CHECK(bit_of(page));
	CHECK(!page_owner(page));
	mica_free(other);
	CHECK(!bit_of(page));
	CHECK_EQ(remote_state(page->remote), REMOTE_OWNED);
	CHECK(page_owner(page) == part_self());
	mica_free(left);
	mica_collect(true);
}

#endif
