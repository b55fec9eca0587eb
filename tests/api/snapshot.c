/* SPDX-License-Identifier: MIT */
/*
 * The snapshot: its rows tile the regions, its sums are mica_stats()', and each
 * block lies in the row that it should. Invariants 1, 2, 3 and 7.
 *
 * Each row is a line, and read as one; that all of it is one JSON document is
 * seen by tools/snapshot.py, which also reads what this test cannot.
 */
#include "../stress/load.h"
#include "../threads.h"

#define SNAP_LINE 400u
#define SNAP_BLOCKS 160u

struct reader {
	size_t regions, pages, blocks, frees, held, heaps;
	size_t live_blocks, live_bytes, reserved, free_committed;
	size_t told[9];			/* counters */
	size_t base, end, runs_bytes, region_bytes, head_bytes;
	bool last_free, huge;
	bool busy;			/* blocks come and go meanwhile */
	int depth;
	size_t lines, len;
	char line[SNAP_LINE];
	const struct model *model;	/* blocks that are looked for */
	uint8_t times[SNAP_BLOCKS];
};

static struct reader rd;

static const char *find(const char *name)
{
	const char *at, *a, *b;

	for (at = rd.line; *at; at++) {
		for (a = at, b = name; *b && *a == *b; a++, b++)
			;
		if (!*b)
			return a;
	}
	return NULL;
}

static size_t number(const char *name)
{
	const char *at = find(name);
	size_t value = 0;

	CHECK(at);
	for (; at && *at >= '0' && *at <= '9'; at++)
		value = value * 10 + (size_t)(*at - '0');
	return value;
}

static void region_ends(void)
{
	if (rd.regions)
		CHECK_INV(1, rd.huge || rd.head_bytes + rd.runs_bytes ==
					rd.region_bytes);
}

static void read_region(void)
{
	region_ends();
	rd.regions++;
	rd.base = number("\"base\": ");
	rd.region_bytes = number("\"bytes\": ");
	rd.reserved += rd.region_bytes;
	rd.head_bytes = number("\"head_bytes\": ");
	rd.end = number("\"runs_at\": ");
	rd.huge = find("\"huge\": true");
	rd.runs_bytes = 0;
	rd.last_free = false;
}

/* Blocks of the model that lie here; @blocks of @bytes from @first on. */
static void read_blocks(size_t first, size_t bytes, size_t blocks)
{
	size_t offset;
	unsigned int i;

	for (i = 0; rd.model && i < rd.model->nr && i < SNAP_BLOCKS; i++) {
		offset = rd.model->blocks[i].addr - first;
		if (offset >= bytes * blocks)
			continue;
		rd.times[i]++;
		CHECK_INV(7, offset % bytes == 0);
		CHECK_EQ(mica_usable_size((void *)rd.model->blocks[i].addr), bytes);
	}
}

static void read_area(size_t at, size_t bytes)
{
	size_t block = number("\"block_bytes\": ");
	size_t first = number("\"first\": ");
	bool page = find("\"kind\": \"page\"");
	size_t capacity = page ? number("\"capacity\": ") : 1;
	size_t blocks = page ? number("\"blocks\": ") : 1;
	size_t used = page ? number("\"used\": ") : 1;

	CHECK(find("\"settled\": ") && find("\"heap\": "));
	CHECK_INV(3, used <= blocks && blocks <= capacity);
	CHECK_INV(1, first + capacity * block <= bytes);
	rd.pages += page;
	rd.blocks += !page;
	rd.live_blocks += used;
	rd.live_bytes += rd.huge ? rd.region_bytes : used * block;
	read_blocks(rd.base + at + first, block, blocks);
}

static void read_run(void)
{
	size_t at = number("{\"at\": "), bytes = number("\"bytes\": ");
	bool free = find("\"kind\": \"free\"");

	CHECK_INV(1, bytes && at == rd.end);
	CHECK_INV(2, rd.busy || !(free && rd.last_free));
	rd.end = at + bytes;
	rd.runs_bytes += bytes;
	rd.last_free = free;
	CHECK(rd.end <= rd.region_bytes);
	rd.frees += free;
	rd.held += find("\"kind\": \"held\"") != NULL;
	if (free)
		CHECK(number("\"committed\": ") <= bytes);
	else if (!find("\"kind\": \"held\""))
		read_area(at, bytes);
}

