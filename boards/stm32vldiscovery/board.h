/* SPDX-License-Identifier: MIT */
/* The memory map and clock of stm32vldiscovery; the linker script reads it too. */
#define BOARD_FLASH_BASE	0x08000000
#define BOARD_FLASH_BYTES	0x00020000
#define BOARD_RAM_BASE		0x20000000
#define BOARD_RAM_BYTES		0x00002000
#define BOARD_STACK_BYTES	0x600
#define BOARD_CLOCK_HZ		24000000
#define BOARD_IRQS		61
