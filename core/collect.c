// SPDX-License-Identifier: MIT
/* Give back what is free: this context's pages, then every region's runs. */
#include <mica/mica.h>
#include "abandon.h"
#include "context.h"
#include "purge.h"
#include "settle.h"
#include "solo.h"

/* Settle what others listed, let go of every empty page of @class. */
static void class_collect(struct mica_part *part, unsigned int class)
{
	struct page *page, *next, *last;

	page_put_current(part, class);
	next = part->queue[class];
	last = next ? next->prev : NULL;
	while (next) {
		page = next;
		next = page == last ? NULL : page->next;
		page_collect(part, page);
	}
}

static void collect_part(void)
{
	mica_port_guard_t guard;
	struct mica_part *part;
	unsigned int class;

	for (class = 0; class < NR_CLASSES; class++) {
		part = context_enter(&guard);
		if (context_refused(part))
			return;
		page_settle_listed(part);
		while (page_claim(part, class))
			;
		class_collect(part, class);
		context_leave(part, guard);
	}
}

/* Free runs that a busy region could not take when they came. */
static void collect_regions(void)
{
	size_t n = load_acquire(&mica_nr_regions), k;
	mica_port_guard_t guard;
	struct mica_part *part;
	struct region *region;

	for (k = 0; k < n; k++) {
		region = load_acquire(&mica_regions[k]);
		part = context_enter(&guard);
		if (context_refused(part))
			return;
		while (region && region_has_deferred(region) &&
		       space_enter(region))
			space_leave(region);
		context_leave(part, guard);
	}
}

void mica_collect(bool force)
{
	if (CONTEXT_IS_SOLO)
		solo_drain();
	if (context_begin())
		collect_part();
	collect_regions();
	if (force)
		purge_all();
	else
		purge_beat();
}
