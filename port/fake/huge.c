/* SPDX-License-Identifier: MIT */
/*
 * The fake platform's large pages: so many as a test says, each taking its time,
 * on so many nodes. Where each was wanted is remembered.
 */
#include <mica/port.h>
#include "fake.h"
#include "fake_private.h"

#include <string.h>
#include <sys/mman.h>

static unsigned int filled;	/* of the place reserved last */
static unsigned int pages_left, page_ms, nr_nodes = 1, nr_pages, places;
static int wanted[FAKE_HUGE_MAX];

void fake_huge(unsigned int pages, unsigned int ms, unsigned int nodes)
{
	pages_left = pages;
	page_ms = ms;
	nr_nodes = nodes;
	nr_pages = 0;
}

int fake_huge_node(unsigned int k)
{
	return k < nr_pages && k < FAKE_HUGE_MAX ? wanted[k] : -99;
}

unsigned int fake_huge_places(void)
{
	return places;
}

static int huge_reserve(size_t bytes, size_t align, struct mica_span *span)
{
	char *at = mmap(NULL, bytes + align, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t cut = -(uintptr_t)at & (align - 1);

	fake_open("huge pages inside the guard");
	if (at == MAP_FAILED)
		return -12;
	if (cut)
		munmap(at, cut);
	munmap(at + cut + bytes, align - cut);
	*span = (struct mica_span){ at + cut, bytes };
	places++;
	filled = 0;
	return 0;
}

static int huge_page(void *at, size_t bytes, int node)
{
	fake_clock_add(page_ms);
	if (!pages_left) {
		munmap(at, bytes);
		return -12;
	}
	if (mprotect(at, bytes, PROT_READ | PROT_WRITE))
		return -12;
	pages_left--;
	filled++;
	if (nr_pages < FAKE_HUGE_MAX)
		wanted[nr_pages] = node;
	nr_pages++;
	return 0;
}

static void huge_unreserve(struct mica_span span)
{
	if (span.bytes)
		munmap(span.base, span.bytes);
	if (!filled)
		places--;
}

static unsigned int huge_nodes(void)
{
	return nr_nodes;
}

static int huge_release(void *context, struct mica_span span)
{
	(void)context;
	places--;
	return munmap(span.base, span.bytes);
}

const struct mica_port_huge *mica_port_huge(void)
{
	static const struct mica_provider memory = {
		.name = "fake huge pages",
		.flags = MICA_PROVIDER_COMMITTED | MICA_PROVIDER_ZEROED,
		.granule = 4096,
		.release = huge_release,
	};
	static const struct mica_port_huge huge = {
		&memory, huge_reserve, huge_page, huge_unreserve, huge_nodes,
	};

	return &huge;
}
