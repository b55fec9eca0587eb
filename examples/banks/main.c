/* SPDX-License-Identifier: MIT */
/*
 * Banks of RAM that are on only while something lives in them.
 *
 * All the memory that mica has here comes from a provider of the program's
 * own: eight banks of 8 KiB, that a real chip would have in its power
 * controller. The callbacks keep the state of each, and fill a bank that is
 * switched off, as losing its content would; a wrong access shows when it is
 * switched on again. After each step the banks are drawn: the heap's own
 * (`H`, always on), on (`#`), and off (`.`).
 */
#include <mica/mica.h>
#include <mica/port.h>

#define BANKS 8u
#define BANK_BYTES 8192u
#define BLOCKS 96u
#define OFF_BYTE 0xa5

static _Alignas(BANK_BYTES) unsigned char ram[BANKS][BANK_BYTES];
static bool is_off[BANKS];
static unsigned int faults;		/* of mica, or of this program */
static unsigned char *blocks[BLOCKS];

/* ---- the power controller ---- */

static int ram_reserve(void *context, size_t bytes, size_t align, size_t lead,
		       struct mica_span *span)
{
	static bool given;

	(void)context, (void)bytes, (void)lead;
	if (given || align != 1)
		return -1;
	given = true;
	*span = (struct mica_span){ ram, sizeof(ram) };
	return 0;
}

static void bank_fill(unsigned int k)
{
	for (size_t i = 0; i < BANK_BYTES; i++)
		ram[k][i] = OFF_BYTE;
}

static void bank_expect(unsigned int k)
{
	for (size_t i = 0; i < BANK_BYTES; i++)
		faults += ram[k][i] != OFF_BYTE;
}

/* Switch the banks of a span; mica asks for whole ones, in the other state. */
static int banks_switch(struct mica_span span, bool off)
{
	size_t at = (uintptr_t)span.base - (uintptr_t)ram;
	unsigned int k = at / BANK_BYTES, end = k + span.bytes / BANK_BYTES;

	faults += at % BANK_BYTES || span.bytes % BANK_BYTES || end > BANKS;
	for (; k < end && k < BANKS; k++) {
		faults += is_off[k] == off;
		if (off)
			bank_fill(k);
		else
			bank_expect(k);
		is_off[k] = off;
	}
	return 0;
}

static int ram_commit(void *context, struct mica_span span)
{
	(void)context;
	return banks_switch(span, false);
}

static int ram_decommit(void *context, struct mica_span span)
{
	(void)context;
	return banks_switch(span, true);
}

static const struct mica_provider banked_ram = {
	.name = "banked RAM",
	.flags = MICA_PROVIDER_COMMITTED,
	.attributes = MICA_FAST,
	.granule = BANK_BYTES,
	.reserve = ram_reserve,
	.commit = ram_commit,
	.decommit = ram_decommit,
};

/* No other memory: the port has none to offer. */
const struct mica_span *mica_arena_spans(void)
{
	static const struct mica_span none;

	return &none;
}

/* ---- the picture ---- */

static void text(const char *word)
{
	size_t length = 0;

	while (word[length])
		length++;
	mica_port_console(word, length);
}

/* @on: how many banks should be on now. */
static void picture(const char *step, unsigned int on)
{
	char row[] = "[........]  ";
	unsigned int k, n = 0;

	for (k = 0; k < BANKS; k++) {
		row[k + 1] = is_off[k] ? '.' : k ? '#' : 'H';
		n += !is_off[k];
	}
	text(row);
	text(step);
	text(n == on ? "\n" : "  NOT AS EXPECTED\n");
	faults += n != on || mica_check();
}

/* ---- the program ---- */

static void take(unsigned int from, unsigned int to, size_t bytes)
{
	for (; from < to; from++) {
		blocks[from] = mica_malloc(bytes);
		faults += !blocks[from];
		for (size_t i = 0; blocks[from] && i < bytes; i++)
			blocks[from][i] = (unsigned char)from;
	}
}

static void give(unsigned int from, unsigned int to, size_t bytes)
{
	for (; from < to; from++) {
		for (size_t i = 0; blocks[from] && i < bytes; i++)
			faults += blocks[from][i] != (unsigned char)from;
		mica_free(blocks[from]);
	}
}

int main(void)
{
	faults += mica_provider_add(&banked_ram) != 0;
	mica_banks_sleep(0);	/* from now on mica_collect() switches banks */
	take(0, 40, 24);
	picture("40 small blocks live", 8);
	mica_collect(true);
	picture("collected: what is empty is off", 1);
	take(40, 60, 1500);
	picture("20 buffers: banks came back as they were needed", 4);
	take(60, 68, 3000);
	picture("8 larger ones", 7);
	give(40, 60, 1500);
	mica_collect(true);
	picture("the buffers are gone, collected", 5);
	give(60, 68, 3000);
	mica_collect(true);
	picture("the larger ones, too", 1);
	take(40, 41, 50000);
	picture("one block of 50000 bytes", 8);
	give(40, 41, 50000);
	give(0, 40, 24);
	mica_collect(true);
	picture("nothing lives: all but the heap's own is off", 1);
	text(faults ? "banks: FAULTS\n" : "banks: no faults\n");
	return faults != 0;
}
