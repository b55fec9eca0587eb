/* SPDX-License-Identifier: MIT */
/*
 * Every setting: what it means, its range, its default and what it costs.
 *
 * A firmware overrides any of them in a `mica_config.h` of its own on the
 * include path; a board's folder has one. Ranges are asserted in
 * core/geometry.h.
 */
#ifndef MICA_CONFIG_H
#define MICA_CONFIG_H

#if defined(__has_include)
#if __has_include(<mica_config.h>)
#include <mica_config.h>
#endif
#endif

/* ---- choices ---------------------------------------------------------- */

/* Who owns pages: see docs/design.md, "Contexts". */
#define MICA_CONTEXT_SINGLE 0	/* one and only: no atomics, no guard */
#define MICA_CONTEXT_CORE 1	/* one a core, bracketed by the port's guard */
#define MICA_CONTEXT_THREAD 2	/* one a thread */

/* How the bounds of runs are kept. */
#define MICA_LAYOUT_TAG 0	/* one word before each run: small memories */
#define MICA_LAYOUT_TABLE 1	/* a table at the region's head: hosts */

/* A machine with an operating system below it gets the hosted defaults. */
#ifndef MICA_HOSTED
#if defined(__linux__)
#define MICA_HOSTED 1
#else
#define MICA_HOSTED 0
#endif
#endif

/* WebAssembly: one memory, which grows. */
#if defined(__wasm__)
#define MICA_WASM 1
#else
#define MICA_WASM 0
#endif

/* Its memory may be shared, and workers are threads: clang -matomics. */
#if defined(__wasm_atomics__)
#define MICA_WASM_THREADS 1
#else
#define MICA_WASM_THREADS 0
#endif

#ifndef MICA_LAYOUT
#define MICA_LAYOUT (MICA_HOSTED ? MICA_LAYOUT_TABLE : MICA_LAYOUT_TAG)
#endif

#ifndef MICA_CONTEXT
#define MICA_CONTEXT \
	(MICA_HOSTED || MICA_WASM_THREADS ? MICA_CONTEXT_THREAD : \
	 MICA_WASM ? MICA_CONTEXT_SINGLE : MICA_CONTEXT_CORE)
#endif

/* ---- geometry: three shifts, the rest is derived ---------------------- */

/*
 * Alignment of every block, log2 of bytes. 3 or 4. Larger costs memory in
 * small blocks. 4 is what the 64-bit ABIs promise of malloc, and WebAssembly's.
 */
#ifndef MICA_GRANULE_SHIFT
#define MICA_GRANULE_SHIFT (MICA_HOSTED || MICA_WASM ? 4 : 3)
#endif
#define MICA_GRANULE ((size_t)1 << MICA_GRANULE_SHIFT)

/*
 * What regions are counted in, log2 of bytes. Table layout: 16, one table
 * entry describes one slice. Tag layout: 0, bounds are kept in bytes.
 */
#ifndef MICA_SLICE_SHIFT
#define MICA_SLICE_SHIFT (MICA_LAYOUT == MICA_LAYOUT_TABLE ? 16 : 0)
#endif

/*
 * A page, log2 of bytes. Tag layout: 8 to 14; a thirty-second of the arena
 * is a good choice. Larger pages spend less on headers, make more requests
 * take the shortest way, and strand more. Table layout: the slice.
 */
#ifndef MICA_PAGE_SHIFT
#define MICA_PAGE_SHIFT \
	(MICA_LAYOUT == MICA_LAYOUT_TABLE ? MICA_SLICE_SHIFT : \
	 MICA_WASM_THREADS ? 12 : MICA_WASM ? 13 : 10)
#endif

/*
 * Tag layout: granules of the largest size class that has an exact one, log2; 3 to 5.
 * More takes requests of more sizes the shortest way; each class costs a word of
 * RAM, or two, and strands part of a page.
 */
#ifndef MICA_CLASS_SHIFT
#define MICA_CLASS_SHIFT (MICA_WASM ? 5 : 3)
#endif

/*
 * Tag layout: in how many steps, log2, the index of free runs cuts each doubling of
 * sizes; 2 to 4. More finds a run that fits better, for a word a step and doubling.
 */
#ifndef MICA_INDEX_SHIFT
#define MICA_INDEX_SHIFT (MICA_WASM ? 4 : 2)
#endif

/*
 * One core on the tag layout: does each class keep a page that has become empty, so that
 * a block that comes and goes alone does not open and close one each time? Such
 * pages are released when memory is short, and by mica_collect(). Not with MICA_HEAPS.
 */
#ifndef MICA_KEEP_PAGES
#define MICA_KEEP_PAGES MICA_WASM
#endif

/*
 * Tag layout: bytes of a class that live in runs of their own before it gets
 * a page; 0 to 2^24. Less makes more requests take the shortest way; more
 * lets arenas get fuller where sizes are many: see docs/cost.md.
 */
