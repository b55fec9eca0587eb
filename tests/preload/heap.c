/* SPDX-License-Identifier: MIT */
/*
 * A task's mallocs go to the heap that is current in its thread, by the libc's
 * names, too; they are counted there and go at once.
 */
#include "expect.h"

static struct mica_heap *heap;

static void *task(void *none)
{
	char *text;

	EXPECT(MICA(mica_heap_set_current)(heap));
	for (int i = 0; i < 1000; i++) {
		EXPECT(malloc(10 + (size_t)i));
		EXPECT(calloc(2, (size_t)i + 1));
	}
	text = strdup("a task's own");
	EXPECT(MICA(mica_heap_contains)(heap, text));
	EXPECT(MICA(mica_heap_contains)(heap, realloc(malloc(10), 300000)));
	return none;
}

int main(void)
{
	struct mica_heap_setup setup = { .name = "task" };
	struct mica_heap_usage usage;
	pthread_t thread;
	void *mine;

	heap = MICA(mica_heap_new)(&setup);
	EXPECT(heap);
	EXPECT(pthread_create(&thread, NULL, task, NULL) == 0);
	mine = malloc(100);
	EXPECT(!MICA(mica_heap_contains)(heap, mine));
	EXPECT(pthread_join(thread, NULL) == 0);
	EXPECT(MICA(mica_heap_usage)(heap, &usage) == 0);
	EXPECT(usage.used_bytes > 800000);
	EXPECT(MICA(mica_heap_destroy)(heap) == 0);
	EXPECT_MICA(mine);
	free(mine);
	return 0;
}
