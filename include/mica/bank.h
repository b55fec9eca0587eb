/* SPDX-License-Identifier: MIT */
/*
 * Banks: parts of a provider's memory that can be switched off.
 *
 * A provider with decommit() has its memory in banks of `granule` bytes. What
 * of a free run covers whole banks can be switched off, and is switched on
 * again, as much as is needed, before a request fails for lack of memory. All
 * of it is optional: a firmware that does not call this has none of it.
 * mica.h includes this header.
 */
#ifndef MICA_BANK_H
#define MICA_BANK_H

#include <stddef.h>
#include <mica/mica.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mica_banks_sleep() - switch off banks in which nothing lives
 * @budget: how many calls of decommit() it may make; each is for as many
 *	banks as lie next to each other. 0: see below
 *
 * The largest free runs go first. The bank that holds a region's head stays
 * on, and so does one in which a free run ends short of the bank's end. A
 * provider that refuses keeps its bank, and is asked again by the next call.
 *
 * From the first call on, whatever its @budget, mica_collect(true) does this
 * too, without a limit, and a request that finds no memory calls commit()
 * for as many banks as it needs; should that be refused, the bank stays off
 * and another is tried. What the port's own source still has is taken first.
 *
 * Tag layout: banks are at least a page (MICA_PAGE_SHIFT) here; a provider
 * with a smaller granule gets multiples of it. Table layout: free runs are
 * purged at once that else would wait for MICA_PURGE_DELAY_MS; the rest
 * happens without this call.
 *
 * Context: any task, for instance an idle hook; outside the guard while
 * callbacks run. A bank that is just being switched is nobody's: an interrupt
 * that allocates meanwhile does not get it.
 * Cost: regions, times the lists of free runs of a bank's size and more, each
 * in a guarded section of its own that looks at eight runs.
 * Return: bytes switched off.
 */
MICA_API size_t mica_banks_sleep(unsigned int budget);

#ifdef __cplusplus
}
#endif
#endif
