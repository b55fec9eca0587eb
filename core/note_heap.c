// SPDX-License-Identifier: MIT
/* A heap's end, told to a checker block by block; note.h has the theory. */
#include <mica/mica.h>
#include "note.h"

#if MICA_ANNOTATE && MICA_HEAPS

static bool note_one(void *heap, const struct mica_area *area, void *block)
{
	if (area->heap == heap)
		note_freed(block, area->block_bytes);
	return true;
}

/* Nobody else has anything to do with the heap any more. */
void note_destroyed(const struct mica_heap *heap)
{
	struct mica_visit cursor = { 0, 0 };
	int step;

	do {
		step = mica_visit_blocks(&cursor, 1024, note_one, (void *)heap);
	} while (step == MICA_VISIT_MORE);
}

#endif
