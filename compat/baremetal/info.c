/* SPDX-License-Identifier: MIT */
/*
 * What a program may ask the libc about its heap, answered from mica's
 * statistics. What has no meaning in mica is 0.
 *
 * Cost: mica_stats(), which walks all runs: not for interrupt handlers.
 */
#include <malloc.h>
#include <stdio.h>
#include "names.h"

struct mallinfo mallinfo(void)
{
	struct mallinfo info = { 0 };
	struct mica_stats stats;

	mica_stats(&stats);
	info.arena = stats.reserved;
	info.uordblks = stats.live_bytes;
	info.fordblks = stats.reserved -
		(MICA_STATS ? stats.used_bytes : stats.live_bytes);
	return info;
}

size_t malloc_usable_size(void *p)
{
	return mica_usable_size(p);
}

/* No memory is given back: there is nobody to give it to. */
int malloc_trim(size_t pad)
{
	(void)pad;
	mica_collect(true);
	return 0;
}

/* No parameter of another allocator means anything here. */
int mallopt(int parameter, int value)
{
	(void)parameter;
	(void)value;
	return 0;
}

void malloc_stats(void)
{
	struct mica_stats stats;

	mica_stats(&stats);
	fprintf(stderr, "max system bytes = %10lu\n",
		(unsigned long)stats.peak_bytes);
	fprintf(stderr, "system bytes     = %10lu\n",
		(unsigned long)stats.reserved);
	fprintf(stderr, "in use bytes     = %10lu\n",
		(unsigned long)stats.live_bytes);
}

void mstats(char *title)
{
	fprintf(stderr, "memory statistics (%s)\n", title);
	malloc_stats();
}
