/* SPDX-License-Identifier: MIT */
/* Whose malloc the program has: a block of mica's lies in one of its regions. */
#ifndef TESTS_WASM_WASI_MINE_H
#define TESTS_WASM_WASI_MINE_H

#include <mica/mica.h>

static inline int is_micas(const void *p)
{
	struct mica_region region;

	return !mica_region_get(0, &region) ? 0 :
	       (uintptr_t)p - (uintptr_t)region.base < region.bytes;
}

#endif
