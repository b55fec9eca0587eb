/* SPDX-License-Identifier: MIT */
/*
 * A program that says which blocks it has, and then writes a snapshot: "block",
 * address and usable bytes, a line each. It runs on hosts and on boards.
 */
#include <mica/mica.h>

#if MICA_HOSTED
#include <unistd.h>
#define say(text, len) (write(STDERR_FILENO, text, len) < 0 ? _exit(2) : (void)0)
#else
#include <mica/port.h>
#define say(text, len) mica_port_console(text, len)
#endif

#define BLOCKS 100u
#define LARGE (MICA_HOSTED ? 100000u : 700u)

int main(void);

static char line[64];
static size_t len;

static void put(char c)
{
	line[len++] = c;
}

static void put_number(size_t value)
{
	char digits[20];
	size_t n = 0;

	put(' ');
	do
		digits[n++] = (char)('0' + value % 10);
	while (value /= 10);
	while (n)
		put(digits[--n]);
}

static void tell(const void *block)
{
	len = 0;
	for (const char *at = "block"; *at; at++)
		put(*at);
	put_number((uintptr_t)block);
	put_number(mica_usable_size(block));
	put('\n');
	say(line, len);
}

/* Sizes of pages, and now and then of runs; every third is free again. */
static void fill(void **blocks, unsigned int n)
{
	unsigned int k;

	for (k = 0; k < n; k++)
		blocks[k] = mica_malloc(k % 10 ? 8 + k % 5 * 8 : LARGE + k * 8);
	for (k = 0; k < n; k += 3) {
		mica_free(blocks[k]);
		blocks[k] = NULL;
	}
	for (k = 0; k < n; k++)
		if (blocks[k])
			tell(blocks[k]);
}

#if MICA_HEAPS

static void fill_heap(void)
{
	struct mica_heap_setup setup = { .name = "task", .hard_quota = 1 << 24 };
	struct mica_heap *heap = mica_heap_new(&setup);

	for (unsigned int k = 0; k < 10; k++)
		tell(mica_heap_malloc(heap, 8 + k * 16));
}

#else

static void fill_heap(void)
{
}

#endif

int main(void)
{
	static void *blocks[BLOCKS];

	fill(blocks, BLOCKS);
	fill_heap();
	if (MICA_LAYOUT == MICA_LAYOUT_TABLE)
		tell(mica_malloc((size_t)3 << MICA_UNIT_SHIFT));
	return mica_snapshot(NULL) != 0;
}
