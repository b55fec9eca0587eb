/* SPDX-License-Identifier: MIT */
/*
 * The firmware's blocks by owner, so that it can draw where they lie. Only
 * for the picture: mica itself needs nothing of this.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stddef.h>
#include <stdint.h>

#define LEDGER_ENTRIES 512

enum owner { OWNER_NODE, OWNER_PACKET, OWNER_BUFFER, OWNER_READING, OWNERS };

struct ledger_entry {
	void *block;		/* NULL: a free entry */
	uint16_t bytes;
	uint8_t owner;		/* enum owner */
};

/** owned_malloc() - mica_malloc(), noted; NULL too when the ledger is full */
void *owned_malloc(enum owner owner, size_t bytes);

/** owned_free() - mica_free() of a block of owned_malloc() */
void owned_free(void *block);

/** ledger_copy() - copy what lives now to @to, LEDGER_ENTRIES of them */
void ledger_copy(struct ledger_entry *to);

#endif
