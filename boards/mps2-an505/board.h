/* SPDX-License-Identifier: MIT */
/* The memory map and clock of mps2-an505; the linker script reads it too. */
#define BOARD_FLASH_BASE	0x10000000	/* SSRAM1, its Secure alias */
#define BOARD_FLASH_BYTES	0x00400000
#define BOARD_RAM_BASE		0x38000000	/* SSRAM2 and 3, Secure alias */
#define BOARD_RAM_BYTES		0x00400000
#define BOARD_STACK_BYTES	0x2000
#define BOARD_CLOCK_HZ		20000000
#define BOARD_IRQS		124
