/* SPDX-License-Identifier: MIT */
/*
 * A library that allocates as early as it can: in its constructor, where it
 * also starts a thread, and registers fork handlers that allocate. What it
 * got is freed in its destructor.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

void *early_blocks[3];

static void *early_thread(void *argument)
{
	(void)argument;
	early_blocks[1] = malloc(1000);
	return malloc(33);
}

static void early_handler(void)
{
	free(malloc(5000));
}

__attribute__((constructor(101))) static void early_begin(void)
{
	pthread_t thread;

	early_blocks[0] = calloc(10, 10);
	pthread_atfork(early_handler, early_handler, early_handler);
	if (pthread_create(&thread, NULL, early_thread, NULL) == 0)
		pthread_join(thread, &early_blocks[2]);
}

__attribute__((destructor)) static void early_end(void)
{
	for (int i = 0; i < 3; i++)
		free(early_blocks[i]);
}
