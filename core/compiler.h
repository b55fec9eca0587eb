/* SPDX-License-Identifier: MIT */
/* What the core asks of the compiler, under one name each. */
#ifndef MICA_CORE_COMPILER_H
#define MICA_CORE_COMPILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "prefix.h"

/* Built for size: one general way rather than a short cut for each case. */
#ifdef __OPTIMIZE_SIZE__
#define PREFER_SMALL 1
#define __fast_inline inline
#define __fast_or_small __attribute__((noinline))
#else
#define PREFER_SMALL 0
#define __fast_inline inline __attribute__((always_inline))
#define __fast_or_small __fast_inline
#endif

/* Have @x in a register here: the compiler must not work it out another way. */
#define keep(x) __asm__("" : "+r"(x))

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#undef __always_inline	/* some libc headers have one of their own */
#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
#define __cold __attribute__((cold, noinline))
#define __maybe_unused __attribute__((unused))
/* Shared between files of the core, not with the program. */
#define __internal __attribute__((visibility("hidden")))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
