/* SPDX-License-Identifier: MIT */
/* The memory map and clock of lm3s6965evb; the linker script reads it too. */
#define BOARD_FLASH_BASE	0x00000000
#define BOARD_FLASH_BYTES	0x00040000
#define BOARD_RAM_BASE		0x20000000
#define BOARD_RAM_BYTES		0x00010000
#define BOARD_STACK_BYTES	0x1000
#define BOARD_CLOCK_HZ		12000000
#define BOARD_IRQS		44