static void read_counters(void)
{
	static const char *const names[] = {
		"\"live_bytes\": ", "\"live_blocks\": ", "\"used_bytes\": ",
		"\"peak_bytes\": ", "\"committed\": ", "\"reserved\": ",
		"\"largest_free\": ", "\"regions\": ", "\"pages\": ",
	};
	size_t k;

	for (k = 0; k < sizeof(names) / sizeof(*names); k++)
		rd.told[k] = number(names[k]);
}

static void read_line(void)
{
	if (find("\"counters\": {"))
		read_counters();
	rd.heaps += find("{\"number\": ") != NULL;
	if (find("{\"base\": "))
		read_region();
	if (find("{\"at\": "))
		read_run();
	rd.lines++;
}

static void read_text(void *context, const char *text, size_t len)
{
	(void)context;
	for (; len--; text++) {
		rd.depth += *text == '{' || *text == '[';
		rd.depth -= *text == '}' || *text == ']';
		if (*text != '\n') {
			rd.line[rd.len++] = *text;
			rd.len = rd.len < SNAP_LINE ? rd.len : 0;
			continue;
		}
		rd.line[rd.len] = 0;
		read_line();
		rd.len = 0;
	}
}

static const struct mica_output reading = { read_text, NULL };

static void snapshot_read(const struct model *model)
{
	__builtin_memset(&rd, 0, sizeof(rd));
	rd.model = model;
	CHECK_EQ(mica_snapshot(&reading), 0);
	region_ends();
	CHECK_EQ(rd.depth, 0);
	CHECK_EQ(rd.len, 0);
}

static void check_sums(void)
{
	struct mica_stats stats;
	const size_t *k = rd.told;

	mica_stats(&stats);
	CHECK_EQ(k[0], stats.live_bytes);
	CHECK_EQ(k[1], stats.live_blocks);
	CHECK_EQ(k[2], stats.used_bytes);
	CHECK_EQ(k[3], stats.peak_bytes);
	CHECK_EQ(k[4], stats.committed);
	CHECK_EQ(k[5], stats.reserved);
	CHECK_EQ(k[6], stats.largest_free);
	CHECK_EQ(k[7], stats.regions);
	CHECK_EQ(k[8], stats.pages);
	CHECK_INV(3, rd.live_blocks == stats.live_blocks);
	CHECK_INV(3, rd.live_bytes == stats.live_bytes);
	CHECK_EQ(rd.pages, stats.pages);
	CHECK_EQ(rd.regions, stats.regions);
	CHECK_EQ(rd.reserved, stats.reserved);
}

TEST(snapshot_adds_up, .arena = 16 << 10)
{
	struct load l = {
		.model = &model_main,
		.random = { .state = 41 },
		.size_bits = MICA_HOSTED ? 18 : 10,
		.max_bytes = MICA_HOSTED ? 8 << 20 : 10 << 10,
		.max_blocks = model_room(64),
	};
	unsigned int i, k;

	model_reset(&model_main);
	for (i = 0; i < 3; i++) {
		load_run(&l, test_scaled(100));
		snapshot_read(&model_main);
		check_sums();
		for (k = 0; k < model_main.nr && k < SNAP_BLOCKS; k++)
			CHECK_INV(1, rd.times[k] == 1);
	}
	load_end(&l);
}

