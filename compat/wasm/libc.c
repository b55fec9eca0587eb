/* SPDX-License-Identifier: MIT */
/*
 * The names beside malloc's by which libcs for WebAssembly call their own, so that
 * their allocator is not linked: musl's, in wasi-libc and emscripten, and those
 * that emscripten's library adds.
 */
#include <mica/mica.h>

#define PUBLIC __attribute__((visibility("default")))

PUBLIC void *__libc_malloc(size_t size);
PUBLIC void *__libc_calloc(size_t count, size_t size);
PUBLIC void __libc_free(void *p);
PUBLIC void *emscripten_builtin_malloc(size_t size);
PUBLIC void *emscripten_builtin_memalign(size_t align, size_t size);
PUBLIC void emscripten_builtin_free(void *p);

void *__libc_malloc(size_t size)
{
	return mica_malloc(size);
}

void *__libc_calloc(size_t count, size_t size)
{
	return mica_calloc(count, size);
}

void __libc_free(void *p)
{
	mica_free(p);
}

void *emscripten_builtin_malloc(size_t size)
{
	return mica_malloc(size);
}

void *emscripten_builtin_memalign(size_t align, size_t size)
{
	return mica_malloc_aligned(size, align);
}

void emscripten_builtin_free(void *p)
{
	mica_free(p);
}
