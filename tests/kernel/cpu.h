/* SPDX-License-Identifier: MIT */
/*
 * What the kernel and its tests ask of a CPU. Each kind has a folder with
 * cpu.c, irq.c and cpu_lock.h: kernel_lock() and kernel_unlock(), inline.
 */
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * cpu_task_prepare() - the context of a task that did not run yet
 * @top: end of its stack, aligned to 16 bytes
 * @entry: called with @argument; when it returns, @end is called
 *
 * Return: what cpu_switch() takes from kernel_switch() to start it.
 */
uintptr_t *cpu_task_prepare(uintptr_t *top, void (*entry)(void *argument),
			    void *argument, void (*end)(void));

/**
 * cpu_switch_pend() - have kernel_switch() called, interrupts off, as soon as
 * no handler runs, no guard is held and no kernel_lock()
 */
void cpu_switch_pend(void);

/**
 * cpu_clock_start() - have kernel_tick() called each @cycles cycles
 * @cycles: in which about as many instructions can be had
 * @above_guard: in an interrupt that mica's guard lets through
 */
void cpu_clock_start(uint32_t cycles, bool above_guard);

/** cpu_clock_next() - in kernel_tick(): the next tick is @cycles from now */
void cpu_clock_next(uint32_t cycles);

/** cpu_clock_stop() - and no tick comes any more */
void cpu_clock_stop(void);

/** cpu_wait() - idle until an interrupt comes, or not */
void cpu_wait(void);

/** cpu_irq_setup() - prepare an interrupt that calls irq_handle() */
void cpu_irq_setup(bool above_guard);

/** cpu_irq_pend() - raise it; if nothing keeps it out it comes at once */
void cpu_irq_pend(void);

/** cpu_sync() - an interrupt that is pending and let in comes before the end */
void cpu_sync(void);

/* What the CPU's file calls. */
void kernel_tick(void);
uintptr_t *kernel_switch(uintptr_t *sp);
void irq_handle(void);

#endif
