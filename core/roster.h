/* SPDX-License-Identifier: MIT */
/*
 * The roster: which regions have a free run, by the list (see run.h) of the
 * largest, so that no search visits region after region.
 *
 * One bit a region and list, and one bit a word of these. A region's bit
 * moves when its lock is let go, to the list of its largest run then; read
 * without a lock it is a hint, and the region's lock decides. Every region
 * on a higher list than what is wanted has it, so what is free is found
 * however many regions there are.
 *
 * The tag layout has a handful of regions and asks each.
 */
#ifndef MICA_CORE_ROSTER_H
#define MICA_CORE_ROSTER_H

#include "region.h"

/*
 * Enter the region under the list of its largest run; not while it is a heap's
 * alone. Lock held.
 */
void roster_update(struct region *region) __internal;

/* Take it out: the region is taken back. Lock held. */
void roster_remove(struct region *region) __internal;

/*
 * The first region, from number @from on, whose largest run is on @list.
 * Cost: a word for each 4096 regions (32-bit: 1024). Return: its number, or
 * NR_REGIONS.
 */
size_t roster_next(unsigned int list, size_t from) __internal;

/*
 * The region that joined @list last. It may have left; but where the run
 * that was freed last lies, one of that size fits most often.
 */
size_t roster_newest(unsigned int list) __internal;

#endif
