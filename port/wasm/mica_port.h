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

#define MICA_PORT_GROWS 65536
bool mica_port_grow_first(struct mica_span *span);
uintptr_t mica_port_grow(size_t bytes);

extern char __heap_base[];

static inline uintptr_t mica_port_grow_base(void)
{
	return (uintptr_t)__heap_base;
}

#include "../generic.h"

#endif
