/* SPDX-License-Identifier: MIT */
/*
 * The harts beside the first: each waits for its software interrupt, runs
 * what it was given, and waits again. The interrupt is never taken, it only
 * ends the waiting: mstatus.MIE stays off on these harts.
 */
#include <mica/config.h>
#include "board_io.h"
#include "clint.h"

#define OTHERS (MICA_CORES > 1 ? MICA_CORES - 1 : 1)
#define STACK_BYTES 4096

struct order {
	void (*body)(void *argument);	/* NULL: idle */
	void *argument;
};

static struct order orders[OTHERS];

/* By its address in assembly; grows down. */
__attribute__((aligned(16), used)) char board_hart_stacks[OTHERS][MICA_CORES > 1 ?
	STACK_BYTES : 16];

void board_hart_entry(void);
void board_hart(void);

/*
 * Hart 0 prepares memory meanwhile: until it rings, no stack, no data. A
 * hart that the image was not built for sleeps for good.
 */
__attribute__((naked, used)) void board_hart_entry(void)
{
	__asm__ volatile("csrsi	mie, 8\n"
			 "1:	wfi\n\t"
			 "csrr	t0, mhartid\n\t"
			 "li	t1, %0\n\t"
			 "bgeu	t0, t1, 1b\n\t"
			 "csrr	t2, mip\n\t"
			 "andi	t2, t2, 8\n\t"
			 "beqz	t2, 1b\n\t"
			 "la	sp, board_hart_stacks\n\t"
			 "li	t1, %1\n"
			 "2:	add	sp, sp, t1\n\t"
			 "addi	t0, t0, -1\n\t"
			 "bnez	t0, 2b\n\t"
			 "j	board_hart"
			 : : "i"(MICA_CORES), "i"(sizeof(board_hart_stacks[0])));
}

__attribute__((used)) void board_hart(void)
{
	struct order *order = &orders[hart_id() - 1];
	void (*body)(void *argument);

	for (;;) {
		CLINT_MSIP[hart_id()] = 0;
		__asm__ volatile("fence" : : : "memory");
		body = __atomic_load_n(&order->body, __ATOMIC_ACQUIRE);
		if (body) {
			body(order->argument);
			__atomic_store_n(&order->body, NULL, __ATOMIC_RELEASE);
		} else {
			__asm__ volatile("wfi");
		}
	}
}

void board_core_run(unsigned int core, void (*body)(void *argument),
		    void *argument)
{
	orders[core - 1].argument = argument;
	__atomic_store_n(&orders[core - 1].body, body, __ATOMIC_RELEASE);
	__asm__ volatile("fence" : : : "memory");
	CLINT_MSIP[core] = 1;
}

bool board_core_idle(unsigned int core)
{
	return !__atomic_load_n(&orders[core - 1].body, __ATOMIC_ACQUIRE);
}
