// SPDX-License-Identifier: MIT
/* Random words; harden.h has the theory. */
#include <mica/port.h>
#include "harden.h"
#include "size_class.h"

#if HARDEN_BLOCKS

uintptr_t mica_harden_key, mica_harden_canary, mica_harden_state = 1;
struct class_shape mica_class_shapes[NR_CLASSES];
uintptr_t mica_harden_broken;		/* struct block *, the last one */

/* Whoever draws at the same time writes the same. Cost: NR_CLASSES divisions. */
static void find_shapes(void)
{
	unsigned int class;

	for (class = 0; class < NR_CLASSES; class++)
		class_find_shape(class);
}

/* Several may draw at once; one stays. */
static void draw(uintptr_t *word, uintptr_t random)
{
	uintptr_t none = 0;

	while (!atomic_cas(word, &none, random | 1))
		if (none)
			return;
}

/* The key comes last: who sees it sees all. */
void harden_begin(void)
{
	uint64_t seed;

	if (load_relaxed(&mica_harden_key))
		return;
	seed = mica_port_random() ^ mica_port_clock_ms();
	seed ^= (uintptr_t)&seed;
	seed *= 0x9e3779b97f4a7c15u;
	store_relaxed(&mica_harden_state, (uintptr_t)(seed >> 32) | 1);
	find_shapes();
	seed = (seed ^ seed >> 29) * 0xbf58476d1ce4e5b9u;
	draw(&mica_harden_canary, (uintptr_t)(seed >> 32 ^ seed >> 7));
	draw(&mica_harden_key, (uintptr_t)(seed ^ seed >> 32));
}

#endif
