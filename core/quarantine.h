/* SPDX-License-Identifier: MIT */
/*
 * Quarantine: what a context freed last is not used again at once, from
 * MICA_HARDEN 3 on.
 *
 * Its last MICA_QUARANTINE blocks of up to MICA_QUARANTINE_BYTES wait in a ring
 * of its part; each that comes in takes the place of the oldest, which is freed
 * for good. They count as live meanwhile. Larger ones, what is freed by a
 * thread that has no part, and from above the guard, does not wait.
 */
#ifndef MICA_CORE_QUARANTINE_H
#define MICA_CORE_QUARANTINE_H

#include "harden.h"

#if MICA_HARDEN >= 3 && MICA_QUARANTINE > 0
#define HARDEN_QUARANTINE 1
struct quarantine {
	void *blocks[MICA_QUARANTINE];	/* their rooms are found again */
	uint16_t oldest;
};
#define QUARANTINE_FIELD struct quarantine quarantine;
#else
#define HARDEN_QUARANTINE 0
#define QUARANTINE_FIELD
#endif

#endif