#ifndef MICA_RARE_BYTES
#define MICA_RARE_BYTES \
	(MICA_WASM ? 0 : (1 << MICA_PAGE_SHIFT) / 8 * 11)
#endif

/*
 * Table layout: the unit of address space a region takes, log2 of bytes;
 * 22 to 30. The flat map of units costs 8 bytes of untouched zero memory
 * for each unit of the address space.
 */
#ifndef MICA_UNIT_SHIFT
#define MICA_UNIT_SHIFT (sizeof(void *) == 8 ? 26 : 22)
#endif

/* Bits of a user address: 48 on AArch64 Linux, 47 on other 64-bit ones. */
#ifndef MICA_ADDRESS_BITS
#if defined(__aarch64__)
#define MICA_ADDRESS_BITS 48
#else
#define MICA_ADDRESS_BITS (sizeof(void *) == 8 ? 47 : 32)
#endif
#endif

/* Tag layout: how many regions there may be, 1 to 8. 8 bytes each. */
#ifndef MICA_REGIONS_MAX
#define MICA_REGIONS_MAX (MICA_WASM_THREADS ? 8 : 4)
#endif

/*
 * Tag layout: the largest region, log2 of bytes; 10 to 28, or, where an address
 * has no more bits and there are no heaps, 32: any. The tags of that have next to no check bits.
 */
#ifndef MICA_REGION_SHIFT
#if defined(__wasm32__) && !MICA_WASM_THREADS
#define MICA_REGION_SHIFT 32
#else
#define MICA_REGION_SHIFT (MICA_WASM ? 28 : 24)
#endif
#endif

/* How many providers may be registered, 1 to 32: one word each, if any is. */
#ifndef MICA_PROVIDERS_MAX
#define MICA_PROVIDERS_MAX 4
#endif

/*
 * Blocks for DMA or of memory that is not coherent fill whole cache lines,
 * log2 of bytes: 0 (there is no cache) to 12. Costs what the rounding costs.
 */
#ifndef MICA_LINE_SHIFT
#define MICA_LINE_SHIFT (MICA_HOSTED ? 6 : 5)
#endif

/*
 * How many heaps there may be beside the main one (heap.h), 0 to 65535. 0:
 * none, and nothing of what follows. Table layout: each place takes some 150
 * bytes of zero memory that costs nothing until touched; a free checks nothing
 * more, a page or run opened or given back one word. A context's part of a heap
 * takes 64 KiB of address space, some 8 of them touched. Tag layout: a part for
 * each core and heap, or for each thread and heap that it uses, some 200 bytes on a
 * 32-bit machine, and a word in each of a heap's runs. One core on the tag layout: 0
 * to 255; a heap takes 176 bytes of RAM on a 32-bit machine, each of its runs three
 * words, malloc three instructions more and free none. Flash on a Cortex-M3: malloc
 * and free with what they may need of heaps 3.7 KB more, heap.h's functions 2 to 4.5
 * KB as far as called.
 */
#ifndef MICA_HEAPS
#define MICA_HEAPS (MICA_LAYOUT == MICA_LAYOUT_TABLE ? 4096 : 0)
#endif

/* Heaps nested in one another, 1 to 32: each counts what its children use. */
#ifndef MICA_HEAP_DEPTH
#define MICA_HEAP_DEPTH 8
#endif

/* ---- behaviour --------------------------------------------------------- */

/* `core` contexts: how many cores share the memory. */
#ifndef MICA_CORES
#define MICA_CORES 1
#endif

/*
 * Cortex-M: the guard keeps out interrupts of this priority number (as it
 * stands in the priority register) and higher ones. Those may allocate;
 * lower numbers are never delayed and may only free. 0x20 to 0xff.
 */
#ifndef MICA_GUARD_PRIORITY
#define MICA_GUARD_PRIORITY 0x20
#endif

/*
 * Milliseconds that a free run stays committed before it is purged; -1 (for
 * ever) to 86400000. Of this and the next two, the option of the same name
 * (option.h) begins with the value and can be changed at run time.
 */
#ifndef MICA_PURGE_DELAY_MS
#define MICA_PURGE_DELAY_MS 10
#endif

/* Provider calls that one heartbeat may spend on purging; 0 to 2^20. */
#ifndef MICA_PURGE_BUDGET
#define MICA_PURGE_BUDGET 16
#endif

/* KiB that may stay committed over the peak and an eighth of it; 0 to 2^21. */
#ifndef MICA_PURGE_SLACK_KIB
#define MICA_PURGE_SLACK_KIB 2048
#endif

/*
 * Fresh blocks carved at a time: bytes and blocks, whichever is less. One core
 * on the tag layout: blocks alone count.
 */
#ifndef MICA_CARVE_BYTES
#define MICA_CARVE_BYTES (MICA_LAYOUT == MICA_LAYOUT_TABLE ? 4096 : 64)
#endif
#ifndef MICA_CARVE_BLOCKS
#define MICA_CARVE_BLOCKS (MICA_LAYOUT == MICA_LAYOUT_TABLE ? 256 : 4)
#endif

