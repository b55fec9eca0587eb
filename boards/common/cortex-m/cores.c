/* SPDX-License-Identifier: MIT */
/*
 * A second core, on chips where the first one says where it starts and lets
 * it run: board.h names the two registers (BOARD_CORE1_VECTORS, whose value
 * is the address of a vector table, and BOARD_CORE1_WAIT, which 0 releases),
 * and a doorbell that rings an interrupt of core 1 (BOARD_DOORBELL_*).
 *
 * The core runs what it was given and waits for the bell. The interrupt is
 * never taken, it only ends the waiting: PRIMASK stays set on this core.
 */
#include <stdint.h>
#include "board.h"
#include "board_io.h"

#if defined(BOARD_CORES) && BOARD_CORES > 1

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define NVIC_ISER (&REGISTER(0xe000e100))
#define NVIC_ICPR (&REGISTER(0xe000e280))
#define SCB_VTOR REGISTER(0xe000ed08)
#define STACK_BYTES 4096

struct start {
	char *stack;
	void (*entry)(void);
};

static struct {
	void (*body)(void *argument);	/* NULL: idle */
	void *argument;
	bool started;
} order;

static _Alignas(8) char stack[STACK_BYTES];

static void bell_clear(void)
{
	REGISTER(BOARD_DOORBELL_CLEAR) = 1;
	NVIC_ICPR[BOARD_DOORBELL_IRQ / 32] = 1u << BOARD_DOORBELL_IRQ % 32;
	__asm__ volatile("dsb" : : : "memory");
}

/* The vector table is the other core's: faults are reported alike. */
static void core1_entry(void)
{
	void (*body)(void *argument);

	__asm__ volatile("cpsid i");
	SCB_VTOR = BOARD_FLASH_BASE;
	NVIC_ISER[BOARD_DOORBELL_IRQ / 32] = 1u << BOARD_DOORBELL_IRQ % 32;
	for (;;) {
		bell_clear();
		body = __atomic_load_n(&order.body, __ATOMIC_ACQUIRE);
		if (body) {
			body(order.argument);
			__atomic_store_n(&order.body, NULL, __ATOMIC_RELEASE);
		} else {
			__asm__ volatile("wfi" : : : "memory");
		}
	}
}

static _Alignas(512) const struct start start = {
	stack + sizeof(stack), core1_entry,
};

void board_core_run(unsigned int core, void (*body)(void *argument),
		    void *argument)
{
	(void)core;
	order.argument = argument;
	__atomic_store_n(&order.body, body, __ATOMIC_RELEASE);
	if (order.started) {
		REGISTER(BOARD_DOORBELL_RING) = 1;
		return;
	}
	order.started = true;
	REGISTER(BOARD_CORE1_VECTORS) = (uint32_t)&start;
	__asm__ volatile("dsb" : : : "memory");
	REGISTER(BOARD_CORE1_WAIT) = 0;
}

bool board_core_idle(unsigned int core)
{
	(void)core;
	return !__atomic_load_n(&order.body, __ATOMIC_ACQUIRE);
}

#endif
