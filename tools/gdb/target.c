/* SPDX-License-Identifier: MIT */
/*
 * A program to look at with mica.py: some blocks of each kind, what mica says
 * of itself, and a place to stop. It runs on a host and on a board.
 */
#include <mica/mica.h>

#define BLOCKS 60

void *gdb_blocks[BLOCKS];
void *gdb_small, *gdb_freed, *gdb_run, *gdb_huge;
struct mica_stats gdb_stats;
int gdb_sound;
volatile int gdb_go_on;

/* What there is of heaps, and what mica says of it. */
struct gdb_heap {
	const char *name;
	size_t used, total, peak, soft, hard, pages, runs;
};
struct gdb_heap gdb_outer, gdb_inner;
void *gdb_heap_small, *gdb_heap_run, *gdb_stripped;

/* What mica_snapshot() writes. */
#define TEXT_BYTES (MICA_HOSTED ? 1 << 18 : 1 << 15)
char gdb_snapshot[TEXT_BYTES];
size_t gdb_snapshot_len;

void gdb_stop(void);
int main(void);

static void keep_text(void *context, const char *text, size_t len)
{
	(void)context;
	for (; len-- && gdb_snapshot_len < TEXT_BYTES; text++)
		gdb_snapshot[gdb_snapshot_len++] = *text;
}

static const struct mica_output keep = { keep_text, NULL };

__attribute__((noinline)) void gdb_stop(void)
{
	__asm__ volatile("" : : : "memory");
	while (MICA_HOSTED && !gdb_go_on)
		;
}

#if MICA_HEAPS

static void heap_note(struct gdb_heap *to, struct mica_heap *heap)
{
	struct mica_heap_usage usage;
	struct mica_heap_stats stats;

	mica_heap_usage(heap, &usage);
	mica_heap_stats(heap, &stats);
	*to = (struct gdb_heap){
		usage.name, usage.used_bytes, usage.total_bytes,
		usage.peak_bytes, usage.soft_quota, usage.hard_quota,
		stats.pages, stats.runs,
	};
}

static void make_heaps(void)
{
	struct mica_heap_setup setup = { .name = "outer", .hard_quota = 1 << 24 };
	struct mica_heap *outer = mica_heap_new(&setup), *inner, *gone;

	gone = mica_heap_new(NULL);
	setup = (struct mica_heap_setup){
		.name = "inner", .parent = outer, .soft_quota = 1 << 23,
	};
	inner = mica_heap_new(&setup);
	gdb_heap_run = mica_heap_malloc(outer, MICA_HOSTED ? 300000 : 1500);
	for (unsigned int i = 0; i < 60; i++)
		gdb_heap_small = mica_heap_malloc(inner, 24);
	mica_free(mica_heap_malloc(inner, MICA_HOSTED ? 200000 : 1000));
	mica_heap_destroy(gone);
	heap_note(&gdb_outer, outer);
	heap_note(&gdb_inner, inner);
}

#else

/* Nothing; so that the image has the variables. */
static void make_heaps(void)
{
	gdb_outer = gdb_inner = (struct gdb_heap){ NULL };
	gdb_heap_small = gdb_heap_run = NULL;
}

#endif

#if MICA_HOSTED

#include <pthread.h>

#define OTHERS 2000

static void *others[OTHERS];

static void *free_others(void *none)
{
	for (unsigned int i = 0; i < OTHERS; i++)
		mica_free(others[i]);
	return none;
}

/* So many full pages of a thread that waits that their memory goes back. */
static void make_stripped(void)
{
	pthread_t thread;

	for (unsigned int i = 0; i < OTHERS; i++)
		others[i] = mica_malloc(2000);
	gdb_stripped = others[OTHERS / 2];
	pthread_create(&thread, NULL, free_others, NULL);
	pthread_join(thread, NULL);
}

#else

static void make_stripped(void)
{
	gdb_stripped = NULL;
}

#endif

int main(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++)
		gdb_blocks[i] = mica_malloc(8 + 37 * i % 500);
	for (unsigned int i = 0; i < BLOCKS; i += 3) {
		mica_free(gdb_blocks[i]);
		gdb_blocks[i] = NULL;
	}
	/* So many that they have a page. */
	for (unsigned int i = 0; i < 200; i++)
		gdb_small = mica_malloc(24);
	gdb_freed = mica_malloc(24);
	gdb_run = mica_malloc(MICA_HOSTED ? 300000 : 3000);
	if (MICA_LAYOUT == MICA_LAYOUT_TABLE)
		gdb_huge = mica_malloc((size_t)3 << MICA_UNIT_SHIFT);
	mica_free(gdb_freed);
	make_heaps();
	make_stripped();
	mica_stats(&gdb_stats);
	gdb_sound = mica_check();
	mica_snapshot(&keep);
	gdb_stop();
	return 0;
}
