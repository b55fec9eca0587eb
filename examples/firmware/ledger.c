/* SPDX-License-Identifier: MIT */
/* The ledger: a hash table with open addressing, changed with interrupts off. */
#include <stdbool.h>
#include <mica/mica.h>
#include "kernel.h"
#include "ledger.h"

/* A dead entry keeps its place, so that a search does not end at it. */
static struct ledger_entry entries[LEDGER_ENTRIES];
static bool touched[LEDGER_ENTRIES];

static unsigned int entry_first(const void *block)
{
	return (uint32_t)(uintptr_t)block / 8 * 2654435761u % LEDGER_ENTRIES;
}

static bool entry_add(const struct ledger_entry *entry)
{
	unsigned int at = entry_first(entry->block);

	for (int i = 0; i < LEDGER_ENTRIES; i++) {
		if (!entries[at].block) {
			entries[at] = *entry;
			touched[at] = true;
			return true;
		}
		at = (at + 1) % LEDGER_ENTRIES;
	}
	return false;
}

static void entry_remove(const void *block)
{
	unsigned int at = entry_first(block);

	for (int i = 0; i < LEDGER_ENTRIES && touched[at]; i++) {
		if (entries[at].block == block) {
			entries[at].block = NULL;
			return;
		}
		at = (at + 1) % LEDGER_ENTRIES;
	}
}

void *owned_malloc(enum owner owner, size_t bytes)
{
	struct ledger_entry entry = {
		mica_malloc(bytes), (uint16_t)bytes, (uint8_t)owner,
	};
	uintptr_t state;
	bool noted;

	if (!entry.block)
		return NULL;
	state = kernel_lock();
	noted = entry_add(&entry);
	kernel_unlock(state);
	if (noted)
		return entry.block;
	mica_free(entry.block);
	return NULL;
}

void owned_free(void *block)
{
	uintptr_t state = kernel_lock();

	entry_remove(block);
	kernel_unlock(state);
	mica_free(block);
}

void ledger_copy(struct ledger_entry *to)
{
	uintptr_t state = kernel_lock();

	for (int i = 0; i < LEDGER_ENTRIES; i++)
		to[i] = entries[i];
	kernel_unlock(state);
}
