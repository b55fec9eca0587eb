/* SPDX-License-Identifier: MIT */
/*
 * Guard pages behind blocks, by mimalloc's names: in a build of level 3 alone, and
 * run with MIMALLOC_GUARDED_SAMPLE_RATE=0 and MIMALLOC_GUARDED_MIN=300. Prints TAP.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include "tap.h"

static sigjmp_buf fault;

static void on_fault(int number)
{
	(void)number;
	siglongjmp(fault, 1);
}

/* Does a write behind its 16 bytes, or how many it has, fault at once? */
static bool is_guarded(size_t size)
{
	volatile char *p = mi_malloc(size);
	bool faulted = sigsetjmp(fault, 1);

	if (!faulted)
		(void)p[size];
	mi_free((void *)p);
	return faulted;
}

int main(void)
{
	mi_heap_t *heap = mi_heap_main();
	mi_theap_t *theap = mi_heap_theap(heap);

	signal(SIGSEGV, on_fault);
	OK(mi_option_get(mi_option_guarded_sample_rate) == 0 && mi_option_get(mi_option_guarded_min) == 300);
	OK(!is_guarded(160) && !is_guarded(320));
	mi_theap_guarded_set_sample_rate(NULL, 1, 0);
	mi_heap_guarded_set_sample_rate(NULL, 1, 0);
	OK(!is_guarded(320));
	mi_theap_guarded_set_sample_rate(theap, 1, 0);
	OK(is_guarded(320) && !is_guarded(160));
	mi_theap_guarded_set_size_bound(NULL, 100, 1000);
	mi_heap_guarded_set_size_bound(NULL, 100, 1000);
	OK(!is_guarded(160));
	mi_theap_guarded_set_size_bound(theap, 100, 1000);
	OK(is_guarded(160) && !is_guarded(80));
	mi_heap_guarded_set_size_bound(heap, 10, 1000);
	OK(is_guarded(80));
	mi_heap_guarded_set_sample_rate(heap, 0, 0);
	OK(!is_guarded(80));
	mi_option_set(mi_option_guarded_sample_rate, 1);
	OK(is_guarded(80));
	printf("1..%d\n", count);
	return failed != 0;
}
