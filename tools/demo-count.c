/* SPDX-License-Identifier: MIT */
/*
 * Counts a program's calls to its allocator, whichever that is.
 *
 * Preloaded before the allocator, it passes every call on and counts it in a
 * file that it maps shared, named by MALLOC_COUNT_FILE (eight bytes at least).
 * So the count covers all processes of a run, and is there however they end.
 * The dynamic linker may allocate while the next function is looked up: those
 * few calls are served from a small static area and never given back.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static uint64_t nowhere;
static uint64_t *calls = &nowhere;

static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
	int (*posix_memalign)(void **, size_t, size_t);
	void *(*aligned_alloc)(size_t, size_t);
	void *(*memalign)(size_t, size_t);
} next;

static _Alignas(16) char early[4096];
static size_t early_used;

EXPORT void *memalign(size_t align, size_t size);

static void *early_get(size_t size)
{
	void *p = early + early_used;

	size = (size + 15) & ~(size_t)15;
	if (size > sizeof(early) - early_used)
		return NULL;
	early_used += size;
	return p;
}

static int is_early(const void *p)
{
	uintptr_t at = (uintptr_t)p - (uintptr_t)early;

	return at < sizeof(early);
}

static void *look_up(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found)
		abort();
	return found;
}

static void map_count(void)
{
	const char *name = getenv("MALLOC_COUNT_FILE");
	int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
	void *p;

	if (fd < 0)
		return;
	p = mmap(NULL, sizeof(*calls), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p != MAP_FAILED)
		calls = p;
}

/* Runs before the program's own code, and from whichever call comes first. */
__attribute__((constructor)) static void start(void)
{
	static int started;
	int saved = errno;

	if (started++)
		return;
	next.free = look_up("free");
	next.calloc = look_up("calloc");
	next.realloc = look_up("realloc");
	next.posix_memalign = look_up("posix_memalign");
	next.aligned_alloc = look_up("aligned_alloc");
	next.memalign = look_up("memalign");
	next.malloc = look_up("malloc");
	map_count();
	errno = saved;
}

static void count(void)
{
	if (!next.malloc)
		start();
	__atomic_fetch_add(calls, 1, __ATOMIC_RELAXED);
}

EXPORT void *malloc(size_t size)
{
	count();
	return next.malloc ? next.malloc(size) : early_get(size);
}

EXPORT void *calloc(size_t n, size_t size)
{
	count();
	return next.malloc ? next.calloc(n, size) : early_get(n * size);
}

EXPORT void *realloc(void *p, size_t size)
{
	count();
	return next.realloc(p, size);
}

EXPORT void free(void *p)
{
	if (!p || is_early(p))
		return;
	count();
	next.free(p);
}

EXPORT int posix_memalign(void **p, size_t align, size_t size)
{
	count();
	return next.posix_memalign(p, align, size);
}

EXPORT void *aligned_alloc(size_t align, size_t size)
{
	count();
	return next.aligned_alloc(align, size);
}

EXPORT void *memalign(size_t align, size_t size)
{
	count();
	return next.memalign(align, size);
}
