/* SPDX-License-Identifier: MIT */
/*
 * Providers that the program registers beside the port's.
 *
 * malloc's own paths know nothing of them: registering the first one sets
 * the hook of region_reserve() through which they are asked, so a firmware
 * that registers none does not link this.
 */
#ifndef MICA_CORE_PROVIDER_H
#define MICA_CORE_PROVIDER_H

#include "region.h"

/* The provider of number @k, in order of registration; NULL: no more. */
const struct mica_provider *provider_at(size_t k) __internal;

#endif
