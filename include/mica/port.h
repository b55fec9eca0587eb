/* SPDX-License-Identifier: MIT */
/*
 * The port contract: all that the core asks of a platform.
 *
 * A port is a folder with a `mica_port.h` (on the include path; the inline
 * half of the contract) and a `port.c` (the rest). What a port leaves out,
 * port/generic.h supplies. Preconditions, stated once:
 *
 * - No hook allocates from mica or calls back into it.
 * - mica_port_guard() .. mica_port_unguard() are never nested by the core,
 *   and nothing else of this contract but mica_port_relax() is called
 *   between the two.
 * - mica_port_clock_ms() never runs backwards.
 *
 * Inline half (in mica_port.h, or generic.h's default):
 *
 *	struct mica_part **mica_port_part(void)
 *		`thread` builds: where the calling thread keeps its part. Must
 *		hold &mica_part_none in a new thread.
 *	mica_port_guard_t, mica_port_guard(), mica_port_unguard(state)
 *		`core` builds: keep out every interrupt that may allocate.
 *	MICA_PORT_ABOVE_GUARD
 *		1, the default, when the CPU may have interrupts that the guard
 *		does not keep out; these may only call mica_free(). 0 when it
 *		keeps out all that call mica: malloc and free are then some
 *		instructions shorter, as none can come in the middle of another.
 *	MICA_PORT_IN_INTERRUPT, bool mica_port_in_interrupt(void)
 *		is this an interrupt handler? There the program is not asked to
 *		free something when memory runs out. Where a CPU does not tell:
 *		are interrupts masked?
 *	unsigned int mica_port_core(void)
 *		`core` builds: which core this is, below MICA_CORES.
 *	void mica_port_relax(unsigned int spins)
 *		a lock is busy: pause, or yield once spins grows.
 *	MICA_PORT_SPANS, const struct mica_span *mica_port_spans(void)
 *		1 when memory is a table of spans, ended by a NULL base, which is
 *		all there and needs no callback: one core then asks no provider.
 *	MICA_PORT_GROWS
 *		When memory grows at its end, and only there: in steps of how many
 *		bytes, a power of two. `single` builds on the tag layout. There is
 *		no provider then, but
 *	uintptr_t mica_port_grow_base(void)
 *		where mica's part of it begins, at the least,
 *	bool mica_port_grow_first(struct mica_span *span)
 *		what is there of it and nobody else's, 64 bytes or more; false:
 *		nothing yet, and
 *	uintptr_t mica_port_grow(size_t bytes)
 *		have it grow by @bytes, at most 3 GiB, rounded up to a step, which read as zero.
 *		Return: the address where they begin, the memory's old end; 0:
 *		refused. With 0 bytes: only where it ends; 0: at the end of the
 *		address space. Others may have it grow as well.
 *	MICA_PORT_PROCESS, bool mica_port_process(struct mica_process *process)
 *		1 when there is an operating system that knows what the program
 *		used: fill in all of it, or return false.
 *	MICA_PORT_HUGE, const struct mica_port_huge *mica_port_huge(void)
 *		1 when the system sets aside large pages that are asked for by
 *		name; NULL: not this one.
 *	MICA_PORT_ATOMICS
 *		1 when the port brings its own mica_port_cas() and
 *		mica_port_xchg() on machine words (no compare-and-swap).
 */
#ifndef MICA_PORT_H
#define MICA_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/config.h>
#include <mica/provider.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mica_part;
struct mica_process;
extern struct mica_part mica_part_none;

/** mica_port_provider() - the default provider, or NULL for none */
const struct mica_provider *mica_port_provider(void);

/** mica_port_clock_ms() - monotonic milliseconds; constant if no clock */
uint64_t mica_port_clock_ms(void);

/** mica_port_random() - a seed that an attacker cannot guess, if there is */
uint64_t mica_port_random(void);

/** mica_port_console() - write @len bytes of text for a person to read */
void mica_port_console(const char *text, size_t len);

/** mica_port_stop() - end the program: a fault was reported */
__attribute__((noreturn)) void mica_port_stop(void);

/**
 * struct mica_port_huge - large pages that are set aside, one by one
 * @memory: whose the memory is once it is there: release() gets what was filled;
 *	it is committed, and cannot be decommitted
 * @reserve: address space for @bytes at a multiple of @align, a power of two, with
 *	nothing in it. Return: 0, or a negative error
 * @page: fill @bytes of it, one page of that size, at @at; on NUMA node @node, if
 *	there is one free, and wherever if @node is negative. Return: 0; or a
 *	negative error, and that place is the caller's no more
 * @unreserve: give back address space in which nothing is
 * @nodes: how many NUMA nodes there are, 1 or more
 */
struct mica_port_huge {
	const struct mica_provider *memory;
	int (*reserve)(size_t bytes, size_t align, struct mica_span *span);
	int (*page)(void *at, size_t bytes, int node);
	void (*unreserve)(struct mica_span span);
	unsigned int (*nodes)(void);
};

#include <mica_port.h>

#ifdef __cplusplus
}
#endif
#endif
