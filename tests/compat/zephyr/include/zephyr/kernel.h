/* SPDX-License-Identifier: MIT */
/* Stands for Zephyr's header of that name: what port/zephyr uses of it. */
#ifndef ZEPHYR_INCLUDE_KERNEL_H_
#define ZEPHYR_INCLUDE_KERNEL_H_

#include <stdbool.h>
#include <stdint.h>
#include "tests/kernel/kernel.h"

#ifndef __aligned
#define __aligned(x) __attribute__((__aligned__(x)))
#endif
#define __noinit __attribute__((section(".bss.noinit")))

static inline unsigned int arch_irq_lock(void)
{
	return kernel_lock();
}

static inline void arch_irq_unlock(unsigned int key)
{
	kernel_unlock(key);
}

struct _cpu {
	uint8_t id;
};

static inline struct _cpu *arch_curr_cpu(void)
{
	static struct _cpu only;

	return &only;
}

static inline void arch_spin_relax(void)
{
}

static inline bool k_is_in_isr(void)
{
	return false;
}

int64_t k_uptime_get(void);
uint32_t k_cycle_get_32(void);
void k_panic(void);

#endif