/* What was allocated, and where: a page of many, a run, the free rest. */
TEST(snapshot_shows_what_was_allocated, .arena = 12 << 10)
{
	size_t pages, blocks;
	unsigned int i;
	void *huge;

	snapshot_read(NULL);
	check_sums();
	pages = rd.pages;
	blocks = rd.blocks;
	model_reset(&model_main);
	for (i = 0; i < 150; i++)
		model_add(&model_main, mica_malloc(24), 24, 1);
	for (i = 0; i < 10; i++)
		mica_free(model_take(&model_main, 3 * i));
	model_add(&model_main, mica_malloc(MICA_HOSTED ? 300000 : 1500), 1500, 1);
	huge = MICA_LAYOUT == MICA_LAYOUT_TABLE ?
	       mica_malloc((size_t)3 << MICA_UNIT_SHIFT) : NULL;
	if (huge)
		model_add(&model_main, huge, 100, 1);
	snapshot_read(&model_main);
	check_sums();
	CHECK(rd.pages > pages || (MICA_LAYOUT == MICA_LAYOUT_TABLE && pages));
	CHECK(rd.blocks >= blocks + 1 + (huge != NULL));
	CHECK(rd.frees);
	for (i = 0; i < model_main.nr; i++)
		CHECK_INV(1, rd.times[i] == 1);
	model_free_all(&model_main);
}

static void read_and_allocate(void *context, const char *text, size_t len)
{
	static void *kept[8];
	static unsigned int n;

	read_text(context, text, len);
	n++;
	mica_free(kept[n % 8]);
	kept[n % 8] = n % 16 < 8 ? mica_malloc((size_t)8 << n % 9) : NULL;
	if (rd.depth)
		return;
	for (n = 0; n < 8; n++) {
		mica_free(kept[n]);
		kept[n] = NULL;
	}
}

/* Rows tile the regions whatever happens between them: read_run() looks. */
TEST(snapshot_while_blocks_come_and_go, .arena = 16 << 10)
{
	static const struct mica_output busy = { read_and_allocate, NULL };
	void *p[40];
	unsigned int i, k;

	for (i = 0; i < 40; i++)
		p[i] = mica_malloc(8 + 5 * i);
	for (i = 0; i < 40; i += 2)
		mica_free(p[i]);
	for (k = 0; k < 5; k++) {
		__builtin_memset(&rd, 0, sizeof(rd));
		rd.busy = true;
		CHECK_EQ(mica_snapshot(&busy), 0);
		CHECK_EQ(rd.depth, 0);
		CHECK(rd.regions && rd.live_blocks >= 20);
	}
	for (i = 1; i < 40; i += 2)
		mica_free(p[i]);
}

/* Three runs in a row; the first grows over the others while they are read. */
static struct {
	void *run[3];
	size_t bytes;		/* from one to the next */
	bool grown;
	bool seen;		/* the third, as no block */
} row;

static void read_and_grow(void *context, const char *text, size_t len)
{
	uintptr_t at = rd.base + rd.end;

	read_text(context, text, len);
	if (at != rd.base + rd.end && at == (uintptr_t)row.run[2])
		row.seen = find("\"kind\": \"held\"") &&
			   rd.base + rd.end <= at + row.bytes;
	if (row.grown || rd.base + rd.end != (uintptr_t)row.run[1])
		return;
	/* The second was looked at before the first was handed on. */
	mica_free(row.run[1]);
	mica_free(row.run[2]);
	row.grown = mica_expand(row.run[0], 3 * row.bytes - 64);
	CHECK(row.grown);
}

static bool find_row(void **p, unsigned int n)
{
	unsigned int k;

	for (k = 0; k + 2 < n; k++) {
		row.bytes = (uintptr_t)p[k + 1] - (uintptr_t)p[k];
		row.run[0] = p[k];
		row.run[1] = p[k + 1];
		row.run[2] = p[k + 2];
		if (row.bytes - mica_usable_size(p[k]) <= 16 &&
		    (uintptr_t)p[k + 2] - (uintptr_t)p[k + 1] == row.bytes)
			return true;
	}
	return false;
}