/*
 * What a checker of memory is told of blocks: 0: nothing, not an instruction; 1:
 * valgrind's memcheck, whose headers are needed then; 2: AddressSanitizer, in
 * programs that are compiled with -fsanitize=address. Table layout, with
 * MICA_HARDEN 2, so a word a block. 1 costs some 60 instructions a pair of malloc
 * and free outside valgrind; 2 four calls. Destroying a heap visits its
 * blocks. docs/hardening.md has what each finds.
 */
#ifndef MICA_ANNOTATE
#define MICA_ANNOTATE 0
#endif

/*
 * Checks: 0 none; 1 a pointer that is not mica's, is misaligned, or is freed
 * twice in a row stops the program with one line. 1 costs about six
 * instructions of a free and 400 bytes of flash on a Cortex-M. Tag layout.
 * 2: every second free of a block, pointers into blocks, and what was written
 * behind a block are found too, links of free blocks are encoded and fresh
 * blocks come in random order. It costs a word a block. 3: what is freed is
 * filled, waits in quarantine, and is looked at before it is used again; hosts
 * have guard pages. A heap may do with less (heap.h).
 * docs/hardening.md has what each finds and costs.
 */
#ifndef MICA_HARDEN
#define MICA_HARDEN (1 + (MICA_ANNOTATE != 0))
#endif

/* MICA_HARDEN 3: bytes of a freed block that are filled, at most; 0 to 2^20. */
#ifndef MICA_POISON_BYTES
#define MICA_POISON_BYTES (MICA_HOSTED ? 1024 : 128)
#endif

/*
 * MICA_HARDEN 2 and 3: 1: all of a freed block is filled, with zero bytes, so
 * that no content outlives its block. free() then costs O(size of the block).
 */
#ifndef MICA_FREE_ZERO
#define MICA_FREE_ZERO 0
#endif

/*
 * MICA_HARDEN 3: how many blocks a context freed last are not used again, 0 to
 * 4096, one word each; and the largest that waits, in bytes.
 */
#ifndef MICA_QUARANTINE
#define MICA_QUARANTINE (MICA_HOSTED ? 64 : 8)
#endif
#ifndef MICA_QUARANTINE_BYTES
#define MICA_QUARANTINE_BYTES (MICA_HOSTED ? 65536 : 128)
#endif

/*
 * MICA_HARDEN 3, table layout: of so many blocks one ends at a page that nobody
 * may touch, 0 (none) to 2^30; the option of the same name begins with it. And
 * how many there are at once, 1 to 2^14. Each takes a slice of address space, a
 * page or two of memory, two system calls and a word.
 */
#ifndef MICA_GUARD_SAMPLE
#define MICA_GUARD_SAMPLE 1000
#endif
#ifndef MICA_GUARDED_BLOCKS
#define MICA_GUARDED_BLOCKS 256
#endif

/*
 * 1: reports of faults go to the hooks of output.h, too. 0: to the port's
 * console alone. On a Cortex-M 1 costs 100 bytes of flash and 32 of RAM.
 */
#ifndef MICA_OUTPUT_HOOKS
#define MICA_OUTPUT_HOOKS MICA_HOSTED
#endif

/*
 * 1: there may be a hook for deferred frees (deferred.h). Table layout: nothing,
 * until there is one. Tag layout: three instructions of a malloc and, on a
 * Cortex-M, 16 bytes of flash; where there is a hook, 20 instructions and, with
 * what is called when a request fails, 700 bytes.
 */
#ifndef MICA_DEFERRED
#define MICA_DEFERRED MICA_HOSTED
#endif

/*
 * What is counted. 0: nothing; mica_usage() knows regions and the largest free
 * run, and mica_stats() walks over all runs of a region inside the guard. 1:
 * bytes in use and their peak, pages of each class and blocks that are runs:
 * all of mica_usage(), and mica_stats() leaves the guard every few pages. On a
 * Cortex-M 150 bytes of flash, 20 instructions of a slow path, none of the
 * shortest way, and 12 words of RAM. 2: also how often each mechanism was at
 * work: 300 bytes more, four instructions each, and 32 words of RAM.
 */
#ifndef MICA_STATS
#define MICA_STATS 2
#endif

/*
 * 1: the hooks of trace.h. Every call then passes through one more function,
 * which looks whether a hook is set: about 15 instructions each. 0: not an
 * instruction, nor a byte.
 */
#ifndef MICA_TRACE
#define MICA_TRACE 0
#endif

/*
 * With MICA_TRACE: how many sampled blocks are remembered until they are freed;
 * a power of two, 8 to 2^20. Four words each.
 */
#ifndef MICA_SAMPLE_SLOTS
#define MICA_SAMPLE_SLOTS (MICA_HOSTED ? 4096 : 32)
#endif

#endif
