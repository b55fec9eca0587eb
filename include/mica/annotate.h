/* SPDX-License-Identifier: MIT */
/*
 * How the checkers are told, in a build with MICA_ANNOTATE: the one place that
 * knows their interfaces. For the core alone; core/note.h says what is told.
 */
#ifndef MICA_ANNOTATE_H
#define MICA_ANNOTATE_H

#include <stddef.h>
#include <mica/config.h>

#if MICA_ANNOTATE == 1

#include <valgrind/memcheck.h>

/* A block of @size bytes begins at @p, goes, has @size instead of @old. */
#define MICA_TELL_BLOCK(p, size) VALGRIND_MALLOCLIKE_BLOCK(p, size, 0, 0)
#define MICA_TELL_GONE(p, room) VALGRIND_FREELIKE_BLOCK(p, 0)
#define MICA_TELL_RESIZED(p, old, size) \
	VALGRIND_RESIZEINPLACE_BLOCK(p, old, size, 0)
/* Nobody may touch these bytes; anybody may; they are not undefined. */
#define MICA_TELL_HIDDEN(p, bytes) (void)VALGRIND_MAKE_MEM_NOACCESS(p, bytes)
#define MICA_TELL_SHOWN(p, bytes) (void)VALGRIND_MAKE_MEM_DEFINED(p, bytes)
#define MICA_TELL_WRITTEN(p, bytes) (void)VALGRIND_MAKE_MEM_DEFINED(p, bytes)
/* Memory in which pointers are looked for: memcheck looks anywhere. */
#define MICA_TELL_ROOT(p, bytes) ((void)(p), (void)(bytes))
#define MICA_TELL_NO_ROOT(p, bytes) ((void)(p), (void)(bytes))
/* What this thread touches in between is its own business. */
#define MICA_TELL_HUSH() VALGRIND_DISABLE_ERROR_REPORTING
#define MICA_TELL_TALK() VALGRIND_ENABLE_ERROR_REPORTING
/* Of functions that do so, in which the compiler must put no check. */
#define MICA_TELL_QUIETLY inline

#elif MICA_ANNOTATE == 2

#ifdef __cplusplus
extern "C" {
#endif
void __asan_poison_memory_region(const volatile void *p, size_t bytes);
void __asan_unpoison_memory_region(const volatile void *p, size_t bytes);
/* Where there is no leak checker these are not there. */
__attribute__((weak))
void __lsan_register_root_region(const void *p, size_t bytes);
__attribute__((weak))
void __lsan_unregister_root_region(const void *p, size_t bytes);
#ifdef __cplusplus
}
#endif

#define MICA_TELL_BLOCK(p, size) __asan_unpoison_memory_region(p, size)
#define MICA_TELL_GONE(p, room) __asan_poison_memory_region(p, room)
#define MICA_TELL_RESIZED(p, old, size) __asan_unpoison_memory_region(p, size)
#define MICA_TELL_HIDDEN(p, bytes) __asan_poison_memory_region(p, bytes)
#define MICA_TELL_SHOWN(p, bytes) __asan_unpoison_memory_region(p, bytes)
#define MICA_TELL_WRITTEN(p, bytes) ((void)(p), (void)(bytes))
#define MICA_TELL_ROOT(p, bytes)					\
	(__lsan_register_root_region ?					\
	 __lsan_register_root_region(p, bytes) : (void)0)
#define MICA_TELL_NO_ROOT(p, bytes)					\
	(__lsan_unregister_root_region ?				\
	 __lsan_unregister_root_region(p, bytes) : (void)0)
#define MICA_TELL_HUSH() ((void)0)
#define MICA_TELL_TALK() ((void)0)
#define MICA_TELL_QUIETLY \
	__attribute__((noinline, no_sanitize_address, unused))

#endif
#endif
