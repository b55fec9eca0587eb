// SPDX-License-Identifier: MIT
/*
 * Large pages asked for by name: address space for all of them, then page by page,
 * as long as there are any and time is left. What was filled is an arena; the rest
 * of the address space goes back.
 */
#include <mica/mica.h>
#include "bits.h"
#include "option.h"
#include "region.h"
#include "text.h"

#define HUGE_LEAST ((size_t)1 << 16)
#define LARGE_PAGE_BYTES ((size_t)2 << 20)
#define GIB ((size_t)1 << 30)

struct huge {
	const struct mica_port_huge *port;
	const struct mica_huge_setup *setup;
	size_t page_bytes;
	size_t pages;
	unsigned int nodes;
};

static void huge_warn(const struct huge *huge, size_t got, bool instead)
{
	const struct mica_output *to = output_for_warning(1);
	struct text text;

	if (!to)
		return;
	text_begin(&text, to);
	text_put(&text, "mica: warning: huge pages: ");
	text_number(&text, got, 0);
	text_put(&text, " of ");
	text_number(&text, huge->pages, 0);
	text_put(&text, ", of ");
	text_number(&text, huge->page_bytes >> 10, 0);
	text_put(&text, instead ? " KiB; small ones instead\n" : " KiB\n");
}

static int huge_node(const struct huge *huge, size_t k)
{
	return huge->setup->node == MICA_NODE_INTERLEAVE ?
		(int)(k % huge->nodes) : huge->setup->node;
}

/* Page by page. Return: how many came. */
static size_t huge_fill(const struct huge *huge, char *base)
{
	uint64_t begin = mica_port_clock_ms();
	unsigned int limit = huge->setup->timeout_ms;
	size_t k = 0;

	for (; k < huge->pages; k++) {
		if (limit && mica_port_clock_ms() - begin >= limit)
			break;
		if (huge->port->page(base + k * huge->page_bytes,
				     huge->page_bytes, huge_node(huge, k))) {
			/* Its place is gone, the rest goes here. */
			huge->port->unreserve((struct mica_span){
				base + (k + 1) * huge->page_bytes,
				(huge->pages - k - 1) * huge->page_bytes });
			return k;
		}
	}
	huge->port->unreserve((struct mica_span){
		base + k * huge->page_bytes,
		(huge->pages - k) * huge->page_bytes });
	return k;
}

/* Return: how many pages are an arena now, 0 or an error. */
static int huge_arena(const struct huge *huge, size_t *got, void **base)
{
	struct mica_region_setup setup = {
		huge->setup->attributes, huge->setup->flags, huge->port->memory,
	};
	size_t bytes = huge->pages * huge->page_bytes;
	struct mica_span span;
	int result;

	*got = 0;
	if (huge->port->reserve(bytes, MAX_OF(huge->page_bytes, UNIT_BYTES),
				&span))
		return 0;
	*got = huge_fill(huge, span.base);
	span.bytes = *got * huge->page_bytes;
	if (!*got)
		return 0;
	result = mica_manage(span.base, span.bytes, &setup);
	if (result)
		region_provider_failed(setup.provider->release(
			setup.provider->context, span));
	*base = span.base;
	return result;
}

/* None of them is there. */
static int huge_instead(const struct huge *huge, void **base)
{
	struct mica_region_setup setup = {
		huge->setup->attributes,
		huge->setup->flags | MICA_REGION_HUGE, NULL,
	};

	huge_warn(huge, 0, !huge->setup->only);
	if (huge->setup->only)
		return MICA_ERROR_REFUSED;
	return mica_reserve(huge->pages * huge->page_bytes, &setup, base);
}

static bool huge_is_sound(const struct huge *huge)
{
	const struct mica_huge_setup *setup = huge->setup;
	size_t bytes;

	return huge->pages && is_pow2(huge->page_bytes) &&
	       huge->page_bytes >= HUGE_LEAST &&
	       !__builtin_mul_overflow(huge->pages, huge->page_bytes, &bytes) &&
	       bytes <= SIZE_LIMIT - huge->page_bytes - UNIT_BYTES &&
	       setup->node >= MICA_NODE_INTERLEAVE &&
	       !(setup->attributes & ~(uint32_t)MICA_ATTRIBUTES) &&
	       !(setup->flags & ~(uint32_t)MICA_REGION_FLAGS) &&
	       (MICA_HEAPS || !(setup->flags & MICA_REGION_EXCLUSIVE));
}

static void huge_find_nodes(struct huge *huge)
{
	unsigned int most = huge->port->nodes();

	huge->nodes = huge->setup->nodes;
	if (!huge->nodes || huge->nodes > most)
		huge->nodes = most;
}

int mica_reserve_huge(size_t pages, const struct mica_huge_setup *setup,
		      size_t *got, void **base)
{
	static const struct mica_huge_setup anywhere = { .node = MICA_NODE_ANY };
	struct huge huge = { mica_port_huge(), setup ? setup : &anywhere, 0, pages,
			     1 };
	void *begin = NULL;
	size_t n = 0;
	int result = 0;

	huge.page_bytes = huge.setup->page_bytes ? huge.setup->page_bytes : GIB;
	if (!huge_is_sound(&huge))
		return MICA_ERROR_INVALID;
	if (LAYOUT_IS_TABLE && huge.port) {
		huge_find_nodes(&huge);
		result = huge_arena(&huge, &n, &begin);
	}
	if (!result && !n)
		result = huge_instead(&huge, &begin);
	else if (n < pages)
		huge_warn(&huge, n, false);
	if (result)
		return result;
	if (got)
		*got = n;
	if (base)
		*base = begin;
	return 0;
}

/* ---- what options say ------------------------------------------------------------ */

static unsigned int huge_by_option(long pages, size_t page_bytes)
{
	struct mica_huge_setup setup = {
		.page_bytes = page_bytes, .only = true,
		.node = (int)option_value(RESERVE_NODE),
	};

	struct huge huge = { NULL, &setup, page_bytes, (size_t)pages, 1 };

	if (pages && !huge_is_sound(&huge))	/* not on 32 bits */
		huge_warn(&huge, 0, false);
	return pages && !mica_reserve_huge((size_t)pages, &setup, NULL, NULL);
}

unsigned int mica_reserve_by_options(void)
{
	long kib = option_value(RESERVE_MEMORY);
	const struct mica_output *to;
	unsigned int n;

	n = huge_by_option(option_value(RESERVE_HUGE_PAGES), GIB);
	n += huge_by_option(option_value(RESERVE_LARGE_PAGES), LARGE_PAGE_BYTES);
	if (!kib)
		return n;
	if ((size_t)kib <= SIZE_LIMIT >> 10 &&
	    !mica_reserve((size_t)kib << 10, NULL, NULL))
		return n + 1;
	to = output_for_warning(1);
	if (to)
		to->write(to->context, "mica: warning: memory is not reserved\n",
			  38);
	return n;
}
