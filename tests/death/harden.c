/* SPDX-License-Identifier: MIT */
/* What MICA_HARDEN 2 finds, word for word; 3 finds it too. */
#include "../harness.h"
#include "core/fence.h"
#include "core/size_class.h"

#if MICA_HARDEN >= 2

#define OVERFLOW "mica: written behind the end of a block: %p"
#define INTERIOR "mica: free of a pointer into a block: %p"
#define TWICE "mica: block freed twice: %p"

static size_t run_size(void)
{
	return MICA_LAYOUT == MICA_LAYOUT_TABLE ? 1 << 20 :
		test_within(3000, 4);
}

/* One byte, to anything but what was there. */
static void overflow(void *p, size_t size)
{
	((unsigned char *)hide(p))[size] ^= 0x55;
}

static void dies_freeing(void *p)
{
	dies_at(p);
	mica_free(hide(p));
}

/* So many that the class has a page, whatever the layout. */
static void *in_a_page(size_t size)
{
	void *p = NULL;

	for (unsigned int i = 0; i < 100; i++)
		p = mica_malloc(size);
	return p;
}

DEATH(harden_free_inside_a_block, INTERIOR, .arena = 12000)
{
	char *p = in_a_page(40);

	dies_freeing(p + MICA_GRANULE);
}

DEATH(harden_realloc_inside_a_block,
      "mica: realloc of a pointer into a block: %p", .arena = 12000)
{
	char *p = in_a_page(40);

	dies_at(p + MICA_GRANULE);
	hide(mica_realloc(p + MICA_GRANULE, 10));
}

DEATH(harden_overflow_of_one_byte, OVERFLOW)
{
	void *p = mica_malloc(40);

	overflow(p, 40);
	dies_freeing(p);
}

DEATH(harden_overflow_by_a_zero, OVERFLOW)
{
	char *p = mica_malloc(40);

	((volatile char *)p)[40] = 0;
	dies_freeing(p);
}

DEATH(harden_overflow_of_an_odd_size, OVERFLOW)
{
	void *p = mica_malloc(13);

	overflow(p, 13);
	dies_freeing(p);
}

DEATH(harden_overflow_of_a_run, OVERFLOW, .arena = 4200)
{
	void *p = mica_malloc(run_size());

	overflow(p, run_size());
	dies_freeing(p);
}

DEATH(harden_overflow_of_an_aligned_block, OVERFLOW, .arena = 4200)
{
	void *p = mica_malloc_aligned(50, 64);

	overflow(p, 50);
	dies_freeing(p);
}

DEATH(harden_overflow_of_a_zeroed_run, OVERFLOW, .arena = 4200)
{
	void *p = mica_zalloc(run_size());

	overflow(p, run_size());
	dies_freeing(p);
}

DEATH(harden_overflow_after_shrinking, OVERFLOW)
{
	void *p = mica_realloc(mica_malloc(60), 50);

	overflow(p, 50);
	dies_freeing(p);
}

DEATH(harden_overflow_after_expanding_to_less, OVERFLOW)
{
	void *p = mica_malloc(60);

	if (mica_expand(p, 50) == p)
		overflow(p, 50);
	dies_freeing(p);
}

/* What lies there looks just like the end of a block: one was there. */
DEATH(harden_free_where_a_block_was, INTERIOR, .arena = 12000)
{
	char *as_if = (char *)in_a_page(40) + MICA_GRANULE;
	size_t room = class_bytes(class_of(fence_request(40)));

	fence_set(hide(as_if), room, room - FENCE_BYTES);
	dies_freeing(as_if);
}

DEATH(harden_overflow_seen_by_realloc, OVERFLOW)
{
	void *p = mica_malloc(24);

	overflow(p, 24);
	dies_at(p);
	hide(mica_realloc(p, 4000));
}

/* Others were freed between: it is not the first of any list. */
DEATH(harden_free_twice_long_ago, TWICE, .arena = 12000)
{
	void *p[30];

	for (unsigned int i = 0; i < 30; i++)
		p[i] = in_a_page(40);
	for (unsigned int i = 0; i < 20; i++)
		mica_free(p[i]);
	dies_freeing(p[3]);
}

DEATH(harden_realloc_of_a_freed_block, TWICE, .arena = 12000)
{
	void *p = in_a_page(40), *other = in_a_page(40);

	mica_free(p);
	mica_free(other);
	dies_at(p);
	hide(mica_realloc(hide(p), 50));
}

DEATH(harden_usable_size_inside_a_block,
      "mica: usable_size of a pointer into a block: %p", .arena = 12000)
{
	char *p = in_a_page(40);

	dies_at(p + MICA_GRANULE);
	hide_size(mica_usable_size(p + MICA_GRANULE));
}

DEATH(harden_expand_inside_a_block,
      "mica: expand of a pointer into a block: %p", .arena = 12000)
{
	char *p = in_a_page(40);

	dies_at(p + MICA_GRANULE);
	hide(mica_expand(p + MICA_GRANULE, 8));
}

DEATH(harden_overflow_seen_by_usable_size, OVERFLOW)
{
	void *p = mica_malloc(24);

	overflow(p, 24);
	dies_at(p);
	hide_size(mica_usable_size(p));
}

/*
 * What a program writes into a freed block leads out of the page. At level 3 it
 * leaves quarantine first.
 */
DEATH(harden_link_overwritten, "mica: broken link in a free block: %p",
      .arena = 12000)
{
	unsigned char *p = in_a_page(40);
	void *other = in_a_page(40);

	mica_free(other);
	mica_free(p);
	if (MICA_HARDEN >= 3)
		mica_collect(false);
	*(unsigned char *)hide(p) ^= 0x55;
	dies_at(p);
	for (unsigned int i = 0; i < 100; i++)
		hide(mica_malloc(40));
}

#if MICA_HARDEN >= 3
#define WRITTEN "mica: block written after it was freed: %p"

DEATH(harden_written_in_quarantine, WRITTEN)
{
	unsigned char *p = mica_malloc(40);

	mica_free(p);
	((unsigned char *)hide(p))[20] = 1;
	dies_at(p);
	mica_collect(false);
}

/* It has left quarantine, and waits in a list. */
DEATH(harden_written_before_reuse, WRITTEN, .arena = 12000)
{
	unsigned char *p = in_a_page(40);

	mica_free(p);
	mica_collect(false);
	((unsigned char *)hide(p))[20] = 1;
	dies_at(p);
	for (unsigned int i = 0; i < 100; i++)
		hide(mica_malloc(40));
}

DEATH(harden_free_in_quarantine, TWICE)
{
	void *p = mica_malloc(40), *other = mica_malloc(40);

	mica_free(p);
	mica_free(other);
	dies_freeing(p);
}
#endif

#endif
