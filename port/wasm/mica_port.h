/* SPDX-License-Identifier: MIT */
/*
 * WebAssembly without a libc and without imports: one linear memory, from
 * __heap_base (the linker's) up, which grows by memory.grow.
 *
 * Others may grow it as well, in the module or from outside; what they got is
 * theirs. So of the memory that is there when mica is first called only what the
 * linker vouches for is taken: up to __heap_end, and where the linker has no such
 * symbol (before LLVM 15) the page that __heap_base lies in. With
 * MICA_WASM_INITIAL 1 it is all: nobody grows the memory before the first malloc.
 *
 * With workers as threads each region is a piece of memory that one of them had it grow
 * by, twice as large as the last if need be; the rest of this is for one thread.
 *
 * A module talks to the world by its imports, and mica asks for none: what it
 * reports goes to mica_wasm_console(), which is weak and drops it. A fault traps.
 */
#ifndef MICA_PORT_WASM_H
#define MICA_PORT_WASM_H

#ifndef MICA_WASM_INITIAL
#define MICA_WASM_INITIAL 0
#endif

/**
 * mica_wasm_console() - write a line for a person to read
 * @text: not ended by a NUL
 * @len: bytes of it
 *
 * The program's, if it has one. Must not allocate.
 */
void mica_wasm_console(const char *text, size_t len);

#if MICA_CONTEXT == MICA_CONTEXT_THREAD

/* Whose pages this worker has: its own word in each instance's memory for threads. */
extern _Thread_local struct mica_part *mica_wasm_part;

static inline struct mica_part **mica_port_part(void)
{
	return &mica_wasm_part;
}

/* Weak, and does nothing: who may not wait must not. Workers of a program may. */
#define MICA_PORT_RELAX 1
void mica_port_relax(unsigned int spins);

#else

#define MICA_PORT_GROWS 65536
bool mica_port_grow_first(struct mica_span *span);
uintptr_t mica_port_grow(size_t bytes);

extern char __heap_base[];

static inline uintptr_t mica_port_grow_base(void)
{
	return (uintptr_t)__heap_base;
}

#endif

#include "../generic.h"

#endif
