/* SPDX-License-Identifier: MIT */
/* The memory map and clock of mps2-an521; the linker script reads it too. */
#define BOARD_FLASH_BASE	0x10000000	/* SSRAM1, its Secure alias */
#define BOARD_FLASH_BYTES	0x00400000
#define BOARD_RAM_BASE		0x38000000	/* SSRAM2 and 3, Secure alias */
#define BOARD_RAM_BYTES		0x00400000
#define BOARD_STACK_BYTES	0x2000
#define BOARD_CLOCK_HZ		20000000
#define BOARD_IRQS		124
#define BOARD_CORES		2
#define BOARD_CORE1_VECTORS	0x50021114	/* INITSVTOR1 */
#define BOARD_CORE1_WAIT	0x50021118	/* CPUWAIT */
#define BOARD_DOORBELL_RING	0x50003014	/* MHU 0: CPU1INTR_SET */
#define BOARD_DOORBELL_CLEAR	0x50003018	/* CPU1INTR_CLR */
#define BOARD_DOORBELL_IRQ	6
