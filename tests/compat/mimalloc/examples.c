/* SPDX-License-Identifier: MIT */
/*
 * Programs as mimalloc's documentation has them in words: a heap dropped at once,
 * frees put off, statistics to a function and as a struct, text with a limit on
 * errors, a thread's heap kept at hand, a walk. Prints TAP.
 */
#include <errno.h>
#include <mimalloc.h>
#include <mimalloc-stats.h>
#include "tap.h"

/* ---- a heap for one job, dropped at once ---------------------------------------- */

struct node {
	struct node *left, *right;
	int key;
};

static struct node *tree(mi_heap_t *heap, int depth)
{
	struct node *n = mi_heap_malloc_tp(struct node, heap);

	n->key = depth;
	n->left = depth ? tree(heap, depth - 1) : NULL;
	n->right = depth ? tree(heap, depth - 1) : NULL;
	return n;
}

static int nodes(const struct node *n)
{
	return n ? 1 + nodes(n->left) + nodes(n->right) : 0;
}

static void test_heap(void)
{
	mi_heap_t *heap = mi_heap_new();
	struct node *root = tree(heap, 9);
	char *name = mi_heap_strdup(heap, "tree");

	OK(nodes(root) == 1023 && mi_heap_contains(heap, root) && mi_heap_of(name) == heap);
	mi_heap_destroy(heap);
	OK(!mi_any_heap_contains(root) && !mi_any_heap_contains(name));
	/* Or let go of, its blocks to be freed one by one. */
	heap = mi_heap_new();
	name = mi_heap_strdup(heap, "stays");
	mi_heap_delete(heap);
	OK(!strcmp(name, "stays") && mi_heap_of(name) == mi_heap_main());
	mi_free(name);
}

/* ---- reference counts, put off ---------------------------------------------------- */

struct cell {
	struct cell *next;
};

static struct cell *put_off;
static unsigned int freed;
static unsigned long long beat;

/* A few at a time; all of them if asked to. */
static void free_some(bool force, unsigned long long heartbeat, void *arg)
{
	for (int n = 0; put_off && (force || n < 10); n++) {
		struct cell *next = put_off->next;

		mi_free(put_off);
		put_off = next;
		freed++;
	}
	OK(heartbeat > beat && arg == &put_off);
	beat = heartbeat;
}

static void drop(struct cell *cell)
{
	cell->next = put_off;
	put_off = cell;
}

static void test_deferred(void)
{
	for (int k = 0; k < 1000; k++)
		drop(mi_malloc_tp(struct cell));
	mi_register_deferred_free(free_some, &put_off);
	for (int k = 0; k < 2000 && !freed; k++)
		mi_free(mi_malloc(100));
	OK(freed > 0 && freed < 1000);
	mi_collect(true);
	OK(freed == 1000 && !put_off);
	mi_register_deferred_free(NULL, NULL);
}

/* ---- statistics ---------------------------------------------------------------------- */

static void to_buffer(const char *msg, void *arg)
{
	strncat(arg, msg, 8191 - strlen(arg));
}

static void test_stats(void)
{
	static char text[8192];
	void *p = mi_malloc(1 << 20);
	mi_stats_t_decl(stats);
	char *json;

	mi_stats_print_out(to_buffer, text);
	OK(strstr(text, "live_bytes") && strlen(text) < 8191);
	if (mi_stats_get(&stats))
		OK(stats.malloc_huge.current >= 1 << 20 && stats.threads.current == 1);
	json = mi_stats_get_json(0, NULL);
	OK(json && json[0] == '{' && strstr(json, "\"malloc_huge\": { \"total\": "));
	mi_free(json);
	mi_free(p);
}

/* ---- errors ------------------------------------------------------------------------------ */

static int last_error;

static void on_error(int err, void *arg)
{
	*(int *)arg = err;
}

static void test_errors(void)
{
	volatile size_t much = SIZE_MAX / 8;
	char *p = mi_zalloc(50);

	mi_register_error(on_error, &last_error);
	OK(!mi_calloc(much, 100) && last_error == EOVERFLOW);
	mi_free(p + 1);
	OK(last_error == EINVAL);
	mi_free(p);
	mi_register_error(NULL, NULL);
}

/* ---- a runtime that keeps its part of a heap ---------------------------------------------- */

static void test_theap(void)
{
	mi_heap_t *heap = mi_heap_new();
	mi_theap_t *mine = mi_heap_theap(heap);
	int *numbers = mi_theap_calloc(mine, 100, sizeof(int)), sum = 0;

	for (int k = 0; k < 100; k++)
		sum += numbers[k] + k;
	numbers = mi_theap_realloc(mine, numbers, 1000 * sizeof(int));
	OK(sum == 4950 && mi_heap_contains(heap, numbers));
	mi_heap_destroy(heap);
}

/* ---- a walk over a heap -------------------------------------------------------------------- */

struct totals {
	size_t areas, blocks, bytes;
};

static bool add_up(const mi_heap_t *heap, const mi_heap_area_t *area, void *block, size_t size, void *arg)
{
	struct totals *t = arg;

	(void)heap;
	(void)area;
	t->areas += !block;
	t->blocks += block != NULL;
	t->bytes += size;
	return true;
}

static void test_walk(void)
{
	mi_heap_t *heap = mi_heap_new();
	struct totals t = { 0, 0, 0 };

	for (int k = 1; k <= 50; k++)
		(void)mi_heap_zalloc(heap, 64);
	OK(mi_heap_visit_blocks(heap, true, add_up, &t));
	OK(t.areas == 1 && t.blocks == 50 && t.bytes >= 50 * 64);
	mi_heap_destroy(heap);
}

/* ---- options ---------------------------------------------------------------------------------- */

static void test_options(void)
{
	long delay = mi_option_get(mi_option_purge_delay);

	mi_option_set(mi_option_purge_delay, 0);
	OK(mi_option_get(mi_option_purge_delay) == 0);
	mi_option_set(mi_option_purge_delay, delay);
	mi_option_set_enabled(mi_option_show_stats, false);
	OK(!mi_option_is_enabled(mi_option_show_stats));
	OK(mi_reserve_os_memory(64 << 20, false, true) == 0);
}

int main(void)
{
	test_heap();
	test_deferred();
	test_stats();
	test_errors();
	test_theap();
	test_walk();
	test_options();
	printf("1..%d\n", count);
	return failed != 0;
}
