/* SPDX-License-Identifier: MIT */
/*
 * Allocation while glibc's dynamic linker still relocates.
 *
 * Indirect functions of the program are resolved then, and a resolver may
 * allocate. Thread-local storage exists, but its initial image comes only
 * when all is relocated: the word that should say "no context yet" is 0.
 * So the library has an indirect function itself, whose resolver, run when
 * this library has been relocated and the program has not, writes the word.
 * What is allocated so early belongs to a context that the initial image then
 * makes the thread forget; it can be freed like any other thread's block.
 *
 * Built for glibc's shared library only: musl has no indirect functions, and
 * a static program has its storage set up before they are resolved.
 */
#include <mica/port.h>

typedef void early_fn(void);

static void early_nothing(void)
{
}

static __attribute__((used)) early_fn *early_resolve(void)
{
	*mica_port_part() = &mica_part_none;
	return early_nothing;
}

static void early(void) __attribute__((ifunc("early_resolve")));

/* To be resolved it must be referred to. */
static early_fn *const volatile early_pointer
	__attribute__((used, retain)) = early;
