/* SPDX-License-Identifier: MIT */
/*
 * What a program may ask libc about its heap, answered from mica's statistics.
 *
 * The structures are glibc's, field by field, declared here because other
 * libcs have no such header. What has no meaning in mica is 0.
 */
#include <limits.h>
#include "names.h"

struct mallinfo2 {
	size_t arena;		/* bytes got from the system, blocks too */
	size_t ordblks;		/* free chunks */
	size_t smblks;
	size_t hblks;		/* blocks got by mmap: counted with the others */
	size_t hblkhd;
	size_t usmblks;
	size_t fsmblks;
	size_t uordblks;	/* bytes in live blocks */
	size_t fordblks;	/* bytes got and not in live blocks */
	size_t keepcost;	/* bytes that malloc_trim() could give back */
};

struct mallinfo {
	int arena, ordblks, smblks, hblks, hblkhd;
	int usmblks, fsmblks, uordblks, fordblks, keepcost;
};

MICA_API struct mallinfo2 mallinfo2(void);
MICA_API struct mallinfo mallinfo(void);
MICA_API struct mallinfo __libc_mallinfo(void) MICA_SAME(mallinfo);

size_t malloc_usable_size(void *p)
{
	return mica_usable_size(p);
}

/**
 * malloc_trim() - give free memory back to the system
 * @pad: ignored: mica keeps no top of a heap to pad
 *
 * Return: 1 when memory was given back, else 0.
 */
int malloc_trim(size_t pad)
{
	struct mica_stats before, after;

	(void)pad;
	mica_stats(&before);
	mica_collect(true);
	mica_stats(&after);
	return after.committed < before.committed;
}

struct mallinfo2 mallinfo2(void)
{
	struct mallinfo2 info = { 0 };
	struct mica_stats stats;

	mica_stats(&stats);
	info.arena = stats.committed;
	info.uordblks = stats.live_bytes;
	if (stats.committed > stats.live_bytes)
		info.fordblks = stats.committed - stats.live_bytes;
	if (stats.committed > stats.used_bytes)
		info.keepcost = stats.committed - stats.used_bytes;
	return info;
}

/* The old structure has no room for more than INT_MAX: say that, not less. */
static int info_clamp(size_t bytes)
{
	return bytes > INT_MAX ? INT_MAX : (int)bytes;
}

struct mallinfo mallinfo(void)
{
	struct mallinfo2 wide = mallinfo2();
	struct mallinfo info = { 0 };

	info.arena = info_clamp(wide.arena);
	info.uordblks = info_clamp(wide.uordblks);
	info.fordblks = info_clamp(wide.fordblks);
	info.keepcost = info_clamp(wide.keepcost);
	return info;
}
