// SPDX-License-Identifier: MIT
/* Random words; harden.h has the theory. */
#include <mica/port.h>
#include "harden.h"

#if HARDEN_BLOCKS

uintptr_t mica_harden_key, mica_harden_state = 1;
uintptr_t mica_harden_broken;		/* struct block *, the last one */

/* Odd words differ from those that others may draw at once; one stays. */
void harden_begin(void)
{
	uintptr_t none = 0;
	uint64_t seed;

	if (load_relaxed(&mica_harden_key))
		return;
	seed = mica_port_random() ^ mica_port_clock_ms();
	seed ^= (uintptr_t)&none;
	seed *= 0x9e3779b97f4a7c15u;
	store_relaxed(&mica_harden_state, (uintptr_t)(seed >> 32) | 1);
	seed = (seed ^ seed >> 29) * 0xbf58476d1ce4e5b9u;
	while (!atomic_cas(&mica_harden_key, &none,
			   (uintptr_t)(seed ^ seed >> 32) | 1))
		if (none)
			return;
}

#endif
