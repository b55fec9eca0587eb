/* SPDX-License-Identifier: MIT */
/*
 * Snapshots: all that lies in the heap, area by area, as JSON.
 *
 * The document's format is written down in docs/snapshot.md. Regions come in
 * the order of their numbers, what lies in one in the order of addresses: pages
 * with their class and how full they are, blocks that are runs, free runs. On a
 * Cortex-M3 it takes 4 KiB of flash with all that it calls; a firmware
 * that does not call it has none of it. A hosted program writes one when it ends
 * if the environment has MICA_SNAPSHOT=FILE, %p in it being the process's number;
 * or into mica.%p.json, with MICA_SNAPSHOT=1 or by MICA_OPTION_SNAPSHOT. mica.h
 * includes this header.
 */
#ifndef MICA_SNAPSHOT_H
#define MICA_SNAPSHOT_H

#include <mica/mica.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mica_output;

/**
 * mica_snapshot() - write down what lies in the heap
 * @to: where the text goes; NULL: where all text goes
 *
 * Nothing is allocated. Others may allocate and free meanwhile, and so may what
 * writes, which is called outside guard and locks: each run is then as it was
 * at some moment during the call.
 *
 * Context: tasks and threads that may wait, not interrupt handlers.
 * Cost: that of mica_stats(), and for each run one guarded section as that of
 * mica_visit_areas(), where on the table layout all runs before it in its
 * region, at most a thousand, are stepped over; a look at the map of units if
 * there are huge blocks; and what writing costs, 100 to 200 bytes a run.
 * Return: 0; MICA_ERROR_INVALID, @to has no write(), or MICA_ERROR_BUSY, this
 * came in the middle of an operation of mica's. Nothing was written then.
 */
MICA_API int mica_snapshot(const struct mica_output *to);

#ifdef __cplusplus
}
#endif
#endif
