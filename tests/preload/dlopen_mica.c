/* SPDX-License-Identifier: MIT */
/*
 * libmica.so brought in and let go at run time: the program's malloc stays
 * what it was, and what mica gave stays good after dlclose, also for threads
 * that end later.
 *
 * modes: dlopen
 * libc: glibc
 */
#include "expect.h"

static void *(*get)(size_t size);
static void (*put)(void *p);
static bool (*owns)(const void *p);
static pthread_barrier_t used, closed;

static void *work(void *argument)
{
	void *p = get(100);

	(void)argument;
	EXPECT(p && owns(p));
	memset(p, 3, 100);
	pthread_barrier_wait(&used);
	pthread_barrier_wait(&closed);
	EXPECT(is_filled(p, 3, 100));
	put(p);
	return get(50);
}

static void *open_mica(void)
{
	void *library = dlopen(getenv("LIBMICA"), RTLD_NOW | RTLD_LOCAL);

	EXPECT(library);
	get = (void *(*)(size_t))dlsym(library, "mica_malloc");
	put = (void (*)(void *))dlsym(library, "mica_free");
	owns = (bool (*)(const void *))dlsym(library, "mica_owns");
	EXPECT(get && put && owns);
	return library;
}

int main(void)
{
	pthread_t thread;
	void *library, *p, *plain = malloc(100);

	pthread_barrier_init(&used, NULL, 2);
	pthread_barrier_init(&closed, NULL, 2);
	for (int i = 0; i < 20; i++) {
		library = open_mica();
		p = malloc(100);
		EXPECT(!owns(p) && !owns(plain));
		free(p);
		EXPECT(pthread_create(&thread, NULL, work, NULL) == 0);
		pthread_barrier_wait(&used);
		EXPECT(dlclose(library) == 0);
		pthread_barrier_wait(&closed);
		EXPECT(pthread_join(thread, &p) == 0);
		put(p);
	}
	free(plain);
	return 0;
}