/* What lies before what was written already is cut, and told as no block. */
TEST(snapshot_cuts_what_grew, .arena = 12 << 10)
{
	static const struct mica_output grow = { read_and_grow, NULL };
	unsigned int i;
	void *p[8];

	for (i = 0; i < 8; i++)
		p[i] = mica_malloc(MICA_HOSTED ? 200000 : 1000);
	row.grown = row.seen = false;
	REQUIRE(find_row(p, 8));
	__builtin_memset(&rd, 0, sizeof(rd));
	rd.busy = true;
	CHECK_EQ(mica_snapshot(&grow), 0);
	CHECK_INV(1, row.grown && row.seen);
	for (i = 0; i < 8; i++)
		if (!row.grown || (p[i] != row.run[1] && p[i] != row.run[2]))
			mica_free(p[i]);
}

#if MICA_HEAPS

/* A row a heap, and the heap's number on its runs; a name that is no ASCII. */
TEST(snapshot_names_heaps, .arena = 4096)
{
	struct mica_heap_setup setup = { .name = "a\"\\\xc3\n" };
	struct mica_heap *heap = mica_heap_new(&setup);
	size_t heaps;

	REQUIRE(heap);
	REQUIRE(mica_heap_malloc(heap, 700));
	snapshot_read(NULL);
	check_sums();
	heaps = rd.heaps;
	CHECK(heaps >= 2);
	CHECK_EQ(mica_heap_destroy(heap), 0);
	snapshot_read(NULL);
	CHECK_EQ(rd.heaps, heaps - 1);
}

#endif

/* ---- others at it ---------------------------------------------------------------- */

#if TEST_PARALLEL

#define OTHERS 3u

static void *quit_now;

static void churn(void *arg)
{
	struct random random = { .state = 43 + *(unsigned int *)arg };
	void *mine[64] = { NULL };
	unsigned int k;

	while (!shared_load(&quit_now)) {
		k = random_below(&random, 64);
		mica_free(mine[k]);
		mine[k] = mica_malloc(random_size(&random, 12));
		if (MICA_LAYOUT == MICA_LAYOUT_TABLE && !random_below(&random, 512))
			mica_free(hide(mica_malloc(((size_t)1 << MICA_UNIT_SHIFT)
						   + 1)));
	}
	for (k = 0; k < 64; k++)
		mica_free(mine[k]);
}

/* Rows tile the regions, and what lives all the time is in one of them. */
TEST(snapshot_while_threads_allocate, .contexts = OTHERS + 1, .needs = TEST_FAST,
     .arena = ARENA_OF(512 << 20, 256 << 10))
{
	unsigned int numbers[OTHERS] = { 0, 1, 2 }, started = 0, i, round;
	struct thread threads[OTHERS];

	model_reset(&model_main);
	for (i = 0; i < 40; i++)
		model_add(&model_main, mica_malloc(8 + i * 20), 8 + i * 20, 1);
	shared_store(&quit_now, NULL);
	while (started < OTHERS &&
	       thread_start(&threads[started], churn, &numbers[started]))
		started++;
	for (round = 0; round < test_scaled(20); round++) {
		__builtin_memset(&rd, 0, sizeof(rd));
		rd.model = &model_main;
		rd.busy = true;
		CHECK_EQ(mica_snapshot(&reading), 0);
		CHECK_EQ(rd.depth, 0);
		for (i = 0; i < 40; i++)
			CHECK_INV(1, rd.times[i] == 1);
	}
	shared_store(&quit_now, &quit_now);
	while (started)
		thread_join(&threads[--started]);
	model_free_all(&model_main);
}

#endif

TEST(snapshot_takes_no_block)
{
	struct mica_stats before, after;

	mica_free(mica_malloc(1));
	mica_stats(&before);
	snapshot_read(NULL);
	mica_stats(&after);
	CHECK_EQ(after.runs_allocated, before.runs_allocated);
	CHECK_EQ(after.live_blocks, before.live_blocks);
}

TEST(snapshot_refuses)
{
	static const struct mica_output deaf = { NULL, NULL };

	__builtin_memset(&rd, 0, sizeof(rd));
	CHECK_EQ(mica_snapshot(&deaf), MICA_ERROR_INVALID);
	CHECK_EQ(rd.lines + rd.len, 0);
}
