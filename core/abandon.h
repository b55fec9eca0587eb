/* SPDX-License-Identifier: MIT */
/*
 * Abandoned pages: those whose context ended while blocks lived on.
 *
 * Each region has, for each class, one bit a slice: here lies an abandoned
 * page. The bit is set before the page's remote word says ABANDONED; that
 * exchange is the last touch of whoever abandons. To claim is to change the
 * state back, by a context that needs a page of the class, or by a remote
 * free. A bit may be stale; the state decides.
 *
 * Builds whose one context never ends have none.
 */
#ifndef MICA_CORE_ABANDON_H
#define MICA_CORE_ABANDON_H

#include "page.h"

/* Abandon a page that is on no queue. Its owner is the calling part. */
void page_abandon(struct mica_part *part, struct page *page) __internal;

/*
 * Claim one page of @class and settle it with @part. Cost: CLAIM_REGIONS
 * regions' bits from a moving cursor. Return: true if one was claimed.
 */
bool page_claim(struct mica_part *part, unsigned int class) __internal;

/* A remote free changed the state of an abandoned page: it is @part's. */
void page_claimed(struct mica_part *part, struct page *page) __internal;

#endif
