/* SPDX-License-Identifier: MIT */
/*
 * The picture: a cell is 16 bytes of the arena, shown as the owner that has
 * most of it, in upper case where a block begins. Free memory and mica's own
 * bookkeeping show as a dot. Drawn from a copy of the ledger, so tasks go on
 * while it is printed.
 */
#include <mica/mica.h>
#include <mica/port.h>
#include "ledger.h"
#include "picture.h"

#define CELL 16u
#define COLUMNS 64u
#define CELLS_MAX 2048u
#define NAME_WIDTH 18u

static const char *const owner_names[OWNERS] = {
	"nodes", "packets", "buffers", "readings",
};
static const char owner_marks[OWNERS] = { 'n', 'p', 'b', 'r' };
static const char *const owner_colors[OWNERS] = {
	"\033[30;42m", "\033[30;46m", "\033[30;43m", "\033[30;45m",
};

static bool colored;
static struct ledger_entry entries[LEDGER_ENTRIES];
static struct cell {
	uint8_t bytes[OWNERS];
	bool begins;
} cells[CELLS_MAX];

void text(const char *word)
{
	size_t length = 0;

	while (word[length])
		length++;
	mica_port_console(word, length);
}

void number(uint32_t value, unsigned int width)
{
	char digits[20];
	char *end = digits + sizeof(digits) - 1;
	char *at = end;

	*at = 0;
	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (at > digits && (unsigned int)(end - at) < width)
		*--at = ' ';
	text(at);
}

void picture_color(bool on)
{
	colored = on;
}

static void cells_paint(const struct ledger_entry *entry, uintptr_t base,
			size_t cells_used)
{
	uintptr_t at = (uintptr_t)entry->block - base;
	uintptr_t end = at + entry->bytes;

	if (at / CELL < cells_used)
		cells[at / CELL].begins = true;
	while (at < end && at / CELL < cells_used) {
		uintptr_t next = (at / CELL + 1) * CELL;
		uintptr_t until = next < end ? next : end;

		cells[at / CELL].bytes[entry->owner] += (uint8_t)(until - at);
		at = next;
	}
}

/* The owner of most of a cell; OWNERS if nobody has any. */
static int cell_owner(const struct cell *cell)
{
	const uint8_t *bytes = cell->bytes;
	int best = OWNERS;

	for (int owner = 0; owner < OWNERS; owner++)
		if (bytes[owner] && (best == OWNERS || bytes[owner] > bytes[best]))
			best = owner;
	return best;
}

static char cell_mark(const struct cell *cell, int owner)
{
	if (owner == OWNERS)
		return '.';
	return (char)(owner_marks[owner] - (cell->begins ? 'a' - 'A' : 0));
}

static void row_print(size_t first, size_t last)
{
	int color = OWNERS;

	text("  |");
	for (size_t i = first; i < last; i++) {
		int owner = cell_owner(&cells[i]);
		const char mark[] = { cell_mark(&cells[i], owner), 0 };

		if (colored && owner != color)
			text(owner == OWNERS ? "\033[0m" : owner_colors[owner]);
		color = owner;
		text(mark);
	}
	text(colored ? "\033[0m|\n" : "|\n");
}

static void legend_print(void)
{
	for (int owner = 0; owner < OWNERS; owner++) {
		const char mark[] = { ' ', owner_marks[owner], ' ', 0 };
		uint32_t blocks = 0;

		for (int i = 0; i < LEDGER_ENTRIES; i++)
			blocks += entries[i].block && entries[i].owner == owner;
		text("  ");
		text(colored ? owner_colors[owner] : "");
		text(mark);
		text(colored ? "\033[0m" : "");
		number(blocks, 4);
		text(" ");
		text(owner_names[owner]);
	}
	text("\n");
}

void picture_heap(const char *title)
{
	const struct mica_span *span = mica_arena_spans();
	size_t count = span->bytes / CELL;

	if (count > CELLS_MAX)
		count = CELLS_MAX;
	for (size_t i = 0; i < count; i++)
		cells[i] = (struct cell){ .begins = false };
	ledger_copy(entries);
	for (int i = 0; i < LEDGER_ENTRIES; i++)
		if (entries[i].block)
			cells_paint(&entries[i], (uintptr_t)span->base, count);
	text("\n  ");
	text(title);
	text("  (one mark: 16 bytes)\n");
	for (size_t i = 0; i < count; i += COLUMNS)
		row_print(i, i + COLUMNS < count ? i + COLUMNS : count);
	legend_print();
}

static void figure(const char *name, uint32_t value, unsigned int *column)
{
	unsigned int length = 0;

	if (!value)
		return;
	text(*column ? "    " : "  ");
	text(name);
	while (name[length])
		length++;
	number(value, length < NAME_WIDTH ? NAME_WIDTH + 8 - length : 9);
	*column = !*column;
	if (!*column)
		text("\n");
}

void picture_statistics(void)
{
	struct mica_stats stats;
	unsigned int column = 0;

	mica_stats(&stats);
	figure("live bytes", (uint32_t)stats.live_bytes, &column);
	figure("live blocks", (uint32_t)stats.live_blocks, &column);
	figure("used bytes", (uint32_t)stats.used_bytes, &column);
	figure("peak bytes", (uint32_t)stats.peak_bytes, &column);
	figure("arena bytes", (uint32_t)stats.reserved, &column);
	figure("largest free", (uint32_t)stats.largest_free, &column);
	figure("pages", (uint32_t)stats.pages, &column);
#define X(name, what) figure(#name, (uint32_t)stats.name, &column);
	MICA_COUNTERS(X)
#undef X
	text(column ? "\n" : "");
}
