// SPDX-License-Identifier: MIT
/*
 * One core on the tag layout: the runs of a heap are on its list, last come first.
 * The links lie at a run's end (layout_tag_heap.h) and are addresses, as a heap
 * has runs in several regions. Each step is constant; all of it inside the guard.
 */
#include "region.h"

#if HEAPS_SOLO

uintptr_t mica_heap_runs[MICA_HEAPS + 1];

static struct run_links *links_at(uintptr_t address)
{
	struct runs *r = map_find(address);

	return run_heap_links(r, run_at(r, address));
}

void run_list_join(struct runs *r, slice_t i)
{
	uintptr_t address = run_address(r, i);
	uintptr_t *first = &mica_heap_runs[run_heap(r, i)];
	struct run_links *links = run_heap_links(r, i);

	links->next = *first;
	links->prev = 0;
	if (*first)
		links_at(*first)->prev = address;
	*first = address;
}

void run_list_leave(struct runs *r, slice_t i)
{
	const struct run_links *links = run_heap_links(r, i);

	if (links->prev)
		links_at(links->prev)->next = links->next;
	else
		mica_heap_runs[run_heap(r, i)] = links->next;
	if (links->next)
		links_at(links->next)->prev = links->prev;
}

#endif
