/* SPDX-License-Identifier: MIT */
/*
 * The statistics against a walk over all runs, one by one, in random states:
 * what places and tallies tell of is what is there. Invariants 1 and 3.
 */
#include "../stress/load.h"
#include "core/context.h"
#include "core/engine.h"
#include "core/walk.h"

struct found {
	size_t blocks, bytes, pages, runs;
	size_t class_pages[NR_CLASSES], class_runs[NR_CLASSES];
};

static void found_page(struct found *found, struct page *page)
{
	size_t used = page_used(page) - page_nr_remote(page);

	found->pages++;
	found->class_pages[page->class]++;
	found->blocks += used;
	found->bytes += used * class_bytes(page->class);
}

static void found_run(struct region *region, slice_t i, void *context)
{
	size_t bytes = run_bytes(run_slices(&region->runs, i)) -
		       run_lead(&region->runs, i);
	struct found *found = context;

	if (run_kind(&region->runs, i) == RUN_PAGE)
		found_page(found, page_at(&region->runs,
					  run_address(&region->runs, i)));
	if (run_kind(&region->runs, i) != RUN_BLOCK ||
	    run_is_held(&region->runs, i))
		return;		/* what sleeps is no block */
	if (part_keeps(run_address(&region->runs, i)))
		return;		/* tag layout: this is no block */
	found->blocks++;
	found->bytes += bytes;
	found->runs++;
	for (unsigned int c = 0; !LAYOUT_IS_TABLE && c < LINEAR_CLASSES; c++)
		found->class_runs[c] += run_slices(&region->runs, i) ==
					run_slices_for(class_bytes(c));
}

static void compare_classes(const struct found *found)
{
	struct mica_usage_class class;

	for (unsigned int i = 0; MICA_STATS && i < NR_CLASSES; i++) {
		REQUIRE(mica_usage_class(i, &class));
		CHECK_EQ(class.block_bytes, class_bytes(i));
		CHECK_INV(3, class.pages == found->class_pages[i]);
		if (CONTEXT_IS_SOLO)	/* elsewhere it may be off by a few */
			CHECK_EQ(class.blocks, found->class_runs[i]);
	}
}

static void compare(void)
{
	struct mica_stats stats;
	struct mica_usage usage;
	struct found found;

	__builtin_memset(&found, 0, sizeof(found));
	mica_stats(&stats);
	REQUIRE(mica_usage(&usage));
	for (size_t k = 0; k < mica_nr_regions; k++)
		if (mica_regions[k])
			walk_runs(mica_regions[k], found_run, &found);
	CHECK_EQ(stats.pages, found.pages);
	CHECK_EQ(stats.live_blocks, found.blocks + mica_huge_blocks);
	CHECK_EQ(stats.live_bytes, found.bytes + mica_huge_bytes);
	if (MICA_STATS)
		CHECK_INV(1, usage.blocks == found.runs + mica_huge_blocks);
	compare_classes(&found);
}

TEST(statistics_find_what_a_walk_does, .arena = 20 << 10)
{
	struct load l = {
		.model = &model_main,
		.random = { .state = 23 },
		.size_bits = MICA_HOSTED ? 17 : 9,
		.max_bytes = MICA_HOSTED ? 8 << 20 : 12 << 10,
		.max_blocks = model_room(MICA_HOSTED ? 3000 : 400),
	};

	model_reset(&model_main);
	for (unsigned int i = 0; i < 20; i++) {
		load_run(&l, test_scaled(400));
		mica_collect(false);	/* nothing is deferred */
		compare();
	}
	load_end(&l);
	mica_collect(true);
	compare();
}
