/* SPDX-License-Identifier: MIT */
/* The typed macros as version 2 has them: the type behind a block or a heap. */
#define MICA_MIMALLOC_2
#include "tap.h"

int main(void)
{
	mi_heap_t *h = mi_heap_new();
	double *d = mi_mallocn_tp(double, 4);

	d = mi_reallocn_tp(d, double, 1000);
	OK(holds(d, 8000));
	OK(holds_zero(mi_recalloc_tp(NULL, double, 4), 32));
	d = mi_heap_malloc_tp(h, double);
	OK(mi_heap_contains(h, d) && holds(d, 8));
	OK(holds_zero(mi_heap_zalloc_tp(h, double), 8) && holds_zero(mi_heap_calloc_tp(h, double, 4), 32));
	OK(holds(mi_heap_mallocn_tp(h, double, 4), 32) && holds(mi_heap_reallocn_tp(h, NULL, double, 4), 32));
	OK(holds_zero(mi_heap_recalloc_tp(h, NULL, double, 4), 32));
	mi_heap_destroy(h);
	printf("1..%d\n", count);
	return failed != 0;
}
