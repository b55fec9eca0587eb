// SPDX-License-Identifier: MIT
/* Registered providers; provider.h has the theory. */
#include <mica/mica.h>
#include "bank.h"
#include "bits.h"
#include "provider.h"

/* Filled from the front, an entry for good: read without a lock. */
static const struct mica_provider *providers[MICA_PROVIDERS_MAX];
static uintptr_t nr_providers;

const struct mica_provider *provider_at(size_t k)
{
	return k < load_acquire(&nr_providers) ? providers[k] : NULL;
}

/* What is there and sleeps comes first. Cost: MICA_PROVIDERS_MAX provider calls. */
static bool providers_ask(size_t bytes)
{
	const struct mica_provider *p;
	size_t k;

	if (banks_wake(bytes, NULL))
		return true;
	for (k = 0; (p = provider_at(k)); k++)
		if (region_ask(p, bytes))
			return true;
	return false;
}

static bool provider_is_sound(const struct mica_provider *p)
{
	return p && p->reserve && !(p->attributes & ~(uint32_t)MICA_ATTRIBUTES) &&
	       (!p->granule || is_pow2(p->granule));
}

static int provider_enter(const struct mica_provider *p)
{
	uintptr_t n = nr_providers, k;

	for (k = 0; k < n; k++)
		if (providers[k] == p)
			return MICA_ERROR_INVALID;
	if (n == MICA_PROVIDERS_MAX)
		return MICA_ERROR_FULL;
	providers[n] = p;
	store_release(&nr_providers, n + 1);
	store_release(&mica_more_memory, providers_ask);
	return 0;
}

int mica_provider_add(const struct mica_provider *provider)
{
	mica_port_guard_t guard;
	int result;

	if (!provider_is_sound(provider))
		return MICA_ERROR_INVALID;
	guard = mica_port_guard();
	regions_lock();
	result = provider_enter(provider);
	regions_unlock();
	mica_port_unguard(guard);
	return result;
}
